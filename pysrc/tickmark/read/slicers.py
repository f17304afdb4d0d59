"""Slicer and timeline parts: what the readers of a sheet filter with a click."""

from __future__ import annotations

from dataclasses import dataclass, field

from tickmark.model.pivot import Slicer
from tickmark.read.limits import allows_more
from tickmark.read.losses import cut_texts, losses
from tickmark.read.markup import Attributes, walk
from tickmark.read.package import PartUnreadable
from tickmark.read.sheet_source import SheetSource
from tickmark.read.slicer_caches import X14, X15, read_slicer_caches
from tickmark.read.text_budget import TextBudget

_PATHS = {
    "slicer": [f"{X14}slicers", f"{X14}slicer"],
    "timeline": [f"{X15}timelines", f"{X15}timeline"],
}


@dataclass(slots=True, eq=False)
class _Slicers:
    """The slicers found so far, and the part that is being read.

    `bare` counts those of which is not known what they filter, `left_out` those over `most`.
    """

    most: int
    texts: TextBudget
    found: list[Slicer] = field(default_factory=list)
    bare: int = 0
    left_out: int = 0
    unread: list[str] = field(default_factory=list)

    def read(self, source: SheetSource, kind: str) -> tuple[str, ...]:
        """Read all slicers or all timelines; sentences about what of their caches is lost."""
        listed: list[Attributes] = []
        for part in source.parts(kind):
            try:
                self._list(source, part, kind, listed)
            except PartUnreadable as error:
                self.unread.append(str(error))
        if not listed:
            return ()
        caches, told = read_slicer_caches(source, kind)
        text = self.texts.text
        for attributes in listed:
            name = text(attributes.get("name"))
            cache = caches.get(attributes.get("cache", ""))
            targets = cache.targets(source) if cache is not None else ()
            self.bare += cache is None or (bool(cache.table) and not targets)
            slicer = Slicer(
                name=name,
                caption=text(attributes.get("caption")) or name,
                field=cache.filters if cache is not None else "",
                targets=targets,
                timeline=kind == "timeline",
            )
            self.found.append(slicer)
        return told

    def _list(self, source: SheetSource, part: str, kind: str, listed: list[Attributes]) -> None:
        wanted = _PATHS[kind]
        path: list[str] = []

        def start(name: str, attributes: Attributes) -> None:
            path.append(name)
            if path[0] != wanted[0]:
                raise PartUnreadable(f"its part {part} is not that of {kind}s")
            if path == wanted:
                if len(self.found) + len(listed) < self.most:
                    listed.append(attributes)
                else:
                    self.left_out += 1

        def end(_name: str) -> None:
            path.pop()

        walk(source.package, part, start, end)


def read_slicers(source: SheetSource) -> tuple[tuple[Slicer, ...], tuple[str, ...]]:
    """The slicers and timelines of a sheet, and sentences about what was not read."""
    limits = source.package.limits
    texts = TextBudget(limits.string_length, limits.formula_length, limits.string_bytes // 8)
    slicers = _Slicers(limits.ranges, texts)
    lost = slicers.read(source, "slicer") + slicers.read(source, "timeline")
    told = losses("Slicers are missing from the sheet", slicers.unread) + lost
    told += cut_texts(texts, "slicers")
    if slicers.bare:
        told += (f"Slicers read without what they filter: {slicers.bare:,}.",)
    if slicers.left_out:
        told += (f"{slicers.left_out:,} slicers left out; {allows_more('ranges')}.",)
    return tuple(slicers.found), told

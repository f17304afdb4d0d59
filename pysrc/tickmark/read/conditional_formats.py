"""Conditional formats of a sheet part, and those of its extension list."""

from __future__ import annotations

from dataclasses import dataclass, field

from tickmark.model.address import RangeRef
from tickmark.model.cell_rules import ConditionalFormat
from tickmark.read.areas import Areas
from tickmark.read.element import Element
from tickmark.read.limits import allows_more
from tickmark.read.markup import Attributes, number, true
from tickmark.read.text_budget import TextBudget

_MOST_FORMULAS = 16
"""Of one rule; icon sets, the largest, have five."""

_EDGES = frozenset({"min", "max", "autoMin", "autoMax"})


@dataclass(slots=True, eq=False)
class _Rule:
    """A rule while it is read; a formula without threshold kind is a condition."""

    attributes: Attributes
    formulas: list[str] = field(default_factory=list)
    thresholds: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class ConditionalFormats:
    """The rules found so far; `rules` are those of the ranges that are open, `rule` the last.

    `rule` is None for one that is not kept. `extended` are the ids of rules that the extension
    list tells once more.
    """

    areas: Areas
    texts: TextBudget
    found: list[ConditionalFormat] = field(default_factory=list)
    rules: list[_Rule] = field(default_factory=list)
    rule: _Rule | None = None
    extended: set[str] = field(default_factory=set)
    sqref: str | None = None
    left_out: int = 0

    def elements(self) -> dict[str, Element]:
        """The elements of the sheet part that are looked at."""
        scale = Element(children={"cfvo": Element(start=self._threshold)})
        identity = Element(children={"x14:id": Element(text=self._extends)})
        children = {
            "formula": Element(text=self._formula),
            "colorScale": scale,
            "dataBar": scale,
            "iconSet": scale,
            "extLst": Element(children={"ext": identity}),
        }
        rule = Element(start=self._start_rule, children=children)
        return {
            "conditionalFormatting": Element(
                start=self._start, end=self._end, children={"cfRule": rule}
            )
        }

    def extensions(self) -> dict[str, Element]:
        """The elements of the extension list that are looked at."""
        value = Element(text=self._threshold_formula)
        threshold = Element(start=self._threshold, children={"xm:f": value})
        scale = Element(children={"x14:cfvo": threshold})
        children = {
            "xm:f": Element(text=self._formula),
            "x14:colorScale": scale,
            "x14:dataBar": scale,
            "x14:iconSet": scale,
        }
        formatting = Element(
            start=self._start,
            end=self._end,
            children={
                "x14:cfRule": Element(start=self._start_extension_rule, children=children),
                "xm:sqref": Element(text=self._sqref),
            },
        )
        return {
            "x14:conditionalFormattings": Element(
                children={"x14:conditionalFormatting": formatting}
            )
        }

    def problems(self) -> tuple[str, ...]:
        """Sentences about rules and ranges that were not read."""
        told = self.areas.problems()
        if self.left_out:
            sentence = (
                f"Conditional formats left out: {self.left_out:,}; the limit is "
                f"{self.areas.most:,} ranges, {allows_more('ranges')}."
            )
            told += (sentence,)
        return told

    def _start(self, attributes: Attributes) -> None:
        self.rules.clear()
        self.sqref = attributes.get("sqref")

    def _sqref(self, text: str) -> None:
        self.sqref = text

    def _start_rule(self, attributes: Attributes) -> None:
        areas = self.areas
        if areas.seen + len(self.rules) >= areas.most:
            self.left_out += 1
            self.rule = None
            return
        self.rule = _Rule(attributes)
        self.rules.append(self.rule)

    def _start_extension_rule(self, attributes: Attributes) -> None:
        if attributes.get("id", "").upper() in self.extended:
            self.rule = None
        else:
            self._start_rule(attributes)

    def _extends(self, text: str) -> None:
        if len(self.extended) < self.areas.most:
            self.extended.add(self.texts.text(text.strip()).upper())

    def _formula(self, text: str) -> None:
        rule = self.rule
        if rule is not None and len(rule.formulas) < _MOST_FORMULAS:
            rule.formulas.append(self.texts.formula(text))

    def _threshold(self, attributes: Attributes) -> None:
        rule = self.rule
        if rule is not None and len(rule.thresholds) < _MOST_FORMULAS:
            kind = self.texts.text(attributes.get("type"))
            rule.thresholds.append(kind)
            value = "" if kind in _EDGES else attributes.get("val")
            rule.formulas.append(self.texts.formula(value))

    def _threshold_formula(self, text: str) -> None:
        rule = self.rule
        if rule is not None and rule.formulas and rule.thresholds[-1] not in _EDGES:
            rule.formulas[-1] = self.texts.formula(text)

    def _end(self) -> None:
        """The ranges of some rules end; only here their extent is known in the extension list."""
        ranges = self.areas.of(self.sqref) if self.rules else ()
        for place, rule in enumerate(self.rules):
            if ranges and (place == 0 or self.areas.room_for(len(ranges))):
                self.found.append(self._format(ranges, rule))
            elif ranges:
                self.left_out += 1
        self.rules.clear()
        self.rule = None

    def _format(self, ranges: tuple[RangeRef, ...], rule: _Rule) -> ConditionalFormat:
        get = rule.attributes.get
        text = self.texts.text
        kind = text(get("type"))
        formulas = [*rule.formulas]
        if kind in {"top10", "aboveAverage"} and not formulas:
            formulas += [self.texts.formula(get(name)) for name in ("rank", "stdDev") if get(name)]
        return ConditionalFormat(
            ranges=ranges,
            kind=kind,
            operator=text(_operator(kind, rule.attributes)),
            formulas=tuple(formulas),
            text=text(get("text")),
            priority=number(get("priority")),
            stops=true(get("stopIfTrue")),
            thresholds=tuple(rule.thresholds),
        )


def _operator(kind: str, attributes: Attributes) -> str:
    """The operator of a rule, or what stands in other attributes for it."""
    if kind == "timePeriod":
        return attributes.get("timePeriod", "")
    if kind == "top10":
        return " ".join(name for name in ("bottom", "percent") if true(attributes.get(name)))
    if kind == "aboveAverage":
        below = ["below"] if not true(attributes.get("aboveAverage", "1")) else []
        return " ".join(below + ["equal"] * true(attributes.get("equalAverage")))
    return attributes.get("operator", "")

"""What a sheet part says around its cells, beside merges, tables and hidden parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from tickmark.model.sheet_details import SheetDetails
from tickmark.read.areas import Areas
from tickmark.read.conditional_formats import ConditionalFormats
from tickmark.read.consolidation import ConsolidationSources
from tickmark.read.controls import Controls
from tickmark.read.data_validations import DataValidations
from tickmark.read.element import Element
from tickmark.read.element_stack import LONGEST, ElementStack
from tickmark.read.hyperlinks import Hyperlinks
from tickmark.read.ignored_errors import IgnoredErrorList
from tickmark.read.markup import Attributes
from tickmark.read.page_texts import PageTexts
from tickmark.read.protection import Protection
from tickmark.read.relationships import Relationship
from tickmark.read.scenarios import Scenarios
from tickmark.read.sheet_settings import SheetSettings
from tickmark.read.sheet_views import SheetViews
from tickmark.read.sparklines import Sparklines
from tickmark.read.text_budget import TextBudget

LONGEST_TEXT: Final = 32_767
LONGEST_FORMULA: Final = 8_192
MOST_TEXT: Final = 50_000_000
"""Characters of all details of a sheet together."""


@dataclass(slots=True, eq=False)
class _Collectors:
    """One collector for each kind of detail."""

    settings: SheetSettings
    views: SheetViews
    protection: Protection
    scenarios: Scenarios
    consolidation: ConsolidationSources
    formats: ConditionalFormats
    validations: DataValidations
    links: Hyperlinks
    page: PageTexts
    errors: IgnoredErrorList
    sparklines: Sparklines
    controls: Controls


@dataclass(slots=True, eq=False)
class SheetTail:
    """The elements of a sheet part outside its cells, while the part is read.

    At most `most` ranges of each kind of detail are kept.
    """

    sheet: str
    most: int
    longest_formula: int = LONGEST_FORMULA
    texts: TextBudget = field(init=False)
    collectors: _Collectors = field(init=False)
    stack: ElementStack = field(init=False)

    def __post_init__(self) -> None:
        self.texts = TextBudget(LONGEST_TEXT, self.longest_formula, MOST_TEXT)
        self.collectors = self._new_collectors()
        self.stack = ElementStack(_worksheet(self.collectors))

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins, the root first; the name is as written, with its prefix."""
        self.stack.start(name, attributes)

    def end(self, name: str) -> None:
        """An element ends."""
        self.stack.end(name)

    def text(self, text: str) -> None:
        """A piece of text."""
        self.stack.text(text)

    @property
    def controls(self) -> Controls:
        """The form controls that the part names."""
        return self.collectors.controls

    def details(self, relationships: dict[str, Relationship]) -> SheetDetails:
        """What was found; `relationships` of the sheet tell where its hyperlinks lead."""
        found = self.collectors
        return SheetDetails(
            validations=tuple(found.validations.found),
            conditional_formats=tuple(found.formats.found),
            ignored_errors=tuple(found.errors.found),
            hyperlinks=found.links.resolved(relationships),
            sparklines=tuple(found.sparklines.found),
            headers_and_footers=dict(found.page.found),
            protection=found.protection.sheet,
            frozen_rows=found.views.rows,
            frozen_columns=found.views.columns,
            filter_range=found.settings.filter_range,
            summary_below=found.settings.summary_below,
            summary_right=found.settings.summary_right,
            hides_zeros=found.views.hides_zeros,
            lotus_rules=found.settings.lotus_rules,
            protected_ranges=tuple(found.protection.excepted),
            scenarios=tuple(found.scenarios.found),
            consolidation=found.consolidation.resolved(relationships),
        )

    def problems(self) -> tuple[str, ...]:
        """Sentences about what was not read; after `details`, also about missing targets."""
        found = self.collectors
        told = [
            sentence
            for one in (
                found.settings.areas,
                found.protection.areas,
                found.scenarios.areas,
                found.consolidation.areas,
                found.formats,
                found.validations.areas,
                found.links,
                found.errors.areas,
                found.sparklines.areas,
                found.controls,
                self.texts,
            )
            for sentence in one.problems()
        ]
        if self.stack.cut:
            told.append(f"Texts of details cut behind {LONGEST:,} characters: {self.stack.cut:,}.")
        return tuple(told)

    def _new_collectors(self) -> _Collectors:
        texts = self.texts

        def areas(details: str) -> Areas:
            return Areas(self.sheet, self.most, details)

        return _Collectors(
            settings=SheetSettings(areas("filters")),
            views=SheetViews(),
            protection=Protection(areas("protection"), texts),
            scenarios=Scenarios(areas("scenarios"), texts),
            consolidation=ConsolidationSources(areas("consolidations"), texts),
            formats=ConditionalFormats(areas("conditional formats"), texts),
            validations=DataValidations(areas("data validations"), texts),
            links=Hyperlinks(areas("hyperlinks"), texts),
            page=PageTexts(texts),
            errors=IgnoredErrorList(areas("ignored errors")),
            sparklines=Sparklines(areas("sparklines"), texts),
            controls=Controls(self.most),
        )


def _worksheet(found: _Collectors) -> Element:
    """The root of a sheet part, with what is looked at in it."""
    extensions = {
        **found.formats.extensions(),
        **found.validations.extensions(),
        **found.errors.extensions(),
        **found.protection.extensions(),
        **found.sparklines.extensions(),
    }
    return Element(
        children={
            **found.settings.elements(),
            **found.views.elements(),
            **found.protection.elements(),
            **found.scenarios.elements(),
            **found.consolidation.elements(),
            **found.formats.elements(),
            **found.validations.elements(),
            **found.links.elements(),
            **found.page.elements(),
            **found.errors.elements(),
            **found.controls.elements(),
            "extLst": Element(children={"ext": Element(children=extensions)}),
        }
    )

"""Workbooks with findings to be explained, and what a model is told of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tickmark.analyses.told_findings import ToldFinding, told_findings
from tickmark.audit.audit import findings_of
from tickmark.audit.rule import Facts
from tickmark.model.address import parse_cell
from tickmark.model.finding import Finding
from tickmark.model.workbook import Style, Workbook
from tickmark.structure.formulas import formulas_of


def told_of(workbook: Workbook, *findings: Finding) -> dict[int, ToldFinding]:
    """What a model is told of findings; without any of those that the rules find."""
    facts = Facts(workbook, formulas_of(workbook))
    known = findings or findings_of(facts)
    return told_findings(facts, known, range(len(known)))


def in_white(workbook: Workbook, sheet: str, *addresses: str) -> Workbook:
    """The workbook with the letters of some cells in the colour of the paper."""
    page = workbook[sheet]
    styles = page.cells.styles.copy()
    for address in addresses:
        at = page.cells.position(*parse_cell(address))
        assert at is not None
        styles[at] = len(workbook.styles)
    painted = replace(page, cells=replace(page.cells, styles=np.asarray(styles, np.int32)))
    return replace(
        workbook,
        sheets=tuple(painted if one is page else one for one in workbook.sheets),
        styles=(*workbook.styles, Style(font_colour="FFFFFF")),
    )

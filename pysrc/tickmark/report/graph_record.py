"""A formula graph and its traces as JSON; the shapes are promises, more keys may come."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tickmark.model.address import CellRef, RangeRef
from tickmark.report.graph_summary import Circle, GraphSummary, Step
from tickmark.report.trace_summary import Neighbour, TraceSummary

SCHEMA_VERSION: Final = 1
_RATIO_DIGITS: Final = 6

Record = dict[str, object]


def graph_record(summary: GraphSummary) -> Record:
    """What `graph --json` prints."""
    return {
        "schema_version": SCHEMA_VERSION,
        "workbook": summary.path,
        "complete": not summary.problems and summary.formulas_available and summary.complete,
        "problems": list(summary.problems),
        "cells": summary.cells,
        "formulas": summary.formulas,
        "filled_cells": summary.filled,
        "references": summary.references,
        "unique_formulas": summary.unique_formulas,
        "nodes": summary.nodes,
        "blocks": summary.blocks,
        "edges": summary.edges,
        "plain_edges": summary.plain_edges,
        "edge_ratio": round(summary.edge_ratio, _RATIO_DIGITS),
        "cycles": [places(one.ranges) for one in summary.circles],
        "cycles_complete": summary.circles_complete,
        "cycle_details": [_circle(one) for one in summary.circles],
        "levels": summary.level_count,
        "level_details": [
            {
                "level": one.number,
                "cells": one.cells,
                "steps": one.steps,
                "ranges": places(one.ranges),
            }
            for one in summary.levels
        ],
        "critical_path": {
            "steps": summary.steps,
            "stage_count": summary.stage_count,
            "stages": [
                {"stage": one.number, **_step(one.at), "steps": one.steps}
                for one in summary.critical
            ],
        },
        "sheets": [
            {
                "sheet": one.name,
                "state": one.state or "visible",
                "formulas": one.formulas,
                "filled_cells": one.filled,
                "blocks": one.blocks,
            }
            for one in summary.sheets
        ],
        "sheet_order": [list(group) for group in summary.order],
        "sheet_edges": [
            {"from": precedent, "to": one.name, "references": number}
            for one in summary.sheets
            for precedent, number in one.feeds
        ],
        "books": [
            {
                "index": one.index,
                "target": one.target,
                "feeds": [{"to": sheet, "references": number} for sheet, number in one.feeds],
            }
            for one in summary.books
        ],
        "inputs": [
            {**_step(one.at), "dependents": one.dependents, "exact": one.exact}
            for one in summary.inputs
        ],
        "constants": summary.constants,
        "inputs_complete": summary.inputs_complete,
        "unused_inputs": [
            {**place(one.range), "cells": one.cells, "label": one.label, "certain": one.certain}
            for one in summary.unused
        ],
        "unresolved": [
            {
                **place(one.cell),
                "cells": one.cells,
                "reference": one.text,
                "reason": str(one.reason),
            }
            for one in summary.unresolved
        ],
        "unknown": [
            {**place(one.cell), "cells": one.cells, "formula": one.formula}
            for one in summary.unknown
        ],
        "seconds": {
            "read": round(summary.read_seconds, 3),
            "build": round(summary.build_seconds, 3),
        },
    }


def trace_record(summary: TraceSummary) -> Record:
    """What `trace --json` prints."""
    return {
        "schema_version": SCHEMA_VERSION,
        "workbook": summary.path,
        "complete": not summary.problems and summary.formulas_available and summary.complete,
        "problems": list(summary.problems),
        "cell": place(summary.places[0]),
        "cells": places(summary.places),
        "label": summary.at.label,
        "formula": summary.at.formula or None,
        "r1c1": summary.at.r1c1 or None,
        "direction": str(summary.direction),
        "depth": summary.depth,
        "count": summary.count,
        "ranges": places(summary.ranges),
        "all_ranges": summary.all_ranges,
        "truncated": summary.truncated,
        "sheets": [{"sheet": sheet, "cells": cells} for sheet, cells in summary.sheets],
        "direct": [_neighbour(one) for one in summary.direct],
        "direct_count": summary.direct_cells,
        "unknown": summary.unknown,
        "unresolved": [
            {"reference": text, "reason": str(reason)} for text, reason in summary.unresolved
        ],
        "books": list(summary.books),
    }


def place(at: CellRef | RangeRef) -> Record:
    """A cell or rectangle, in A1 notation."""
    return {"sheet": at.sheet, "range": at.a1}


def places(found: Iterable[CellRef | RangeRef]) -> list[Record]:
    """Cells or rectangles, in A1 notation."""
    return [place(one) for one in found]


def _circle(circle: Circle) -> Record:
    return {
        "cells": circle.cells,
        "path": places(circle.path),
        "certain": circle.certain,
        "intended": circle.intended,
    }


def _step(step: Step) -> Record:
    return {
        **place(step.range),
        "cells": step.cells,
        "label": step.label,
        "formula": step.formula or None,
    }


def _neighbour(one: Neighbour) -> Record:
    return {
        **place(one.range),
        "label": one.label,
        "formula": one.formula or None,
        "r1c1": one.r1c1 or None,
    }

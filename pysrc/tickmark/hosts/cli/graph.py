"""`tickmark graph`: the formula graph of a workbook."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import TYPE_CHECKING

import typer

from tickmark.errors import SettingError
from tickmark.hosts.cli.options import AS_JSON, LIMIT, MAX_FILE_MB, PASSWORD, QUIET, WORKERS
from tickmark.hosts.cli.output import emit, printable, terminal_width
from tickmark.hosts.cli.output_file import OutputFile

if TYPE_CHECKING:
    from tickmark.hosts.cli.book import Book
    from tickmark.report.graph_summary import GraphSummary
    from tickmark.structure.graph import FormulaGraph

INCOMPLETE = 3


class DiagramLevel(StrEnum):
    """What is a node of a drawing."""

    AUTO = "auto"
    BLOCKS = "blocks"
    SHEETS = "sheets"


def graph(
    book: str = typer.Argument(metavar="BOOK", help="The workbook."),
    dot: str | None = typer.Option(
        None, "--dot", metavar="FILE", help="Write the graph for Graphviz; - is stdout."
    ),
    mermaid: str | None = typer.Option(
        None, "--mermaid", metavar="FILE", help="Write it for Mermaid in Markdown; - is stdout."
    ),
    html: str | None = typer.Option(
        None, "--html", metavar="FILE", help="Write a page with a map to explore; - is stdout."
    ),
    level: DiagramLevel = typer.Option(
        DiagramLevel.AUTO,
        "--level",
        metavar="LEVEL",
        help="Nodes of --dot and --mermaid: blocks (of copied formulas), sheets, or auto: blocks "
        "where they are few enough to be drawn.",
    ),
    password: str | None = PASSWORD,
    workers: int | None = WORKERS,
    max_file_mb: int | None = MAX_FILE_MB,
    limit: list[str] = LIMIT,
    as_json: bool = AS_JSON,
    quiet: bool = QUIET,
) -> int:
    """Show how the formulas of a workbook depend on each other.

    Tells the order of sheets, circular references, levels, the longest way, the inputs on which
    most depends, and references that lead nowhere. With a FILE it writes that and no text. Exits
    with 3 where a part of the workbook could not be read.

    \b
    Example:
      tickmark graph model.xlsx
      tickmark graph model.xlsx --html map.html
      tickmark graph model.xlsx --dot - | dot -Tsvg > model.svg
    """
    files = {
        option: OutputFile(f"--{option}", target)
        for option, target in (("dot", dot), ("mermaid", mermaid), ("html", html))
        if target is not None
    }
    _check(files, as_json=as_json)
    from tickmark.hosts.cli.book import open_book

    found = open_book(
        book, password=password, workers=workers, max_file_mb=max_file_mb, limits=limit
    )
    talk = list(found.problems)
    for option, file in files.items():
        text, notes = _file_text(option, found.graph, level)
        file.write(text)
        talk += notes
    _tell(found, files, as_json=as_json)
    for sentence in () if quiet else talk:
        print(f"tickmark: {printable(sentence)}", file=sys.stderr)
    return INCOMPLETE if found.problems else 0


def _check(files: dict[str, OutputFile], *, as_json: bool) -> None:
    """Refuse at once what could not be written in the end."""
    if as_json + sum(file.is_stdout for file in files.values()) > 1:
        raise SettingError("Only one of --json and the files given as - can go to stdout.")
    if len({file.target for file in files.values()}) < len(files):
        raise SettingError(f"{' and '.join(f'--{one}' for one in files)} need a file each.")
    for file in files.values():
        file.check()


def _file_text(option: str, made: FormulaGraph, level: DiagramLevel) -> tuple[str, tuple[str, ...]]:
    """What a file of the graph holds, and sentences on what is left out of it."""
    if option == "html":
        from tickmark.report.graph_html import graph_page

        return graph_page(made), ()
    from tickmark.report import graph_diagrams
    from tickmark.report.dot import dot_text
    from tickmark.report.mermaid import mermaid_text

    clear, most, draw = (
        (graph_diagrams.MERMAID_CLEAR, graph_diagrams.MERMAID_MOST, mermaid_text)
        if option == "mermaid"
        else (graph_diagrams.DOT_CLEAR, graph_diagrams.DOT_MOST, dot_text)
    )
    if level is DiagramLevel.AUTO:
        drawn = graph_diagrams.clear_diagram(made, clear, most)
    elif level is DiagramLevel.BLOCKS:
        drawn = graph_diagrams.block_diagram(made, most)
    else:
        drawn = graph_diagrams.sheet_diagram(made, most)
    return draw(drawn), drawn.notes


def _tell(found: Book, files: dict[str, OutputFile], *, as_json: bool) -> None:
    """What goes to stdout beside files that are sent there."""
    if as_json:
        from tickmark.report.graph_record import graph_record

        emit(json.dumps(graph_record(_summary(found))))
    elif not files:
        from tickmark.report.graph_text import graph_text

        text = graph_text(_summary(found), width=terminal_width())
        emit("\n".join(map(printable, text.split("\n"))))
    elif not any(file.is_stdout for file in files.values()):
        for file in files.values():
            emit(printable(file.target))


def _summary(found: Book) -> GraphSummary:
    from tickmark.report.graph_overview import summary_of

    return summary_of(
        found.graph,
        problems=found.problems,
        read_seconds=found.read_seconds,
        build_seconds=found.build_seconds,
    )

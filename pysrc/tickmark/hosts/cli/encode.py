"""`tickmark encode`: sheets as the text that a language model would get."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

import typer

from tickmark.errors import SettingError
from tickmark.hosts.cli.options import AS_JSON, LIMIT, MAX_FILE_MB, PASSWORD, QUIET, WORKERS
from tickmark.hosts.cli.output import emit, emit_file, printable
from tickmark.hosts.cli.output_file import OutputFile
from tickmark.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tickmark.encode.encoding import Encoding
    from tickmark.model.workbook import Sheet, Workbook
    from tickmark.report.encodings_record import EncodedSheet, EncodedText

INCOMPLETE = 3
PAPER = "paper"


class EncodeLevel(StrEnum):
    """How much is told where no budget decides."""

    SKELETON = "skeleton"
    LOSSLESS = "lossless"


def encode(
    book: str = typer.Argument(metavar="BOOK", help="The workbook."),
    sheet: str | None = typer.Option(
        None, "--sheet", metavar="NAME", help="Only this sheet [default: all]."
    ),
    budget: int | None = typer.Option(
        None,
        "--budget",
        metavar="TOKENS",
        help="As much as so many tokens allow: of the sheet with --sheet, else of all together.",
    ),
    level: EncodeLevel | None = typer.Option(
        None,
        "--level",
        metavar="LEVEL",
        help="skeleton: labels, formulas, types and bounds; lossless: every value [default: "
        "skeleton].",
    ),
    question: str = typer.Option(
        "", "--question", metavar="TEXT", help="What this names is told first; needs --budget."
    ),
    hidden: bool | None = typer.Option(
        None,
        "--hidden/--no-hidden",
        help="Tell hidden cells like others, which no model gets, or only count them [default: "
        "--hidden with --level lossless, which loses nothing, else --no-hidden].",
    ),
    paper: bool = typer.Option(
        False, "--paper", help="The form of the SpreadsheetLLM paper instead, for comparison."
    ),
    out: str | None = typer.Option(
        None, "--out", metavar="FILE", help="Write to this file instead of stdout."
    ),
    password: str | None = PASSWORD,
    workers: int | None = WORKERS,
    max_file_mb: int | None = MAX_FILE_MB,
    limit: list[str] = LIMIT,
    as_json: bool = AS_JSON,
    quiet: bool = QUIET,
) -> int:
    """Show sheets as the text that a language model would get.

    Each begins with its name and used range and tells its cells line by line under their own
    addresses; docs/encoding.md explains the notation. Tokens are an estimate for the model of the
    settings; JSON has them beside those of the cells written one by one. Exits with 3 where a part
    of the workbook could not be read.

    \b
    Example:
      tickmark encode model.xlsx
      tickmark encode model.xlsx --sheet "P&L" --level lossless --json
      tickmark encode model.xlsx --budget 4000 --question "Why did costs rise?"
    """
    file = None if out is None else OutputFile("--out", out)
    _check(file, budget, level, question, paper=paper)
    from tickmark.hosts.cli.book import problems_of, read_book, sheet_named
    from tickmark.llm.tokens import estimate_tokens

    workbook = read_book(
        book, password=password, workers=workers, max_file_mb=max_file_mb, limits=limit
    )
    problems = problems_of(workbook)
    chosen = None if sheet is None else sheet_named(workbook, sheet)
    shown = level is EncodeLevel.LOSSLESS if hidden is None else hidden
    model = load_settings().model
    tokens = partial(estimate_tokens, model=model)
    if paper:
        sheets = workbook.sheets if chosen is None else (chosen,)
        encoded = _paper(workbook, sheets, tokens, hidden=shown)
    else:
        encoded = _encoded(
            workbook,
            chosen,
            tokens,
            hidden=shown,
            budget=budget,
            level=level,
            question=question,
        )
    if as_json:
        record = _record(workbook, encoded, model, hidden=shown, budget=budget, problems=problems)
        _send(json.dumps(record), file)
    else:
        _send(encoded.text, file)
        if file is not None and not file.is_stdout:
            emit(printable(file.target))
    for sentence in () if quiet else (*problems, *_talk(encoded, budget, asked=hidden is not None)):
        print(f"tickmark: {printable(sentence)}", file=sys.stderr)
    return INCOMPLETE if problems else 0


def _check(
    file: OutputFile | None,
    budget: int | None,
    level: EncodeLevel | None,
    question: str,
    *,
    paper: bool,
) -> None:
    """Refuse at once what does not go together, and what could not be written in the end."""
    if paper and (budget is not None or level is not None):
        raise SettingError("--paper knows neither --budget nor --level; give it without them.")
    if budget is not None and level is not None:
        raise SettingError("Give --budget or --level, not both: a budget decides how much is told.")
    if budget is not None and budget < 0:
        raise SettingError(f"--budget needs a number of tokens from 0 on; {budget} is none.")
    if question and budget is None:
        raise SettingError("--question needs --budget TOKENS; without one nothing is left out.")
    if file is not None:
        file.check()


def _encoded(
    workbook: Workbook,
    chosen: Sheet | None,
    tokens: Callable[[str], int],
    *,
    hidden: bool,
    budget: int | None,
    level: EncodeLevel | None,
    question: str,
) -> EncodedText:
    """One sheet, or all of the workbook, in our notation."""
    from tickmark.encode.book import encode_book, sheet_source
    from tickmark.encode.encoding import Level
    from tickmark.encode.sheet import encode_sheet
    from tickmark.encode.source import sources_of
    from tickmark.report.encodings_record import EncodedText
    from tickmark.structure.formulas import formulas_of

    formulas = formulas_of(workbook)
    wanted = None if level is None else Level(level)
    if chosen is None:
        sources = sources_of(formulas, hidden=hidden)
        made = encode_book(sources, tokens=tokens, budget=budget, level=wanted, question=question)
        parts = zip(workbook.sheets, made.sheets, strict=True)
        return EncodedText(
            made.text, made.tokens, tuple(_part(*one) for one in parts), made.preface
        )
    source = sheet_source(formulas, chosen, hidden=hidden)
    alone = encode_sheet(source, tokens=tokens, budget=budget, level=wanted, question=question)
    return EncodedText(alone.text, alone.tokens, (_part(chosen, alone),))


def _part(sheet: Sheet, encoding: Encoding) -> EncodedSheet:
    from tickmark.report.encodings_record import EncodedSheet

    return EncodedSheet(
        sheet=sheet,
        text=encoding.text,
        tokens=encoding.tokens,
        level=str(encoding.level),
        covered_cells=encoding.shown_cells + _told_hidden(sheet, encoding),
        hidden_cells=encoding.hidden_cells,
        left_out=encoding.left_out,
    )


def _told_hidden(sheet: Sheet, encoding: Encoding) -> int:
    """How many hidden cells the text places; it may be too short to, or name some areas only."""
    from tickmark.encode.decode import decode

    # No cell begins a line, so that such a line is one of the header.
    start = encoding.text.find("\n# hidden ")
    if start < 0 or encoding.source is None:
        return 0
    header = encoding.text[: encoding.text.find("\n", start + 1) % (len(encoding.text) + 1)]
    if " more" not in header[start:]:
        return encoding.hidden_cells
    hidden = encoding.source.unseen
    (told,) = decode(header)
    areas = [area for claim in told.claims for area in claim.areas]
    return len({int(at) for area in areas for at in sheet.cells.within(area) if hidden[at]})


def _paper(
    workbook: Workbook,
    chosen: Sequence[Sheet],
    tokens: Callable[[str], int],
    *,
    hidden: bool,
) -> EncodedText:
    """Sheets in the form of the paper, under their names; which cells it covers it cannot tell."""
    from tickmark.encode.paper.paper import encode_paper
    from tickmark.encode.preface_words import sheet_title
    from tickmark.report.encodings_record import EncodedSheet, EncodedText
    from tickmark.structure.concealment import unseen_cells

    parts = []
    blocks = []
    for sheet in chosen:
        text = encode_paper(workbook, sheet, hidden=hidden).text
        used = sheet.used_range
        heading = f"# {sheet_title(sheet.name)}|{'' if used is None else used.a1}"
        blocks.append(f"{heading}\n{text}" if text else heading)
        away = 0 if hidden else int(unseen_cells(workbook, sheet).sum())
        parts.append(EncodedSheet(sheet, text, tokens(text), PAPER, None, away))
    whole = "\n\n".join(blocks)
    return EncodedText(whole, tokens(whole), tuple(parts))


def _record(
    workbook: Workbook,
    encoded: EncodedText,
    model: str,
    *,
    hidden: bool,
    budget: int | None,
    problems: Sequence[str],
) -> dict[str, object]:
    from tickmark.encode.vanilla import vanilla_tokens
    from tickmark.llm.tokens import estimate_tokens
    from tickmark.report.encodings_record import encodings_record

    counter = partial(estimate_tokens, model=model)
    return encodings_record(
        workbook,
        encoded,
        tokenizer=_tokenizer(model),
        vanilla_tokens=[
            vanilla_tokens(workbook, one.sheet, counter, hidden=hidden) for one in encoded.sheets
        ],
        budget=budget,
        problems=problems,
    )


def _tokenizer(model: str) -> str:
    """The estimator of tokens and the family of models it stands for."""
    from tickmark.llm.tokens import ESTIMATOR, NEWER, NEWER_SINCE, weights_of

    since = ".".join(map(str, NEWER_SINCE))
    family = "since" if weights_of(model) is NEWER else "before"
    return f"tickmark-estimate-{ESTIMATOR}/{family}-claude-{since}"


def _send(text: str, file: OutputFile | None) -> None:
    """Text to its file or to stdout, where a pipe gets it in UTF-8 as a file would."""
    content = f"{text}\n" if text else ""
    if file is not None:
        file.write(content)
    elif sys.stdout.isatty():
        emit(text)
    else:
        emit_file(content)


def _talk(encoded: EncodedText, budget: int | None, *, asked: bool) -> list[str]:
    """What the reader of the text should know beside it; `asked` tells that hidden cells were."""
    found = []
    if budget is not None and not any(one.text for one in encoded.sheets):
        found.append(f"{budget:,} tokens are too few for any cell; give more with --budget.")
    elif encoded.left_out and budget is not None:
        count = len(encoded.left_out)
        sheets = "1 sheet has" if count == 1 else f"{count:,} sheets have"
        found.append(f"{sheets} no room in {budget:,} tokens; give more with --budget.")
    hidden = sum(one.hidden_cells for one in encoded.sheets)
    if hidden and not asked:
        cells = "1 hidden cell is" if hidden == 1 else f"{hidden:,} hidden cells are"
        found.append(f"{cells} counted and not told; --hidden tells them.")
    return found

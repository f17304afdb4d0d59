"""The worksheet functions: one spec each, from which VBA, help and the docs table are made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

HELP_LENGTH: Final = 255
"""Excel shows no more characters of a function's or an argument's help."""


class Asks(StrEnum):
    """When a function asks the model, and so may cost money."""

    ALWAYS = "yes"
    PACKED = "yes, many rows a call"
    ON_REQUEST = "with explain=yes"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument as Excel's function wizard shows it; `help` ends with an example."""

    name: str
    help: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """One worksheet function; `help` says what it does and what it costs."""

    name: str
    help: str
    arguments: tuple[Argument, ...]
    returns: str
    asks: Asks
    example: str

    @property
    def signature(self) -> str:
        """Name and arguments, the optional ones in brackets."""
        names = [f"[{a.name}]" if a.optional else a.name for a in self.arguments]
        return f"{self.name}({', '.join(names)})"


_OPTIONS: Final = Argument(
    "options",
    'Rare things as text "name=value; ..." or a range of two columns: model, lang, max_cost, '
    'refresh and what the help page names, e.g. "model=smart; lang=de".',
    optional=True,
)

FUNCTIONS: Final[tuple[Function, ...]] = (
    Function(
        "LLM_ANALYZE",
        "What deserves attention in a range: a table of findings with the cells that prove them, "
        "each checked by code. Sees values, formulas and formats. Asks the model once a range.",
        (
            Argument("range", "The cells to analyse, headings included, e.g. A1:F20."),
            Argument("question", 'What to look for, e.g. "Why does margin fall?".', optional=True),
            _OPTIONS,
        ),
        "table: Finding, Evidence, Value, Check, Confidence",
        Asks.ALWAYS,
        '=LLM_ANALYZE(A1:F20,"Why does margin fall?")',
    ),
    Function(
        "LLM_ASK",
        "Answers a question about cells in one text that cites them, each citation checked by "
        "code. Asks the model once; equal questions about equal cells are paid once.",
        (
            Argument("data", "The cells to answer from, headings included, e.g. A1:F20."),
            Argument("question", 'The question, e.g. "Which region grew fastest?".'),
            _OPTIONS,
        ),
        "one text with citations",
        Asks.ALWAYS,
        '=LLM_ASK(A1:F20,"Which region grew fastest?")',
    ),
    Function(
        "LLM_EXPLAIN",
        "Says in words what the formula of a cell computes, naming its precedents by their labels "
        "where the workbook has been saved. Asks the model once; copies of a formula share it.",
        (
            Argument("cell", "The cell with the formula, e.g. D14."),
            Argument("level", 'How: "short", "steps" or "business", e.g. "steps".', optional=True),
            _OPTIONS,
        ),
        "one text",
        Asks.ALWAYS,
        '=LLM_EXPLAIN(D14,"steps")',
    ),
    Function(
        "LLM_AUDIT",
        "Findings of Tickmark's fixed rules in a range: severity, rule, cell, what, why and fix. "
        "Free; only with the option explain=yes the model adds words of its own.",
        (
            Argument("range", "The cells to audit, e.g. A1:M90."),
            Argument(
                "rules",
                'Rules to apply, by name, a comma between; all if left out, e.g. "error-value".',
                optional=True,
            ),
            _OPTIONS,
        ),
        "table: Severity, Rule, Cell, What, Why, Fix",
        Asks.ON_REQUEST,
        "=LLM_AUDIT(A1:M90)",
    ),
    Function(
        "LLM_EXTRACT",
        "Takes named fields out of texts: a row for each text, a column for each field, types "
        "checked by code. Many rows share a call; blank cells are neither sent nor paid.",
        (
            Argument("texts", "The texts, one a cell in a column, e.g. A2:A500."),
            Argument(
                "fields",
                "Names of the fields: a range of headings, or text with types, e.g. "
                '"name; due:date; amount:number".',
            ),
            _OPTIONS,
        ),
        "table: a row a text, a column a field",
        Asks.PACKED,
        '=LLM_EXTRACT(A2:A500,"name; due:date; amount:number")',
    ),
    Function(
        "LLM_CLASSIFY",
        "Puts each value into one of the given categories, or Unsure; nothing else can come out. "
        "Same shape as the values. Many rows share a call; blank cells are free.",
        (
            Argument("values", "The values to sort, e.g. B2:B500."),
            Argument(
                "categories",
                "The categories: a range whose second column may describe them, or a text, e.g. "
                '"Travel; Food; Rent".',
            ),
            _OPTIONS,
        ),
        "same shape as the values",
        Asks.PACKED,
        '=LLM_CLASSIFY(B2:B500,"Travel; Food; Rent")',
    ),
    Function(
        "LLM_TRANSFORM",
        "Rewrites each value as told: clean, translate, normalise. Same shape as the values; "
        "results stay text. Many rows share a call; blank cells are free.",
        (
            Argument("values", "The values to rewrite, e.g. C2:C500."),
            Argument("instruction", 'What to do, e.g. "Company name without legal form".'),
            Argument("examples", "Two columns, before and after, e.g. H2:I4.", optional=True),
            _OPTIONS,
        ),
        "same shape as the values",
        Asks.PACKED,
        '=LLM_TRANSFORM(C2:C500,"Company name without legal form")',
    ),
    Function(
        "LLM_COST",
        "What LLM functions cost in USD: of a cell (estimate before, actual after), or of a scope. "
        "Free.",
        (
            Argument(
                "scope",
                'A cell with an LLM function, or "sheet", "book", "today" or "left"; "today" if '
                "left out, e.g. B5.",
                optional=True,
            ),
        ),
        "number, USD",
        Asks.NEVER,
        '=LLM_COST("today")',
    ),
    Function(
        "LLM_STATUS",
        "How far a cell with an LLM function is: done, cached, queued, running, needs consent, "
        "over budget, offline or error with its reason; of all cells if none is given. Free.",
        (Argument("cell", "A cell with an LLM function, e.g. B5.", optional=True),),
        "one text",
        Asks.NEVER,
        "=LLM_STATUS(B5)",
    ),
)


def function_named(name: str) -> Function:
    """The spec of a function by its name, in any case. Raises KeyError."""
    wanted = name.upper()
    for function in FUNCTIONS:
        if function.name == wanted:
            return function
    raise KeyError(name)

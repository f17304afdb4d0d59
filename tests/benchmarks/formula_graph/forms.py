"""Figure `forms`: thirty forms of references, and who reads what they refer to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.formula_graph.measuring import Bench, Found, Goal, Line, measured

ROW, COLUMN = 5, 6
"""The cell that holds each formula, for those that count from it: F5."""


@dataclass(frozen=True)
class Form:
    """A formula and all that it refers to, in capitals, without `$`, quotes and brackets.

    `spelt` is a second spelling that a peer may use; Tickmark may not.
    """

    name: str
    text: str
    refers_to: frozenset[str]
    spelt: frozenset[str] = frozenset()


def _form(name: str, text: str, *refers_to: str, spelt: tuple[str, ...] = ()) -> Form:
    return Form(name, text, frozenset(refers_to), frozenset(spelt))


FORMS = (
    _form("3D", "=SUM(Jan:Mar!B2:B5)", "JAN:MAR!B2:B5"),
    _form("quoted 3D", "=SUM('Jan 1:Mar 1'!B2)", "JAN 1:MAR 1!B2"),
    _form("table, this row", "=Table1[[#This Row],[Col A]]*2", "TABLE1@COL A"),
    _form("table, @", "=Table1[@Price]*Table1[@[Unit Qty]]", "TABLE1@PRICE", "TABLE1@UNIT QTY"),
    _form("table, escaped", "=SUM(Table1[a'[b'] c])", "TABLE1AB C"),
    _form("whole columns", "=SUM(A:A)+SUM($B:C)", "A:A", "B:C"),
    _form("whole rows", "=SUM(1:3)", "1:3"),
    _form("spill", "=SUM(A1#)", "A1#", spelt=("A1",)),
    _form("spill as stored", "=SUM(_xlfn.ANCHORARRAY(A1))", "A1#", spelt=("A1",)),
    _form("external, index", "=[1]Sheet1!A1+1", "1SHEET1!A1"),
    _form("external, path", r"='C:\dir\[Book2.xlsx]Sheet 1'!$A$1", r"C:\DIR\BOOK2.XLSXSHEET 1!A1"),
    _form("defined names", "=Rate*Sheet1!Local_x", "RATE", "SHEET1!LOCAL_X"),
    _form("R1C1", "=R[-1]C*RC[2]", "F4", "H5", spelt=("R-1C", "RC2")),
    _form("LET as stored", "=_xlfn.LET(_xlpm.x,A1,_xlpm.x*2)", "A1"),
    _form("LAMBDA as stored", "=_xlfn.LAMBDA(_xlpm.x,_xlpm.x+1)(A1)", "A1"),
    _form("intersection", "=A1:C3 B2:D4", "A1:C3", "B2:D4"),
    _form("union", "=SUM((A1:A2,C1:C2))", "A1:A2", "C1:C2"),
    _form("range to a function", "=SUM(A1:INDEX(B:B,3))", "A1", "B:B"),
    _form("array constant", "=SUM({1,2;3,4}*A1:B2)", "A1:B2"),
    _form("functions like cells", "=LOG10(A1)+ATAN2(B1,C1)", "A1", "B1", "C1"),
    _form("sheet with quote", "='It''s'!A1", "ITS!A1"),
    _form("string like a range", '="A1:B2"&C3', "C3"),
    _form("#REF!", "=SUM(#REF!)+Sheet1!#REF!+A1", "A1"),
    _form("implicit @", "=@A1:A10", "A1:A10"),
    _form("foreign sheet names", "=Übersicht!A1+'数据'!B2", "ÜBERSICHT!A1", "数据!B2"),
    _form(
        "sheet on both ends",
        "=SUM(Sheet1!A1:Sheet1!B2)",
        "SHEET1!A1:B2",
        spelt=("SHEET1!A1:SHEET1!B2",),
    ),
    _form("lower case", "=sum(a1:b2)", "A1:B2"),
    _form("percent, sign", "=-A1%^2", "A1"),
    _form("INDIRECT", '=INDIRECT("A"&B1)', "B1"),
    _form("OFFSET", "=SUM(OFFSET(A1,0,0,B1,1))", "A1", "B1"),
)

_DROPPED = str.maketrans("", "", "$'[]")


def spelling(text: str) -> str:
    """One spelling for what candidates write in different ways."""
    plain = text.upper().translate(_DROPPED)
    return plain.replace("#THIS ROW,", "@").replace("@,", "@")


def tickmark(text: str) -> set[str]:
    """What Tickmark says, from the fields of its references and never from their text."""
    from tickmark.structure.references import references  # noqa: PLC0415 - one candidate a process

    found = (_told(one) for one in references(text.removeprefix("="), "", ROW, COLUMN))
    return {spelling(one) for one in found if one}


def _told(one: Any) -> str:  # noqa: ANN401 - a type of the measured code
    sheets = one.sheet + (f":{one.last_sheet}" if one.last_sheet else "")
    prefix = f"{one.book}{sheets}!" if one.book or sheets else ""
    match one.kind.value:
        case "area":
            return prefix + _area(one.area) + ("#" if one.spill else "")
        case "name":
            return f"{prefix}{one.name}"
        case "table":
            return f"{prefix}{one.name}[{one.item}]"
    return ""


def _area(area: Any) -> str:  # noqa: ANN401 - a type of the measured code
    from tickmark.model.address import MAX_COLUMN, MAX_ROW, column_letters  # noqa: PLC0415

    first, last = column_letters(area.left), column_letters(area.right)
    if (area.top, area.bottom) == (1, MAX_ROW):
        return f"{first}:{last}"
    if (area.left, area.right) == (1, MAX_COLUMN):
        return f"{area.top}:{area.bottom}"
    one, other = f"{first}{area.top}", f"{last}{area.bottom}"
    return one if one == other else f"{one}:{other}"


def openpyxl(text: str) -> set[str]:
    from openpyxl.formula import Tokenizer  # noqa: PLC0415 - one candidate a process

    items = Tokenizer(text).items
    return {spelling(one.value) for one in items if (one.type, one.subtype) == ("OPERAND", "RANGE")}


def formualizer(text: str) -> set[str]:
    import formualizer  # noqa: PLC0415 - one candidate a process

    return {spelling(str(one)) for one in formualizer.parse(text).walk_refs()}


CANDIDATES: Mapping[str, Callable[[str], set[str]]] = {
    "tickmark": tickmark,
    "openpyxl": openpyxl,
    "formualizer": formualizer,
}


def read_forms(name: str) -> Found:
    """The child's part: what one candidate makes of each form."""
    found: list[list[str] | str] = []
    for form in FORMS:
        try:
            found.append(sorted(CANDIDATES[name](form.text)))
        except Exception as error:  # noqa: BLE001 - a peer's refusal is its answer
            found.append(type(error).__name__)
    return {"found": found}


def right(name: str, form: Form, found: list[str] | str) -> bool:
    """Whether a candidate names exactly what the form refers to."""
    if isinstance(found, str):
        return False
    return set(found) == form.refers_to or (name != "tickmark" and set(found) == form.spelt)


def figure(_bench: Bench) -> Iterator[Line]:
    """Who reads what of the thirty forms."""
    answers = {name: measured("forms", name)["found"] for name in CANDIDATES}
    counts = {
        name: sum(right(name, form, one) for form, one in zip(FORMS, found, strict=True))
        for name, found in answers.items()
    }
    for at, form in enumerate(FORMS):
        wrong = [
            f"{name}: {found[at] if isinstance(found[at], str) else ' '.join(found[at])}"
            for name, found in answers.items()
            if not right(name, form, found[at])
        ]
        if wrong:
            yield f"  {form.name:22}{form.text:36}{'; '.join(wrong)}"
    for name, count in counts.items():
        yield f"  {name:12}{count:3} of {len(FORMS)}"
    yield Goal("reference forms", str(counts["tickmark"]), "30", counts["tickmark"] == len(FORMS))


CHILDREN = {"forms": read_forms}

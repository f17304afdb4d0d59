"""Every form of reference, resolved to the cells that it means."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.books import SheetSpec, book, sheet
from tickmark.model.address import RangeRef
from tickmark.model.grid import FormulaGroup, FormulaKind
from tickmark.model.workbook import DefinedName, ExternalLink, Sheet, Table, Workbook
from tickmark.structure.formulas import formulas_of

HOME_SHEET = 10
HOME = "E5"  # a row of the table Sales, which is A3:D9 with headers in row 3 and totals in row 9

# Formula in Home!E5; areas of the own workbook; other workbooks; a mark for what only its
# calculation can tell (?), for lost cells (!), or for no formula at all (x).
FORMS: dict[str, tuple[str, list[str], str]] = {
    "3D": ("SUM(Jan:Mar!B2:B5)", ["Jan!B2:B5", "Feb!B2:B5", "Mar!B2:B5"], ""),
    "quoted 3D": ("SUM('Jan 1:Mar 1'!B2)", ["Jan 1!B2", "Mar 1!B2"], ""),
    "3D backwards": ("SUM(Mar:Jan!B2)", ["Jan!B2", "Feb!B2", "Mar!B2"], ""),
    "this row": ("Sales[[#This Row],[Net]]*2", ["Home!B5"], ""),
    "this row as typed": ("Sales[@Net]*Sales[@[Unit Qty]]", ["Home!B5", "Home!C5"], ""),
    "this row without inner brackets": (
        "Sales[[#This Row],Net]*Sales[[#This Row],Unit Qty]",
        ["Home!B5", "Home!C5"],
        "",
    ),
    "own table": ("[@Net]*[@[Unit Qty]]", [], ""),
    "table column": ("SUM(Sales[Net])", ["Home!B4:B8"], ""),
    "table columns": ("SUM(Sales[[Net]:[Unit Qty]])", ["Home!B4:C8"], ""),
    "table columns of this row": ("SUM(Sales[@[Net]:[Unit Qty]])", ["Home!B5:C5"], ""),
    "escaped column": ("SUM(Sales[a'[b'] c])", ["Home!D4:D8"], ""),
    "escaped this row": ("Sales[@[a'[b'] c]]", ["Home!D5"], ""),
    "all of a table": ("ROWS(Sales[#All])", ["Home!A3:D9"], ""),
    "data of a table": ("ROWS(Sales[#Data])", ["Home!A4:D8"], ""),
    "bare table": ("ROWS(Sales)", ["Home!A4:D8"], ""),
    "empty brackets": ("ROWS(Sales[])", ["Home!A4:D8"], ""),
    "headers": ("Sales[[#Headers],[Net]]", ["Home!B3"], ""),
    "totals": ("Sales[[#Totals],[Net]]", ["Home!B9"], ""),
    "headers and data": ("ROWS(Sales[[#Headers],[#Data],[Net]])", ["Home!B3", "Home!B4:B8"], ""),
    "data and totals": ("ROWS(Sales[[#Data],[#Totals]])", ["Home!A4:D8", "Home!A9:D9"], ""),
    "all of columns": ("ROWS(Sales[[#All],[Key]:[Net]])", ["Home!A3:B9"], ""),
    "range of columns": ("SUM(Sales[Key]:Sales[Unit Qty])", ["Home!A4:C8"], ""),
    "range in this row": ("SUM(Sales[@Key]:Sales[@Net])", ["Home!A5:B5"], ""),
    "whole columns": ("SUM(A:A)+SUM($B:C)", ["Home!A1:A1048576", "Home!B1:C1048576"], ""),
    "whole rows": ("SUM(1:3)+SUM($7:8)", ["Home!A1:XFD3", "Home!A7:XFD8"], ""),
    "whole column elsewhere": ("SUM('It''s'!B:B)", ["It's!B1:B1048576"], ""),
    "spill": ("SUM(A11#)", ["Home!A11:B13"], ""),
    "spill elsewhere": ("SUM(Jan!A1#)", ["Jan!A1:A4"], ""),
    "spill as stored": ("SUM(_xlfn.ANCHORARRAY(A11))", ["Home!A11:B13"], ""),
    "spill of a name": ("SUM(Spilled#)", ["Jan!A1:A4"], ""),
    "spill in a name": ("SUM(AllSpilled)", ["Jan!A1:A4"], ""),
    "spill of nothing": ("SUM(B1#)", ["Home!B1"], ""),
    "external by number": ("[1]Sheet1!A1+1", [], "[1]"),
    "external by path": (r"'C:\dir\[Book2.xlsx]Sheet 1'!$A$1", [], r"[C:\dir\Book2.xlsx]"),
    "external name": ("[1]!Rate*2", [], "[1]"),
    "external 3D": ("SUM([1]Jan:Mar!B2)", [], "[1]"),
    "external function": ("[1]!Net(A1)", ["Home!A1"], ""),
    "name": ("Rate*2", ["Jan!B2"], ""),
    "name of a sheet": ("Feb!Local_x", ["Feb!C3"], ""),
    "name hidden by a sheet's own": ("Mar!Rate", ["Mar!D4"], ""),
    "own workbook's name": ("[0]!Rate", ["Jan!B2"], ""),
    "name of a formula": ("Double", ["Jan!B2", "Feb!A1:A9"], ""),
    "relative name": ("Left", ["Home!D5"], ""),
    "name of the sheet that uses it": ("Here", ["Home!A1"], ""),
    "name in the scope of a name": ("Feb!Through", ["Feb!C3"], ""),
    "name hiding a table": ("SUM(Hidden)", ["Jan!H1"], ""),
    "unknown name": ("Nowhere+A1", ["Home!A1"], ""),
    "name of a constant": ("Tax*A1", ["Home!A1"], ""),
    "name of a function": ("Net_of(A1)", ["Home!A1", "Jan!B2"], ""),
    "range of names": ("SUM(First:Last)", ["Jan!A1:C9"], ""),
    "ranges up to the same name": (
        "SUM(Jan!B3:Last)+SUM(Jan!C1:Last)",
        ["Jan!B3:C9", "Jan!C1:C9"],
        "",
    ),
    "name twice, once all that it fills": ("Spilled+SUM(Spilled#)", ["Jan!A1", "Jan!A1:A4"], ""),
    "range from a cell to a name": ("SUM(Jan!B3:Last)", ["Jan!B3:C9"], ""),
    "dynamic name": ("SUM(Moving)", ["Jan!A1", "Jan!A1:A1048576"], "?"),
    "R1C1 text": ("R[-1]C*RC[2]", ["Home!E4", "Home!G5"], ""),
    "R1C1 areas": ("SUM(R[-4]C[-4]:R[-1]C)+R1C1", ["Home!A1:E4", "Home!A1"], ""),
    "R1C1 elsewhere": ("Jan!R[-1]C", ["Jan!E4"], ""),
    "LET as stored": ("_xlfn.LET(_xlpm.x,A1,_xlpm.x*2)", ["Home!A1"], ""),
    "LET as typed": ("LET(x,A1,y,x+B1,x*y+Rate)", ["Home!A1", "Home!B1", "Jan!B2"], ""),
    "LET hiding a name": ("LET(Rate,Rate+1,Rate*2)", ["Jan!B2"], ""),
    "LET and what follows": ("LET(Rate,1,Rate)+Rate", ["Jan!B2"], ""),
    "LAMBDA as stored": ("_xlfn.LAMBDA(_xlpm.x,_xlop.y,_xlpm.x+_xlpm.y)(A1)", ["Home!A1"], ""),
    "LAMBDA as typed": ("MAP(A1:A2,LAMBDA(Rate,Rate*B1))", ["Home!A1:A2", "Home!B1"], ""),
    "optional parameter": ("LAMBDA(x,[y],IF(ISOMITTED(y),x,y))(A1)", ["Home!A1"], ""),
    "parameter as function": ("LET(f,LAMBDA(x,x+1),f(A1))", ["Home!A1"], ""),
    "function passed on": ("BYROW(A1:B2,_xleta.SUM)", ["Home!A1:B2"], ""),
    "unknown function passed on": ("MAP(A1:A2,_xleta.INDIRECT)", ["Home!A1:A2"], "?"),
    "intersection": ("A1:C3 B2:D4", ["Home!A1:C3", "Home!B2:D4"], ""),
    "union": ("SUM((A1:A2,C1:C2))", ["Home!A1:A2", "Home!C1:C2"], ""),
    "union of sheets": ("SUM((Jan!A1,Feb!B2))", ["Jan!A1", "Feb!B2"], ""),
    "range up to a function": (
        "SUM(A1:INDEX(B:B,3))",
        ["Home!A1", "Home!B1:B1048576"],
        "?",
    ),
    "range from a function": ("SUM(INDEX(B:B,3):B9)", ["Home!B1:B1048576", "Home!B9"], "?"),
    "range in parentheses": ("SUM((A1):(B2))", ["Home!A1", "Home!B2"], "?"),
    "range of ranges": ("SUM(A1:B2:D1)", ["Home!A1:D2"], ""),
    "range backwards": ("SUM(D$9:$B2)", ["Home!B2:D9"], ""),
    "array constant": ("SUM({1,2;3,4}*A1:B2)", ["Home!A1:B2"], ""),
    "array of texts": ('MATCH(A1,{"B1","C1";TRUE,#N/A},0)', ["Home!A1"], ""),
    "function like a cell": ("LOG10(A1)+ATAN2(B1,C1)", ["Home!A1", "Home!B1", "Home!C1"], ""),
    "name like a cell": ("TAX2024X+A1.B+A1", ["Home!A1"], ""),
    "beyond the sheet": ("XFE1+A1048577+XFD1048576", ["Home!XFD1048576"], ""),
    "sheet with quote": ("'It''s'!A1", ["It's!A1"], ""),
    "sheet like a cell": ("'B2'!A1+B2", ["B2!A1", "Home!B2"], ""),
    "sheet of digits": ("'2024'!A1", ["2024!A1"], ""),
    "sheet in other letters": ("Übersicht!A1+'数据'!B2", ["Übersicht!A1", "数据!B2"], ""),
    "sheet in other case": ("JAN!A1", ["Jan!A1"], ""),
    "lost sheet": ("Gone!A1+A1", ["Home!A1"], ""),
    "text like a cell": ('"A1:B2"&C3&"[1]x!A1 ""B2"""', ["Home!C3"], ""),
    "lost": ("SUM(#REF!)+Jan!#REF!+A1", ["Home!A1"], "!"),
    "lost sheet of a cell": ("#REF!A1+#REF!$B$2:$C$3", [], "!"),
    "lost in another workbook": ("[1]#REF!$A$1", [], "[1]!"),
    "lost name": ("Lost+1", [], "!"),
    "error values": ("IFERROR(A1,#N/A)+#DIV/0!+#SPILL!", ["Home!A1"], ""),
    "implicit intersection": ("@A1:A10", ["Home!A1:A10"], ""),
    "implicit intersection as stored": ("_xlfn.SINGLE(A1:A10)", ["Home!A1:A10"], ""),
    "implicit intersection of a name": ("@Rate", ["Jan!B2"], ""),
    "range over sheets": ("SUM(Jan!A1:Jan!B2)", ["Jan!A1:B2"], ""),
    "range with one sheet": ("SUM(Jan!A1:B2)", ["Jan!A1:B2"], ""),
    "lower case": ("sum(a1:b2)", ["Home!A1:B2"], ""),
    "signs": ("-A1%^2+-+B1", ["Home!A1", "Home!B1"], ""),
    "missing arguments": ("IF(A1,,B1)", ["Home!A1", "Home!B1"], ""),
    "spaces and lines": ("SUM( A1 : B2 ,\n C3 )", ["Home!A1:B2", "Home!C3"], ""),
    "INDIRECT": ('INDIRECT("A"&B1)', ["Home!B1"], "?"),
    "OFFSET": ("SUM(OFFSET(A1,0,0,B1,1))", ["Home!A1", "Home!B1"], "?"),
    "trimmed range as typed": ("SUM(A1.:.B2)+SUM(C:.C)", ["Home!A1:B2", "Home!C1:C1048576"], ""),
    "trimmed range as stored": ("SUM(_xlfn._TRO_ALL(A:A))", ["Home!A1:A1048576"], ""),
    "truth": ("IF(TRUE,A1,FALSE)", ["Home!A1"], ""),
    "open text": ('A1&"open', ["Home!A1"], "x"),
    "open parenthesis": ("SUM(A1", ["Home!A1"], "x"),
    "two values": ("A1 2B1", ["Home!A1", "Home!B1"], "x"),
}


def _with_spill(page: Sheet, cell: str, area: str) -> Sheet:
    place = RangeRef.parse(cell, sheet=page.name)
    number = next(
        at for at, one in enumerate(page.cells.formula_texts) if one == f"SEQUENCE(9){cell}"
    )
    group = FormulaGroup(
        FormulaKind.DYNAMIC_ARRAY, place.top, place.left, RangeRef.parse(area, sheet=page.name)
    )
    return replace(page, cells=replace(page.cells, formula_groups={number: group}))


def _workbook(formula: str) -> Workbook:
    sheets: dict[str, SheetSpec] = {
        name: sheet({"A1": "=SEQUENCE(9)A1"} if name == "Jan" else {})
        for name in (
            "Jan",
            "Feb",
            "Mar",
            "Jan 1",
            "Mar 1",
            "It's",
            "B2",
            "2024",
            "Übersicht",
            "数据",
        )
    }
    sheets["Home"] = sheet({"A11": "=SEQUENCE(9)A11", HOME: f"={formula}"})
    made = book(
        sheets,
        names=[
            DefinedName("Rate", "Jan!$B$2"),
            DefinedName("Rate", "Mar!$D$4", sheet="Mar"),
            DefinedName("Local_x", "Feb!$C$3", sheet="Feb"),
            DefinedName("Through", "Local_x", sheet="Feb"),
            DefinedName("Double", "Rate+SUM(Feb!$A$1:$A$9)"),
            DefinedName("Left", "Home!XFD1"),
            DefinedName("Here", "!$A$1"),
            DefinedName("Tax", "0.19"),
            DefinedName("Hidden", "Jan!$H$1"),
            DefinedName("First", "Jan!$A$1"),
            DefinedName("Last", "Jan!$C$9"),
            DefinedName("Lost", "#REF!"),
            DefinedName("Moving", "OFFSET(Jan!$A$1,0,0,COUNTA(Jan!$A:$A),1)"),
            DefinedName("Spilled", "Jan!$A$1"),
            DefinedName("AllSpilled", "_xlfn.ANCHORARRAY(Jan!$A$1)"),
            DefinedName("Net_of", "_xlfn.LAMBDA(_xlpm.gross,_xlpm.gross*Jan!$B$2)"),
        ],
        links=[ExternalLink(1, "prices.xlsx")],
    )
    columns = ("Key", "Net", "Unit Qty", "a[b] c")
    tables = (
        Table("Sales", RangeRef("Home", 3, 1, 9, 4), columns, totals_rows=1),
        Table("Hidden", RangeRef("Home", 20, 1, 22, 1), ("x",)),
    )
    pages = {page.name: page for page in made.sheets}
    pages["Jan"] = _with_spill(pages["Jan"], "A1", "A1:A4")
    pages["Home"] = replace(_with_spill(pages["Home"], "A11", "A11:B13"), tables=tables)
    return replace(made, sheets=tuple(pages.values()))


@pytest.mark.parametrize("form", FORMS)
def test_a_form_of_reference_means_its_cells(form: str) -> None:
    formula, areas, rest = FORMS[form]
    formulas = formulas_of(_workbook(formula))
    home = formulas.workbook.sheets[-1]
    position = home.cells.position(5, 5)
    assert position is not None
    template = int(formulas.sheets[-1].template_of[position])
    found = [str(one.area).replace("'", "") for one in formulas.precedents[-1][template]]
    marks = "".join(f"[{book}]" for book in sorted(formulas.books(HOME_SHEET, template)))
    marks += "?" if formulas.unknown[-1][template] else ""
    marks += "!" if formulas.is_broken(HOME_SHEET, template) else ""
    marks += "x" if [one for one in formulas.unparsed if one.cell.a1 == HOME] else ""
    assert (found, marks) == ([area.replace("'", "") for area in areas], rest)

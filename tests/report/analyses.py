"""Analyses as real runs make them: clean, with findings, hostile, failed, incomplete, large."""

from __future__ import annotations

from tickmark.model.analysis import (
    Analysis,
    Citation,
    Remark,
    SheetAnalysis,
    SheetCoverage,
    Status,
    Verdict,
)
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.run import Run
from tickmark.model.usage import Usage

MODEL = "claude-sonnet-4-6"
HOSTILE = "<img src=x onerror=alert(1)></script><script>alert(2)</script>\" onload='alert(3)"
YES, NO = Verdict.SUPPORTED, Verdict.NOT_IN_SHEET


def ledger_outline(rows: int, columns: int) -> tuple[str, ...]:
    """A header over dates, texts, numbers and two formula columns, with a total."""
    kinds = ["d", "t", "t", *("n" for _ in range(max(0, columns - 5))), "f", "f"][:columns]
    body = ("".join(kinds) for _ in range(rows - 3))
    return ("t" * columns, *body, "." * columns, "t.." + "f" * (columns - 3))


def statement_outline(rows: int, columns: int) -> tuple[str, ...]:
    """Labels at the left, blocks of inputs and formulas with blank rows between."""
    made = ["t" + "." * (columns - 1), "." * columns, ".." + "d" * (columns - 2)]
    for row in range(rows - 3):
        step = row % 8
        letter = "." if step == 7 else "f" if step in (3, 6) else "n"
        made.append(("t" if step < 7 else ".") + "." + letter * (columns - 2))
    return tuple(made)


def model_workbook() -> Analysis:
    """A three-statement model with findings of every severity and the model's words."""
    profit = SheetAnalysis(
        name="P&L",
        used_range="A1:N46",
        tables=("Drivers (A4:N18)",),
        coverage=SheetCoverage(590, 168, 2, 0, 590),
        outline=(
            *statement_outline(20, 14),
            "tef" + "f" * 11,
            *statement_outline(25, 14),
        ),
        summary="Income statement by month with a full-year column. Revenue is built from volume "
        "and price; costs follow revenue by fixed percentages held on the Inputs sheet.",
        remarks=(
            Remark(
                "Gross margin falls from 42.1 % in March to 37.9 % in April because the unit cost "
                "in E12 was typed over the formula that stands in its neighbours.",
                (Citation("P&L", "E12", YES), Citation("P&L", "D20:E20", YES)),
            ),
            Remark(
                "The full-year tax line adds eleven months only.",
                (Citation("P&L", "N41", YES), Citation("P&L", "Z99", NO)),
            ),
        ),
    )
    balance = SheetAnalysis(
        name="Balance sheet",
        used_range="A1:N38",
        coverage=SheetCoverage(410, 240, 0, 0, 410),
        outline=statement_outline(38, 14),
        summary="Monthly balance sheet. The check row is zero in every month but April.",
        remarks=(
            Remark("Assets and liabilities differ by 4,210 in April.", (Citation("", "F36", YES),)),
        ),
    )
    cash = SheetAnalysis(
        name="Cash flow",
        used_range="A1:N30",
        coverage=SheetCoverage(322, 264, 0, 0, 322),
        outline=statement_outline(30, 14),
        summary="Indirect cash flow, closing cash ties to the balance sheet.",
    )
    inputs = SheetAnalysis(
        name="Inputs",
        used_range="A1:D60",
        tables=("Prices (A3:D24)", "Rates (A28:D58)"),
        coverage=SheetCoverage(150, 0, 0, 14, 136, ("A28:D30",)),
        outline=tuple("tn.t" if row % 9 else "t..." for row in range(52)) + ("hhhh",) * 8,
        notes=("Rows 53 to 60 are hidden and were not shown to the model.",),
    )
    archive = SheetAnalysis(
        name="old calc",
        state="veryHidden",
        used_range="A1:F20",
        coverage=SheetCoverage(120, 40, 3, 120, 0),
        outline=("hhhhhh",) * 20,
        notes=("The sheet is very hidden and was not shown to the model.",),
    )
    findings = (
        Finding(
            "error-value",
            Severity.HIGH,
            "The formula shows #REF!: the cell that it read was deleted.",
            "P&L",
            ("B21",),
            {"found": "=C20*#REF!", "shows": "#REF!"},
            "Point the second factor to the tax rate, Inputs!B31.",
            key="ref",
        ),
        Finding(
            "error-value",
            Severity.HIGH,
            "The formula shows #DIV/0! because its divisor is empty.",
            "old calc",
            ("C4", "C5", "C9"),
            {"found": "=B4/E4", "shows": "#DIV/0!"},
        ),
        Finding(
            "inconsistent-formula",
            Severity.HIGH,
            "A number stands where the cells to the left and right hold the same formula.",
            "P&L",
            ("E12",),
            {"expected": "=E8*Inputs!$B$14", "found": "118,400", "neighbours": "D12, F12"},
            "=E8*Inputs!$B$14",
            confidence=0.94,
        ),
        Finding(
            "omitted-cells",
            Severity.MEDIUM,
            "The sum leaves out the last month next to its range.",
            "P&L",
            ("N41",),
            {"expected": "=SUM(B41:M41)", "found": "=SUM(B41:L41)"},
            "=SUM(B41:M41)",
            confidence=0.88,
        ),
        Finding(
            "external-link",
            Severity.MEDIUM,
            "Formulas read another workbook that is not at hand.",
            "",
            (),
            {"target": r"\\fileserver\finance\2024\rates old.xlsx"},
            "Copy the values in, or keep both files together.",
        ),
        Finding(
            "hidden-content",
            Severity.LOW,
            "Eight rows with values are hidden.",
            "Inputs",
            ("A53:D60",),
        ),
        Finding(
            "unused-input",
            Severity.LOW,
            "No formula reads these inputs.",
            "Inputs",
            ("B7", "B9", "B12", "B15", "B18", "B21", "B33", "B40"),
        ),
        Finding(
            "volatile-function",
            Severity.INFO,
            "OFFSET is recalculated with every change of the workbook.",
            "Cash flow",
            ("C5:N5",),
            {"found": "=OFFSET(Inputs!$A$1,ROW(),2)"},
        ),
        Finding(
            "number-stored-as-text",
            Severity.LOW,
            "A number is stored as text.",
            "Inputs",
            ("C9",),
            tier=Tier.MORE,
        ),
    )
    return Analysis(
        path="group/models/Three statement model FY26 v7 (final).xlsx",
        status=Status.OK,
        sha256="5f3c9a1be77d" + "0" * 52,
        format="xlsx",
        output="group/models/Three statement model FY26 v7 (final).analysed.xlsx",
        model=MODEL,
        summary="A monthly three-statement model for one business unit. Revenue and cost drivers "
        "come from Inputs; the statements tie except in April, where a typed number in P&L!E12 "
        "breaks the unit-cost formula and moves gross margin by 4.2 points.\n\nThe very hidden "
        "sheet “old calc” still holds three errors, and nothing reads it.",
        sheets=(profit, balance, cash, inputs, archive),
        findings=findings,
        external_links=(r"\\fileserver\finance\2024\rates old.xlsx", "javascript:alert(4)"),
        notes=("Charts and pictures were not read.",),
        usage=Usage(6, 18_240, 2_310, 4_000, 1_024, 0.1173, 1),
        seconds=21.4,
    )


def clean_workbook() -> Analysis:
    """A small workbook that is complete and without findings."""
    return Analysis(
        path="group/sales/ledger.xlsx",
        status=Status.OK,
        sha256="ab12" * 16,
        format="xlsx",
        output="group/sales/ledger.analysed.xlsx",
        model=MODEL,
        summary="A sales ledger with one line an order and totals by region.",
        sheets=(
            SheetAnalysis(
                name="Orders",
                used_range="A1:H2400",
                tables=("Orders (A1:H2399)",),
                coverage=SheetCoverage(19_120, 4_800, 0, 0, 19_120),
                outline=ledger_outline(60, 8),
            ),
            SheetAnalysis(
                name="By region",
                used_range="A1:D7",
                coverage=SheetCoverage(24, 18, 0, 0, 24),
                outline=("tttt", "tfff", "tfff", "tfff", "tfff", "....", "tfff"),
            ),
        ),
        usage=Usage(0, 0, 0, 0, 0, 0.0, 3),
        seconds=1.2,
    )


def hostile_workbook() -> Analysis:
    """Every text that a stranger or a model can choose tries to break out of the page."""
    return Analysis(
        path=f"in/{HOSTILE[:29]}.xlsx",
        status=Status.OK,
        sha256="<b>x</b>",
        format="xlsx",
        output="javascript:alert(5).xlsx",
        model=f"{MODEL}<i>",
        question=f"Why? {HOSTILE}",
        summary=f"{HOSTILE} javascript:alert(6) or [here](javascript:alert(7)). {{{{ 7*7 }}}}",
        sheets=(
            SheetAnalysis(
                name=f"'{HOSTILE}'!",
                state='"><b>',
                used_range="A1:C3",
                tables=(f"{HOSTILE} (A1:B2)",),
                coverage=SheetCoverage(9, 1, 1, 0, 9, (HOSTILE,)),
                outline=("tn<", '"e&', "f'."),
                summary=HOSTILE,
                remarks=(Remark(HOSTILE, (Citation(HOSTILE, HOSTILE, NO),)),),
                notes=(HOSTILE,),
            ),
            SheetAnalysis(
                name="العربية \u202egpj.exe",
                used_range="A1:B2",
                coverage=SheetCoverage(4, 0, 0, 0, 4),
                outline=("tt", "nn"),
                summary="ورقة تجمع المبيعات حسب المنطقة، والإجمالي في B2.",
                remarks=(Remark("المجموع صحيح.", (Citation("العربية \u202egpj.exe", "B2", YES),)),),
            ),
            SheetAnalysis(
                name="売上集計",
                used_range="A1:B4",
                coverage=SheetCoverage(8, 2, 0, 0, 8),
                outline=("tt", "nn", "nn", "ff"),
                summary="地域別の売上を月ごとに集計した表です。合計はB4にあります。",
            ),
        ),
        findings=(
            Finding(
                HOSTILE,
                Severity.HIGH,
                f"{HOSTILE} \ud800 \x00 \x1b[31m",
                f"'{HOSTILE}'!",
                ("B2", HOSTILE),
                {HOSTILE: f'=HYPERLINK("javascript:alert(8)") {HOSTILE}'},
                f'=WEBSERVICE("http://evil.example/{HOSTILE}")',
            ),
            Finding("error-value", Severity.MEDIUM, "エラー値があります。", "売上集計", ("B4",)),
        ),
        external_links=("http://evil.example/pixel.png", HOSTILE, "file:///etc/passwd"),
        notes=(HOSTILE,),
        usage=Usage(4, 900, 300, 0, 0, 0.0072, 0),
        seconds=3.3,
    )


def failed_workbook() -> Analysis:
    """A workbook that nobody can read without its password."""
    return Analysis(
        path="group/board/salaries.xlsx",
        status=Status.FAILED,
        sha256="99" * 32,
        format="xlsx",
        error="group/board/salaries.xlsx is encrypted; give its password with --password.",
    )


def incomplete_workbook() -> Analysis:
    """One sheet could not be read, and the model's answer about another is missing."""
    return Analysis(
        path="group/plants/Budget 2026.xlsm",
        status=Status.INCOMPLETE,
        sha256="0c" * 32,
        format="xlsm",
        output="group/plants/Budget 2026.analysed.xlsm",
        model=MODEL,
        sheets=(
            SheetAnalysis(
                name="Budget",
                used_range="A1:P120",
                coverage=SheetCoverage(1_600, 420, 0, 0, 1_200, ("A90:P120",)),
                outline=statement_outline(60, 16),
                error="The model's answer was cut short; run again with --resume.",
            ),
            SheetAnalysis(
                name="Actuals",
                error="The sheet part is damaged at byte 20,114; open and save it in Excel.",
            ),
        ),
        findings=tuple(
            Finding(
                "hardcoded-constant",
                Severity.MEDIUM,
                f"The constant {1.02 + row / 1000:.3f} stands inside the formula.",
                "Budget",
                (f"D{row}",),
                {"found": f"=C{row}*{1.02 + row / 1000:.3f}"},
                "Put the constant into a cell of its own and name it.",
            )
            for row in range(4, 40)
        ),
        usage=Usage(2, 8_000, 900, 0, 0, 0.0375, 0),
        seconds=8.8,
    )


def large_workbook(sheets: int = 60, findings: int = 4_000) -> Analysis:
    """A workbook of many sheets, where one rule accuses thousands of cells."""
    return Analysis(
        path="group/consolidation/All plants.xlsx",
        status=Status.OK,
        sha256="7e" * 32,
        format="xlsx",
        output="group/consolidation/All plants.analysed.xlsx",
        sheets=tuple(
            SheetAnalysis(
                name=f"Plant {n:02d}",
                used_range="A1:AN400",
                coverage=SheetCoverage(9_000, 5_200, 1, 0, 0),
                outline=statement_outline(50, 40),
            )
            for n in range(1, sheets + 1)
        ),
        findings=(
            Finding("error-value", Severity.HIGH, "Shows #N/A.", "Plant 07", ("H31",)),
            *(
                Finding(
                    "inconsistent-formula",
                    Severity.MEDIUM,
                    "The formula differs from all others of its row.",
                    f"Plant {1 + n % sheets:02d}",
                    (f"{'CDEFGHIJ'[n % 8]}{5 + n // 12}",),
                    {"expected": "=RC[-1]*R4C2", "found": f"=RC[-1]*R{n}C2"},
                )
                for n in range(findings - 3)
            ),
            Finding("circular-reference", Severity.LOW, "Reads itself.", "Plant 09", ("C7:C9",)),
            Finding("volatile-function", Severity.INFO, "Uses NOW.", "Plant 11", ("B2",)),
        ),
        seconds=44,
    )


def quiet_workbook(number: int) -> Analysis:
    """One of many workbooks with nothing to say about."""
    return Analysis(
        path=f"many/{number:04d}.xlsx",
        status=Status.OK,
        sha256="11" * 32,
        format="xlsx",
        sheets=(SheetAnalysis("Sheet1", used_range="A1", coverage=SheetCoverage(1)),),
    )


def all_kinds() -> tuple[Analysis, ...]:
    """One of each, in the order of their paths in a run."""
    return (
        model_workbook(),
        clean_workbook(),
        failed_workbook(),
        incomplete_workbook(),
        large_workbook(),
        hostile_workbook(),
    )


def run_of(analyses: tuple[Analysis, ...], *, model: str = MODEL, stopped: str = "") -> Run:
    """The run that these analyses would be the outcome of."""
    failed = sum(one.status is Status.FAILED for one in analyses)
    incomplete = sum(one.status is Status.INCOMPLETE for one in analyses)
    return Run(
        id="20261120-140312-7f3a",
        version="0.1.0",
        started="2026-11-20T14:03:12+01:00",
        finished="2026-11-20T14:04:40+01:00",
        paths=("group", "in"),
        model=model,
        max_cost=1.0,
        workbooks=len(analyses),
        failed=failed,
        incomplete=incomplete,
        skipped=("group/~$ledger.xlsx",),
        complete=not (failed or incomplete or stopped),
        stopped=stopped,
        exit_code=3 if failed or incomplete else 0,
        usage=sum((one.usage for one in analyses), Usage()),
        seconds=88.2,
    )

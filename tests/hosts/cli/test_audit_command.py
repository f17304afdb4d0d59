"""`tickmark audit`, end to end on real files."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.books import save
from tickmark.hosts import audit_file
from tickmark.hosts.cli.app import run
from tickmark.model.finding import Finding, Severity

ROOT = Path(__file__).parents[3]
HOSTILE = "S,|`%~<b>"


def model(path: Path, *, broken: tuple[int, ...] = (2,), above: int = 0, below: int = 0) -> Path:
    """A price list of six lines; `broken` ones refer to a deleted cell.

    `above` and `below` rows are inserted before the table and behind its second line.
    """
    cells: dict[str, Any] = {}
    header = 1 + above
    for column, text in zip("ABCD", ("Item", "Units", "Price", "Revenue"), strict=True):
        cells[f"{column}{header}"] = text
    for line in range(1, 7):
        row = header + line + (below if line > 2 else 0)
        price = "#REF!" if line in broken else f"C{row}"
        cells |= {f"A{row}": f"Item {line}", f"B{row}": 10 * line, f"C{row}": 1.5}
        cells[f"D{row}"] = f"=B{row}*{price}"
    for row in range(1, header):
        cells[f"A{row}"] = f"Remark {row}"
    return save(path, {"Prices": cells})


def clean(path: Path) -> Path:
    return save(path, {"Names": {"A1": "Name", "A2": "x", "A3": "y"}})


def dismissed(path: Path) -> Path:
    """An error value whose warning is switched off in Excel."""
    save(path, {"S": {"A1": "Name", "B1": "Share", "A2": "x", "B2": "#DIV/0!"}})
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    name = "xl/worksheets/sheet1.xml"
    mark = b'<ignoredErrors><ignoredError sqref="B2" evalError="1"/></ignoredErrors></worksheet>'
    parts[name] = parts[name].replace(b"</worksheet>", mark)
    with zipfile.ZipFile(path, "w") as target:
        for part, content in parts.items():
            target.writestr(part, content)
    return path


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def audited(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    """Exit code and JSON of an audit."""
    capsys.readouterr()
    code = run(["audit", *arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def found(record: dict[str, Any]) -> list[tuple[str, str, list[str]]]:
    return [
        (book["path"], one["rule"], one["ranges"])
        for book in record["workbooks"]
        for one in book["findings"]
        if one["severity"] == "high"
    ]


def test_a_high_finding_exits_with_1_and_nothing_with_0(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model(here / "a.xlsx")
    clean(here / "b.xlsx")

    assert run(["audit", "a.xlsx"]) == 1
    assert "high    D3          broken-reference  " in capsys.readouterr().out
    assert run(["audit", "b.xlsx"]) == 0
    assert capsys.readouterr() == ("1 workbook, 1 sheet and 0 formulas: no findings.\n", "")
    assert run(["audit", "a.xlsx", "--fail-on", "never"]) == 0


@pytest.mark.parametrize(
    ("severity", "level", "code"),
    [
        (Severity.HIGH, "high", 1),
        (Severity.MEDIUM, "high", 0),
        (Severity.MEDIUM, "medium", 1),
        (Severity.LOW, "medium", 0),
        (Severity.LOW, "low", 1),
        (Severity.INFO, "low", 0),
        (Severity.HIGH, "never", 0),
    ],
)
def test_only_findings_at_or_above_the_level_fail(
    here: Path, monkeypatch: pytest.MonkeyPatch, severity: Severity, level: str, code: int
) -> None:
    finding = Finding("broken-reference", severity, "It is broken.", "Names", ("A1",))
    monkeypatch.setattr(audit_file, "findings_of", lambda _facts: (finding,))
    clean(here / "a.xlsx")

    assert run(["audit", "a.xlsx", "--fail-on", level]) == code


def test_a_fault_of_a_rule_fails_its_workbook_with_a_sentence(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_facts: object) -> tuple[Finding, ...]:
        raise ZeroDivisionError

    monkeypatch.setattr(audit_file, "findings_of", broken)
    clean(here / "a.xlsx")

    code, record = audited(capsys, "a.xlsx")

    assert (code, record["complete"]) == (3, False)
    assert "could not be analysed (ZeroDivisionError)" in record["workbooks"][0]["error"]


def test_one_bad_workbook_stops_no_other_and_is_never_clean(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "deep").mkdir()
    before = {
        path: path.read_bytes()
        for path in (
            clean(here / "a.xlsx"),
            model(here / "deep" / "m.xlsx"),
            model(here / "z.xlsx"),
        )
    }
    (here / "b.xlsx").write_bytes(b"PK\x03\x04 not a zip")

    code, record = audited(capsys, "z.xlsx", ".", "--workers", "2")

    assert code == 3
    assert record["complete"] is False
    told = [(book["path"], book["status"]) for book in record["workbooks"]]
    assert told == [
        ("z.xlsx", "ok"),
        ("a.xlsx", "ok"),
        ("b.xlsx", "failed"),
        ("deep/m.xlsx", "ok"),
    ]
    assert found(record) == [
        ("z.xlsx", "broken-reference", ["D3"]),
        ("deep/m.xlsx", "broken-reference", ["D3"]),
    ]
    assert {path: path.read_bytes() for path in before} == before
    assert sorted(path.name for path in here.iterdir()) == ["a.xlsx", "b.xlsx", "deep", "z.xlsx"]


def test_one_process_finds_what_several_find(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in "abc":
        model(here / f"{name}.xlsx")

    assert audited(capsys, ".", "--workers", "1") == audited(capsys, ".", "--workers", "2")


def test_paths_come_from_stdin_too(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    model(here / "a.xlsx")
    monkeypatch.setattr("sys.stdin", io.StringIO("a.xlsx\n"))

    assert found(audited(capsys, "-")[1]) == [("a.xlsx", "broken-reference", ["D3"])]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["a.xlsx", "--rules", "broken-referense"], "did you mean broken-reference"),
        (["a.xlsx", "--exclude-rules", "qqqq"], "see `tickmark rules list`."),
        (["a.xlsx", "--json", "--format", "csv"], "cannot be given together; choose one."),
        (["a.xlsx", "--tier", "all"], "audit.tier is 'all'; it is one of default, more"),
        (["a.xlsx", "--fail-on", "all"], "fail_on is 'all'; it is one of high, medium, low"),
        (["a.xlsx", "--baseline", "none.json"], "none.json cannot be read"),
        (["a.xlsx", "--baseline", "notes.json"], "notes.json is no baseline of Tickmark"),
        (["a.xlsx", "--write-baseline", "notes.json"], "notes.json holds something else"),
        (["a.xlsx", "--write-baseline", "a.xlsx"], "a.xlsx is a workbook, which is never written"),
        (["a.xlsx", "--write-baseline", "-"], "--write-baseline needs a file, not -."),
        (["a.xlsx", "-o", "b.json", "--write-baseline", "b.json"], "need a file each."),
        (["a.xlsx", "-o", "a.xlsx"], "a.xlsx is a workbook, which is never written over"),
        (["none.xlsx"], "none.xlsx does not exist"),
    ],
)
def test_wrong_use_exits_with_2_and_one_sentence(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    before = model(here / "a.xlsx").read_bytes()
    (here / "notes.json").write_text("{}")

    assert run(["audit", *arguments]) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert sentence in err
    assert err.count("\n") == 1
    assert (here / "a.xlsx").read_bytes() == before
    assert (here / "notes.json").read_text() == "{}"


def test_every_format_tells_of_the_same_finding(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model(here / f"{HOSTILE}.xlsx")
    outputs = {}
    for form in ("json", "jsonl", "sarif", "csv", "md", "github", "table"):
        assert run(["audit", ".", "--format", form, "--rules", "broken-reference"]) == 1
        outputs[form] = capsys.readouterr().out

    fingerprint = json.loads(outputs["json"])["workbooks"][0]["findings"][0]["fingerprint"]
    assert json.loads(outputs["jsonl"])["findings"][0]["fingerprint"] == fingerprint
    (result,) = json.loads(outputs["sarif"])["runs"][0]["results"]
    assert result["partialFingerprints"]["tickmark/v1"] == fingerprint
    (row,) = csv.DictReader(io.StringIO(outputs["csv"]))
    assert row["fingerprint"] == fingerprint
    name = fingerprint[:8]
    assert f"broken-reference {name} |\n" in outputs["md"]
    assert outputs["github"].startswith("::error file=S%2C|`%25~<b>.xlsx,line=1,title=broken-ref")
    assert f"broken-reference  {name}\n" in outputs["table"]


def test_talk_goes_to_stderr_unless_it_is_the_data(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clean(here / "a.xlsx")

    run(["audit", "a.xlsx", "--format", "csv"])
    assert capsys.readouterr().err == "1 workbook, 1 sheet and 0 formulas: no findings.\n"
    run(["audit", "a.xlsx", "--format", "csv", "--quiet"])
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "sarif", "csv", "md", "github"])
def test_an_output_file_holds_what_stdout_would(
    here: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    model(here / "a.xlsx")
    run(["audit", "a.xlsx", "--format", form])
    out = capsys.readouterr().out

    assert run(["audit", "a.xlsx", "--format", form, "-o", "out.txt"]) == 1

    assert capsys.readouterr().out == ""
    assert (here / "out.txt").read_text(encoding="utf-8") == out


def test_a_baseline_lets_only_new_findings_count(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = model(here / "a.xlsx")

    assert run(["audit", ".", "--write-baseline", "known.json"]) == 0
    assert "Wrote the baseline known.json." in capsys.readouterr().err
    code, record = audited(capsys, ".", "--baseline", "known.json")
    assert (code, found(record), record["hidden"]["baseline"]["high"]) == (0, [], 1)

    model(path, broken=(2, 5))
    code, record = audited(capsys, ".", "--baseline", "known.json")
    assert (code, found(record)) == (1, [("a.xlsx", "broken-reference", ["D3", "D6"])])

    model(path, broken=())
    code, record = audited(capsys, ".", "--baseline", "known.json")
    assert (code, found(record)) == (0, [])
    assert record["fixed"] >= 1


@pytest.mark.parametrize(("above", "below"), [(1, 0), (0, 1), (3, 2)])
def test_inserted_rows_reopen_nothing(
    here: Path, capsys: pytest.CaptureFixture[str], above: int, below: int
) -> None:
    path = model(here / "a.xlsx", broken=(2, 5))
    run(["audit", ".", "--write-baseline", "known.json"])

    model(path, broken=(2, 5), above=above, below=below)
    code, record = audited(capsys, ".", "--baseline", "known.json")

    assert (code, found(record), record["fixed"]) == (0, [], 0)


def test_a_baseline_holds_from_any_folder(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "deep").mkdir()
    model(here / "deep" / "a.xlsx")
    run(["audit", ".", "--write-baseline", "known.json"])
    monkeypatch.chdir(here / "deep")

    assert audited(capsys, "a.xlsx", "--baseline", "../known.json")[0] == 0
    entry = json.loads((here / "known.json").read_text())["findings"][0]
    assert entry["path"] == "deep/a.xlsx"


def test_writing_a_baseline_again_keeps_it_the_same(here: Path) -> None:
    model(here / "a.xlsx", broken=(2, 5))
    run(["audit", ".", "--write-baseline", "known.json"])
    first = (here / "known.json").read_bytes()

    run(["audit", ".", "--baseline", "known.json", "--write-baseline", "known.json"])

    assert (here / "known.json").read_bytes() == first


def test_a_damaged_workbook_keeps_what_is_known_of_it(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = model(here / "a.xlsx")
    run(["audit", ".", "--write-baseline", "known.json"])
    first = (here / "known.json").read_bytes()
    path.write_bytes(b"PK\x03\x04 not a zip")

    known = ["--baseline", "known.json"]
    assert run(["audit", ".", *known, "--write-baseline", "known.json"]) == 3

    assert (here / "known.json").read_bytes() == first
    assert audited(capsys, ".", *known)[1]["fixed"] == 0


def suppress(folder: Path, entry: str, name: str = "tickmark.toml") -> None:
    table = "[[tool.tickmark.audit.suppress]]" if name == "pyproject.toml" else "[[audit.suppress]]"
    head = "[tool.tickmark]\n" if name == "pyproject.toml" else ""
    (folder / name).write_text(f"{head}{table}\n{entry}\n", encoding="utf-8")


@pytest.mark.parametrize("name", ["tickmark.toml", "pyproject.toml"])
def test_a_suppressed_finding_does_not_count_and_is_counted(
    here: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    model(here / "a.xlsx")
    suppress(here, 'rule = "broken-reference"\npath = "a.xlsx"\nreason = "agreed"', name)

    code, record = audited(capsys, ".")

    assert (code, found(record)) == (0, [])
    (one,) = record["workbooks"][0]["suppressed"]
    assert (one["rule"], one["reason"]) == ("broken-reference", "agreed")
    assert one["origin"] == str(here / name)
    for form in ("table", "md", "github"):
        run(["audit", ".", "--format", form, "--quiet"])
        told = " ".join(capsys.readouterr().out.replace("\\", "").split())
        assert f"1 suppressed by {name} (1 high)" in told
    run(["audit", ".", "--format", "sarif"])
    results = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert [one["suppressions"][0]["kind"] for one in results if one["suppressions"]] == [
        "external"
    ]
    run(["audit", ".", "--format", "csv"])
    out, err = capsys.readouterr()
    assert ",suppressed,agreed,,,,,\n" in out
    assert f"1 suppressed by {name} (1 high)" in err


def test_a_suppression_of_a_fingerprint_survives_inserted_rows(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = model(here / "a.xlsx")
    (one,) = audited(capsys, ".", "--rules", "broken-reference")[1]["workbooks"][0]["findings"]
    suppress(here, f'fingerprint = "{one["id"]}"\nreason = "agreed"')
    model(path, above=2)

    assert found(audited(capsys, ".")[1]) == []


def test_expired_and_unused_suppressions_are_told(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model(here / "a.xlsx")
    (here / "tickmark.toml").write_text(
        '[[audit.suppress]]\nrule = "broken-reference"\nreason = "agreed"\nexpires = 2020-01-31\n'
        '[[audit.suppress]]\nsheet = "Elsewhere"\nreason = "agreed"\n',
        encoding="utf-8",
    )

    assert run(["audit", "."]) == 1

    err = capsys.readouterr().err
    assert "entry 1 (rule broken-reference) expired on 2020-01-31; it does not hold" in err
    assert "entry 2 (sheet Elsewhere) suppressed nothing; take it out" in err


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[[audit.suppress]]\nrule = "x"\n', "audit.suppress entry 1: it has no reason"),
        (
            '[[audit.suppress]]\nrule = "dead-ends"\nreason = "y"\n',
            "audit.suppress entry 1 (rule dead-ends): There is no rule 'dead-ends'",
        ),
        ('[audit]\nrules = "broken-referense"\n', "did you mean broken-reference"),
        ("[audit]\nrules = 3\n", "audit.rules is 3; a list of texts is needed"),
        ('[audit]\ntier = "all"\n', "audit.tier is 'all'; it is one of default, more"),
        ("[audit]\nlevel = 1\n", "'audit.level' is no setting; known are fail_on, tier"),
        ("audit = 1\n", "audit has to be a table; write [audit] above its lines"),
    ],
)
def test_a_wrong_settings_file_is_named_with_its_entry(
    here: Path, capsys: pytest.CaptureFixture[str], text: str, sentence: str
) -> None:
    clean(here / "a.xlsx")
    (here / "tickmark.toml").write_text(text, encoding="utf-8")

    assert run(["audit", "."]) == 2

    err = capsys.readouterr().err
    assert str(here / "tickmark.toml") in err
    assert sentence in err


def test_rules_that_a_project_leaves_out_are_counted(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model(here / "a.xlsx")
    (here / "tickmark.toml").write_text('[audit]\nexclude_rules = ["broken-reference"]\n')

    code, record = audited(capsys, ".")
    assert (code, found(record), record["hidden"]["left-out"]["high"]) == (0, [], 1)
    run(["audit", "."])
    told = " ".join(capsys.readouterr().out.split())
    assert "1 of rules that are left out (1 high)" in told

    assert audited(capsys, ".", "--rules", "broken-reference")[0] == 1


def test_settings_of_the_audit_hold_and_flags_beat_them(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    model(here / "a.xlsx")
    model(here / "b.xlsx")
    (here / "tickmark.toml").write_text('[audit]\nfail_on = "never"\nexclude = ["b.*"]\n')

    code, record = audited(capsys, ".")
    assert (code, [book["path"] for book in record["workbooks"]]) == (0, ["a.xlsx"])
    assert record["notes"] == [f"1 workbook was left out by {here / 'tickmark.toml'}."]
    assert audited(capsys, ".", "--fail-on", "high")[0] == 1
    monkeypatch.setenv("TICKMARK_AUDIT_FAIL_ON", "high")
    assert audited(capsys, ".")[0] == 1


def test_nothing_left_to_audit_is_no_error(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model(here / "a.xlsx")

    assert run(["audit", "a.xlsx", "--exclude", "*.xlsx"]) == 0

    out, err = capsys.readouterr()
    assert out == "No workbook was audited.\n"
    assert err == "1 workbook was left out by --exclude.\n"


def test_what_was_dismissed_in_excel_is_counted_and_listed_on_request(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dismissed(here / "a.xlsx")

    code, record = audited(capsys, ".", "--rules", "error-value")
    assert (code, found(record), record["hidden"]["dismissed"]["high"]) == (0, [], 1)

    code, record = audited(capsys, ".", "--rules", "error-value", "--show-dismissed")
    assert (code, found(record)) == (0, [("a.xlsx", "error-value", ["B2"])])
    (one,) = record["workbooks"][0]["findings"]
    assert one["dismissed"].startswith("dismissed in Excel")


def test_what_tickmark_wrote_is_passed_over(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model(here / "a.xlsx")
    run(["analyze", "a.xlsx", "--no-model", "--out", "run"])
    copy = here / "b.xlsx"
    copy.write_bytes((here / "run" / "a.analysed.xlsx").read_bytes())

    code, record = audited(capsys, "b.xlsx")

    assert (code, record["workbooks"]) == (0, [])
    assert record["notes"] == ["Passed over as Tickmark's own output: b.xlsx."]


def test_the_hook_of_pre_commit_runs_as_it_is_written(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hook = dict(
        re.findall(
            r"^[- ] ([a-z_]+): (.+)$", (ROOT / ".pre-commit-hooks.yaml").read_text(), re.MULTILINE
        )
    )
    model(here / "A B.XLSX")
    clean(here / "b.xlsx")
    (here / "c.csv").write_text("a,b\n1,2\n")
    files = [
        name for name in ("A B.XLSX", "b.xlsx", "c.csv", "d.py") if re.search(hook["files"], name)
    ]
    program, *arguments = shlex.split(hook["entry"])

    assert (program, files) == ("tickmark", ["A B.XLSX", "b.xlsx", "c.csv"])
    assert run([*arguments, *files]) == 1
    out, err = capsys.readouterr()
    assert "broken-reference" in out
    assert err == ""
    assert run([*arguments, *files[1:]]) == 0


def test_a_second_sheet_with_a_hostile_name_breaks_no_format(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(here / "a.xlsx", {"x\u202e%0A,|`<b>": {"A1": "=#REF!", "A2": "##[add-mask]"}})

    for form in ("table", "md", "github", "csv"):
        run(["audit", ".", "--format", form, "--quiet"])
        out = capsys.readouterr().out
        assert "##[" not in out
        if form != "csv":
            assert out.replace("\n", "").replace("\u200b", "").isprintable()

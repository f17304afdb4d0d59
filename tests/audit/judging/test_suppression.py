"""Suppressions: what an entry speaks of, how long it holds, and what is wrong with one."""

from __future__ import annotations

import datetime as dt

import pytest

from tickmark.audit.judging.suppression import Suppression, parse_suppressions
from tickmark.model.address import RangeRef
from tickmark.model.finding import Finding, Severity

FINDING = Finding("error-value", Severity.HIGH, "It shows #REF!.", "P&L", ("C5:D6", "F9"))


def place(_file: str, path: str) -> str:
    return path


def parsed(**entry: object) -> Suppression:
    (found,) = parse_suppressions([{"reason": "agreed"} | entry], "tickmark.toml")
    return found


def test_an_entry_is_read_whole() -> None:
    entry = {
        "rule": "error-value",
        "path": "./models/*.xlsx",
        "sheet": "P&L",
        "range": "B2:D9, F:F",
        "fingerprint": "ABCDEF01",
        "reason": " agreed ",
        "expires": dt.date(2027, 3, 31),
    }

    assert parse_suppressions([{"rule": "x", "reason": "y"}, entry], "t.toml")[1] == Suppression(
        reason="agreed",
        rule="error-value",
        path="models/*.xlsx",
        sheet="P&L",
        areas=(RangeRef("", 2, 2, 9, 4), RangeRef("", 1, 6, 1_048_576, 6)),
        fingerprint="abcdef01",
        expires=dt.date(2027, 3, 31),
        origin="t.toml",
        number=2,
    )


@pytest.mark.parametrize(
    ("entry", "fits"),
    [
        ({"rule": "error-value"}, True),
        ({"rule": "error-values"}, False),
        ({"sheet": "p&l"}, True),
        ({"sheet": "P"}, False),
        ({"range": "A1:F9"}, True),
        ({"range": "C5:D6, F9"}, True),
        ({"range": "C:F"}, True),
        ({"range": "5:9"}, True),
        ({"range": "C5:D6"}, False),  # F9 would be hidden with it
        ({"range": "C5:C6, D5:D6, F9"}, False),
        ({"fingerprint": FINDING.fingerprint}, True),
        ({"fingerprint": FINDING.fingerprint[:8]}, True),
        ({"fingerprint": "0" * 16}, False),
        ({"rule": "error-value", "sheet": "Other"}, False),
    ],
)
def test_a_finding_has_to_fit_all_that_is_given(entry: dict[str, str], fits: bool) -> None:
    assert parsed(**entry).fits(FINDING) is fits


def test_a_finding_without_cells_lies_in_no_range() -> None:
    whole = Finding("external-link", Severity.LOW, "A link.")

    assert not parsed(range="A:XFD").fits(whole)
    assert parsed(rule="external-link").fits(whole)


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("models/*.xlsx", "models/a.xlsx", True),
        ("models/*.xlsx", "models/deep/a.xlsx", True),
        ("a.xlsx", "models/a.xlsx", True),
        ("*.xlsm", "models/a.xlsx", False),
        ("other/a.xlsx", "models/a.xlsx", False),
    ],
)
def test_a_pattern_is_for_the_path_or_the_bare_name(pattern: str, path: str, fits: bool) -> None:
    assert parsed(path=pattern).fits_path(path, place) is fits


def test_it_holds_to_the_end_of_its_day_and_without_one_for_ever() -> None:
    entry = parsed(rule="x", expires="2027-03-31")

    assert entry.holds(dt.date(2027, 3, 31))
    assert not entry.holds(dt.date(2027, 4, 1))
    assert parsed(rule="x").holds(dt.date(9999, 1, 1))


def test_its_name_tells_where_it_stands_and_what_it_is_about() -> None:
    entry = parsed(rule="error-value", sheet="P&L", range="B2:D9", fingerprint="abcdef01")

    assert entry.name == (
        "tickmark.toml: audit.suppress entry 1 "
        "(rule error-value, sheet P&L, range B2:D9, fingerprint abcdef01)"
    )


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"rule": "x"}, "it has no reason; tell in `reason` why this is accepted"),
        ({"rule": "x", "reason": " "}, "reason is ' '; a text is needed"),
        ({"reason": "y"}, "it says not what it is about; give one of rule, path, sheet, range"),
        ({"rule": "x", "reason": "y", "until": 1}, "'until' is not known; an entry has rule, path"),
        ({"rule": 3, "reason": "y"}, "rule is 3; a text is needed"),
        ({"range": "B2:", "reason": "y"}, "range is 'B2:'; write it like B2:D9, B:D or 2:9"),
        ({"range": "P!B2", "reason": "y"}, "give the name of the sheet apart, as `sheet`"),
        ({"range": "A:ZZZ", "reason": "y"}, "'ZZZ' is no column"),
        ({"fingerprint": "xyz", "reason": "y"}, "8 to 16 hexadecimal digits are needed"),
        ({"rule": "x", "reason": "y", "expires": "soon"}, "a day such as 2027-03-31 is needed"),
        ({"rule": "x", "reason": "y", "expires": 2027}, "a day such as 2027-03-31 is needed"),
        ("x", "it has to be a table; write [[audit.suppress]] before each"),
    ],
)
def test_a_wrong_entry_is_named_with_what_is_wrong(entry: object, sentence: str) -> None:
    with pytest.raises(ValueError, match=r"audit\.suppress entry 2: ") as raised:
        parse_suppressions([{"rule": "x", "reason": "y"}, entry], "tickmark.toml")

    assert sentence in str(raised.value)


def test_all_wrong_entries_are_named_at_once() -> None:
    with pytest.raises(ValueError, match=r"entry 1: .*; audit\.suppress entry 2: "):
        parse_suppressions([{}, {}], "tickmark.toml")


def test_a_single_table_is_told_to_be_a_list() -> None:
    with pytest.raises(ValueError, match=r"write \[\[audit\.suppress\]\] before each"):
        parse_suppressions({"rule": "x"}, "tickmark.toml")

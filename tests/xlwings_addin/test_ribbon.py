"""The text of the ribbon: its XML, its VBA, and that every button has somebody to do its work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.fake_excel import fake_excel
from tickmark.hosts.buttons import BUTTONS
from tickmark.hosts.jobs.work import BODIES
from tickmark.hosts.ribbon import AT_ONCE
from xlwings_addin.ribbon import pressed

ADDIN = Path(__file__).parents[2] / "xlwings_addin"
XML = ET.parse(ADDIN / "ribbon" / "customUI14.xml").getroot()  # noqa: S314 - our own file
VBA = (ADDIN / "vba" / "TickmarkRibbon.bas").read_bytes()
NAMESPACE = "{http://schemas.microsoft.com/office/2009/07/customui}"
PARTS = [one for one in XML.iter() if one.tag in {f"{NAMESPACE}button", f"{NAMESPACE}tab"}]


def buttons() -> Iterator[ET.Element]:
    return XML.iter(f"{NAMESPACE}button")


def test_the_tab_stands_after_formulas_with_its_groups_in_order_of_use() -> None:
    (tab,) = XML.iter(f"{NAMESPACE}tab")

    assert tab.attrib == {
        "id": "tabTickmark",
        "label": "Tickmark",
        "keytip": "YT",
        "insertAfterMso": "TabFormulas",
    }
    assert [group.get("label") for group in tab] == ["Ask", "Audit", "Run", "Cost", "More"]
    assert all(len(group) <= 6 for group in tab)


def test_every_button_has_a_body_and_every_body_a_button() -> None:
    tags = [one.get("tag", "") for one in buttons()]

    assert sorted(tags) == sorted(BUTTONS)
    assert {tag for tag, one in BUTTONS.items() if one.detached} == set(BODIES)
    assert {tag for tag, one in BUTTONS.items() if not one.detached} == set(AT_ONCE)


def test_every_button_calls_the_one_callback_and_has_an_image_of_its_own() -> None:
    assert {one.get("onAction") for one in buttons()} == {"TickmarkPressed"}
    assert [one.get("image") for one in buttons()] == [one.get("tag") for one in buttons()]


def test_labels_and_tips_keep_to_the_limits_of_the_schema() -> None:
    for one in buttons():
        label = one.get("label", "") or one.get("getLabel", "")
        assert 0 < len(label) <= 20
        assert 0 < len(one.get("screentip", "")) <= 60
        assert len(one.get("supertip", "")) <= 1024


def test_every_tip_says_what_is_sent_and_what_it_costs() -> None:
    for one in buttons():
        tip = one.get("supertip", "")
        assert re.search(r"\bsen(ds|t)\b", tip, re.IGNORECASE), one.get("tag")
        assert re.search(r"USD|costs|pa(ys|id)", tip), one.get("tag")


def test_keytips_and_ids_are_unique_and_no_keytip_begins_another() -> None:
    keytips = [one.get("keytip", "") for one in buttons()]
    ids = [one.get("id") for one in XML.iter() if one.get("id")]

    assert len(ids) == len(set(ids))
    assert all(re.fullmatch("[A-Z]{2}", keytip) for keytip in keytips)
    assert len(keytips) == len(set(keytips)) == 20


def test_the_tabs_keytip_is_none_of_those_of_excel() -> None:
    """Built-in tabs use one letter, contextual ones J and a letter, other add-ins Y and a digit."""
    (tab,) = XML.iter(f"{NAMESPACE}tab")

    assert re.fullmatch("Y[A-Z]", tab.get("keytip", ""))


def test_tags_are_constants_that_need_no_escape_anywhere() -> None:
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", one.get("tag", "")) for one in buttons())


def test_the_vba_is_ascii_with_crlf_and_without_what_libreoffice_cannot_read() -> None:
    text = VBA.decode("ascii")

    assert text.startswith('Attribute VB_Name = "TickmarkRibbon"\r\nOption Explicit\r\n')
    assert "\n" not in text.replace("\r\n", "")
    assert not re.search(r"^\s*#|\bDeclare\b|\bPtrSafe\b", text, re.MULTILINE)


def test_all_that_is_public_in_the_vba_is_a_sub_so_that_no_cell_can_call_it() -> None:
    text = VBA.decode("ascii")

    public = re.findall(r"^Public (\w+) (\w+)", text, re.MULTILINE)
    assert public == [
        ("Sub", "TickmarkRibbonLoaded"),
        ("Sub", "TickmarkPressed"),
        ("Sub", "TickmarkCostLabel"),
        ("Sub", "TickmarkCostChanged"),
        ("Sub", "TickmarkSaveCopy"),
    ]
    assert not re.search(r"^(Function|Sub)", text, re.MULTILINE)


def test_every_callback_of_the_xml_is_there() -> None:
    names = {
        value
        for one in XML.iter()
        for key, value in one.attrib.items()
        if key in {"onAction", "onLoad"} or key.startswith("get")
    }

    assert names == {"TickmarkPressed", "TickmarkRibbonLoaded", "TickmarkCostLabel"}
    assert all(f"Public Sub {name}(" in VBA.decode("ascii") for name in names)


def test_only_the_tag_goes_into_the_python_command() -> None:
    (line,) = (line for line in VBA.decode("ascii").splitlines() if "RunPython" in line)

    assert line == (
        '    RunPython "import xlwings_addin.ribbon; '
        'xlwings_addin.ribbon.pressed(\'" & pressedTag & "\')"'
    )


@pytest.mark.parametrize("tag", ["", "analyse", "help'); import os; ('", "HELP"])
def test_a_tag_of_no_button_is_refused(tag: str) -> None:
    with fake_excel() as app, pytest.raises(ValueError, match="is no button"):
        pressed(tag)

    assert app.alerts == []

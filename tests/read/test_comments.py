"""Notes and comment threads of a sheet."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.read.parts import (
    MAIN,
    STRICT,
    STRICT_OFFICE,
    Content,
    parts,
    read,
    relationships,
)
from tickmark.model.address import CellRef
from tickmark.model.annotation import Comment, Reply
from tickmark.model.workbook import Sheet
from tickmark.read import Limits

THREADS = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
SHEET_RELATIONSHIPS = "xl/worksheets/_rels/sheet1.xml.rels"
ANN = "{AAAAAAAA-0000-0000-0000-000000000001}"
BOB = "{BBBBBBBB-0000-0000-0000-000000000002}"
FIRST = "{11111111-0000-0000-0000-000000000001}"
COPY = "[Threaded comment]\n\nYour version of Excel allows you to read this.\n\nComment:\n    Why?"


def notes(*comments: str, authors: tuple[str, ...] = ("Ann", "Bob")) -> str:
    """A comments part."""
    listed = "".join(f"<author>{author}</author>" for author in authors)
    return (
        f'<comments xmlns="{MAIN}"><authors>{listed}</authors>'
        f"<commentList>{''.join(comments)}</commentList></comments>"
    )


def note(ref: str, text: str, author: int = 0) -> str:
    return f'<comment ref="{ref}" authorId="{author}"><text><t>{text}</t></text></comment>'


def message(key: str, text: str, attributes: str = "", *, ref: str = "B2", by: str = ANN) -> str:
    return (
        f'<threadedComment ref="{ref}" dT="2026-03-01T09:30:00.12" personId="{by}" id="{key}" '
        f"{attributes}><text>{text}</text></threadedComment>"
    )


def threads(*messages: str) -> str:
    """A threaded comment part."""
    return f'<ThreadedComments xmlns="{THREADS}">{"".join(messages)}</ThreadedComments>'


def book(comments: Content | None = None, threaded: Content | None = None) -> dict[str, Content]:
    """A workbook whose sheet has a comments part, a threaded comment part, and whose persons
    are Ann and Bob."""
    file = parts('<c r="A1"><v>1</v></c>')
    named: list[tuple[str, str, str]] = []
    if comments is not None:
        named.append(("n", "comments", "../odd/Notes of Data.xml"))
        file["xl/odd/Notes of Data.xml"] = comments
    if threaded is not None:
        named.append(("t", "threadedComment", "/xl/odd/talk.xml"))
        file["xl/odd/talk.xml"] = threaded
    file[SHEET_RELATIONSHIPS] = relationships(*named)
    file["xl/_rels/workbook.xml.rels"] = relationships(
        ("rId1", "worksheet", "worksheets/sheet1.xml"), ("p", "person", "who/people.xml")
    )
    file["xl/who/people.xml"] = (
        f'<personList xmlns="{THREADS}"><person displayName="Ann Lee" id="{ANN}" userId="x"/>'
        f'<person displayName="Bob" id="{BOB.lower()}"/></personList>'
    )
    return file


def sheet_of(tmp_path: Path, file: dict[str, Content], limits: Limits | None = None) -> Sheet:
    return read(tmp_path, file, limits=limits)["Data"]


def at(row: int, column: int) -> CellRef:
    return CellRef("Data", row, column)


def test_notes_come_by_address_with_their_authors_and_runs_joined(tmp_path: Path) -> None:
    runs = (
        '<comment ref="B1" authorId="1"><text><r><rPr><b/></rPr><t>Bob:</t></r>'
        '<r><t xml:space="preserve">\nsee _x0041_ &amp; _x005F_x0042_</t></r>'
        "<rPh><t>no</t></rPh></text></comment>"
    )
    sheet = sheet_of(tmp_path, book(notes(note("C2", "last"), runs, note("A1", "none", 9))))
    assert sheet.details.comments == (
        Comment(at(1, 1), "", "none"),
        Comment(at(1, 2), "Bob", "Bob:\nsee A & _x0042_"),
        Comment(at(2, 3), "Ann", "last"),
    )
    assert sheet.problems == ()


def test_a_thread_has_its_replies_and_the_note_that_repeats_it_is_left_out(
    tmp_path: Path,
) -> None:
    talk = threads(
        message("{R2}", "Because.", f'parentId="{FIRST}"', by=BOB),
        message(FIRST.lower(), "Why, @Bob_x000D_?", 'done="1"'),
        message("{R3}", "I see.", f'parentId="{FIRST}"', by="{unknown}"),
    )
    copies = notes(note("B2", COPY), note("A1", "a note", 1), authors=(f"tc={FIRST}", "Bob"))
    sheet = sheet_of(tmp_path, book(copies, talk))
    time = "2026-03-01T09:30:00.12"
    assert sheet.details.comments == (
        Comment(at(1, 1), "Bob", "a note"),
        Comment(
            at(2, 2),
            "Ann Lee",
            "Why, @Bob\r?",
            threaded=True,
            time=time,
            resolved=True,
            replies=(Reply("Bob", "Because.", time), Reply("", "I see.", time)),
        ),
    )
    assert sheet.problems == ()


def test_a_copy_in_any_language_is_known_by_the_cell_of_its_thread(tmp_path: Path) -> None:
    copies = notes(note("B2", "[Kommentarthread] …"), authors=("tc={OTHER}",))
    sheet = sheet_of(tmp_path, book(copies, threads(message(FIRST, "Warum?"))))
    assert [comment.text for comment in sheet.details.comments] == ["Warum?"]


def test_the_copy_stands_in_for_a_thread_that_cannot_be_read(tmp_path: Path) -> None:
    copies = notes(note("B2", COPY), authors=(f"tc={FIRST}",))
    file = book(copies, threads(message(FIRST, "Why?")))
    del file["xl/odd/talk.xml"]
    sheet = sheet_of(tmp_path, file)
    assert sheet.details.comments == (Comment(at(2, 2), f"tc={FIRST}", COPY),)
    assert sheet.problems == (
        "Comment threads are missing from the sheet: its part xl/odd/talk.xml is missing.",
    )


def test_answers_to_nothing_and_circles_are_threads_of_their_own(tmp_path: Path) -> None:
    talk = threads(
        message("{A}", "a", 'parentId="{B}"', ref="A1"),
        message("{B}", "b", 'parentId="{A}"', ref="A2"),
        message("{C}", "c", 'parentId="{gone}"', ref="A3"),
        message("{D}", "d", 'parentId="{D}"', ref="A4"),
        message("{E}", "e", 'parentId="{F}"', ref="A5"),
        message("{F}", "f", 'parentId="{C}"', ref="A6"),
    )
    sheet = sheet_of(tmp_path, book(threaded=talk))
    told = [
        (comment.cell.a1, comment.text, [reply.text for reply in comment.replies])
        for comment in sheet.details.comments
    ]
    assert told == [("A2", "b", ["a"]), ("A3", "c", ["e", "f"]), ("A4", "d", [])]


def test_a_chain_of_answers_takes_no_longer_than_a_list(tmp_path: Path) -> None:
    chain = [
        message(f"{{{number}}}", str(number), f'parentId="{{{number + 1}}}"')
        for number in range(20_000)
    ]
    sheet = sheet_of(tmp_path, book(threaded=threads(*chain)))
    assert len(sheet.details.comments[0].replies) == 19_999
    assert sheet.details.comments[0].text == "19999"


@pytest.mark.parametrize(
    ("people", "sentence"),
    [
        (
            None,
            "Authors of comment threads are missing: its part xl/who/people.xml is missing.",
        ),
        (
            f'<personList xmlns="{THREADS}"><person displayName="Ann Lee" id="{ANN}"/>',
            (
                "Authors of comment threads are missing: its part xl/who/people.xml is no "
                "well-formed XML (line 1: no element found)."
            ),
        ),
    ],
)
def test_lost_persons_cost_the_names_only(
    tmp_path: Path, people: str | None, sentence: str
) -> None:
    file = book(threaded=threads(message(FIRST, "Why?")))
    del file["xl/who/people.xml"]
    if people is not None:
        file["xl/who/people.xml"] = people
    sheet = sheet_of(tmp_path, file)
    author = "Ann Lee" if people else ""
    assert [(one.author, one.text) for one in sheet.details.comments] == [(author, "Why?")]
    assert sheet.problems == (sentence,)


def test_comments_in_front_of_a_damaged_place_are_kept(tmp_path: Path) -> None:
    whole = notes(note("A1", "kept"), note("A2", "lost"))
    talk = threads(message(FIRST, "kept too"), message("{X}", "lost"))
    file = book(whole[: whole.index("lost")], talk[: talk.index("lost")])
    sheet = sheet_of(tmp_path, file)
    assert [comment.text for comment in sheet.details.comments] == ["kept", "kept too"]
    assert sheet.problems == (
        (
            "Comment threads are missing from the sheet: its part xl/odd/talk.xml is no "
            "well-formed XML (line 1: no element found)."
        ),
        (
            "Comments are missing from the sheet: its part xl/odd/Notes of Data.xml is no "
            "well-formed XML (line 1: no element found)."
        ),
    )


def test_parts_of_something_else_are_refused_by_name(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, book(f'<sst xmlns="{MAIN}"/>', f'<x xmlns="{THREADS}"/>'))
    assert sheet.details.comments == ()
    assert sheet.problems == (
        (
            "Comment threads are missing from the sheet: its part xl/odd/talk.xml is not that "
            "of comment threads."
        ),
        (
            "Comments are missing from the sheet: its part xl/odd/Notes of Data.xml is not that "
            "of comments."
        ),
    )


def test_strict_utf_16_parts_with_prefixes_are_read(tmp_path: Path) -> None:
    declared = '<?xml version="1.0" encoding="UTF-16"?>'
    strict = (
        f'{declared}<s:comments xmlns:s="{STRICT}"><s:authors><s:author>Ö</s:author></s:authors>'
        '<s:commentList><s:comment ref="$A$1" authorId="0"><s:text><s:t>größer</s:t></s:text>'
        "</s:comment></s:commentList></s:comments>"
    )
    talk = (
        f'{declared}<t:ThreadedComments xmlns:t="{THREADS}"><t:threadedComment ref="B2" '
        f'personId="{BOB}" id="1"><t:text>ok</t:text><t:extLst><t:text>no</t:text></t:extLst>'
        "</t:threadedComment></t:ThreadedComments>"
    )
    file = book(strict.encode("utf-16"), talk.encode("utf-16"))
    file[SHEET_RELATIONSHIPS] = str(file[SHEET_RELATIONSHIPS]).replace(
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships", STRICT_OFFICE
    )
    assert sheet_of(tmp_path, file).details.comments == (
        Comment(at(1, 1), "Ö", "größer"),
        Comment(at(2, 2), "Bob", "ok", threaded=True),
    )


def test_comments_over_the_limits_are_counted(tmp_path: Path) -> None:
    written = notes(note("A1", "x" * 50), note("A2", "two"), note("?", "bad"), note("A4", "four"))
    talk = threads(
        message(FIRST, "Why?"),
        message("{2}", "y", 'parentId="gone"', ref="?"),
        message("{3}", "left out"),
    )
    limits = Limits(ranges=2, string_length=30)
    sheet = sheet_of(tmp_path, book(written, talk), limits)
    assert [(one.cell.a1, one.text) for one in sheet.details.comments] == [
        ("A1", "x" * 30),
        ("A2", "two"),
        ("B2", "Why?"),
    ]
    assert sheet.problems == (
        "Texts of comments that were too long and were cut: 1.",
        "2 comments left out; --limit ranges=N allows more.",
        "Comments skipped because they name no cell: 2.",
    )


def test_a_part_that_is_named_a_thousand_times_is_read_once(tmp_path: Path) -> None:
    file = book(notes(note("A1", "once")))
    file[SHEET_RELATIONSHIPS] = relationships(
        *((f"n{number}", "comments", "../odd/Notes of Data.xml") for number in range(1_000)),
        *((f"g{number}", "comments", f"gone{number}.xml") for number in range(1_000)),
    )
    sheet = sheet_of(tmp_path, file)
    assert [comment.text for comment in sheet.details.comments] == ["once"]
    assert len(sheet.problems) == 21
    assert sheet.problems[-1] == "Comments are missing from the sheet: 980 more."


def test_a_comments_part_outside_the_file_is_never_opened(tmp_path: Path) -> None:
    file = book()
    file[SHEET_RELATIONSHIPS] = relationships(("n", "comments", "!http://127.0.0.1:9/notes.xml"))
    assert sheet_of(tmp_path, file).details.comments == ()

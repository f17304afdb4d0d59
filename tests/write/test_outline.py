"""Where elements stand in the bytes of a part."""

from __future__ import annotations

import pytest

from tickmark.errors import WriteRefused
from tickmark.write.outline import Element, outline
from tickmark.write.splice import Splice, appended, spliced

XML = (
    b"\xef\xbb\xbf<?xml version='1.0' encoding=\"UTF-8\"?>\r\n<!-- <list/> --><x:root xmlns:x='u'>"
    b"<x:list count = '2' note=\"a > b count='9'\"><x:i/><y xmlns='v'/>"
    b'<x:i a="\xc3\xa9"/></x:list >'
    b"<x:none  count='0' /><list xmlns='w'/><![CDATA[<x:list>]]></x:root>"
)


def root_of(data: bytes = XML) -> Element:
    return outline(data, {"root", "list"}, label="part of book")


def text_of(element: Element) -> bytes:
    return XML[element.start : element.end]


def test_elements_are_found_byte_by_byte() -> None:
    root = root_of()
    items = root.named("list")
    assert [text_of(one)[:8] for one in items] == [b"<x:list "]
    assert XML[items[0].inside : items[0].inside_end].endswith(b'<x:i a="\xc3\xa9"/>')
    assert [text_of(one) for one in items[0].named("i")] == [b"<x:i/>", b'<x:i a="\xc3\xa9"/>']
    assert text_of(root).endswith(b"</x:root>")


def test_only_elements_of_the_same_namespace_count() -> None:
    found = root_of().first("list")
    assert found is not None
    assert (found.count, len(found.children), found.attributes["count"]) == (2, 3, "2")
    assert [one.namespace for one in root_of().children] == ["u", "u", "w"]


def test_children_of_other_elements_are_not_recorded() -> None:
    root = outline(XML, (), label="part of book")
    assert (root.children, root.count) == ((), 2)


def test_namespaced_attributes_and_prefixes_in_scope() -> None:
    root = outline(b'<a xmlns="d" xmlns:r="n" r:id="1" id="2"/>', (), label="")
    assert dict(root.attributes) == {"{n}id": "1", "id": "2"}
    assert dict(root.prefixes) == {"": "d", "r": "n"}
    assert (root.tag(), root.tag("b"), root.is_empty_tag) == ("a", "b", True)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is damaged"),
        (b"<a>", "is damaged"),
        (b"<a></b>", "is damaged"),
        (b"<a/><a/>", "is damaged"),
        (b"<a b='&c;'/>", "is damaged"),
        (b"<p:a/>", "is damaged"),
        (b"<a>\xff</a>", "is damaged"),
        (b"<!DOCTYPE a><a/>", "declares an XML document type"),
        (b'<?xml version="1.0" encoding="windows-1252"?><a/>', "not written in UTF-8"),
        ("<a/>".encode("utf-16"), "not written in UTF-8"),
        ("<a/>".encode("utf-16-be"), "not written in UTF-8"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(data: bytes, reason: str) -> None:
    with pytest.raises(WriteRefused, match=f"^part of book .*{reason}.*\\.$"):
        root_of(data)


def test_deep_nesting_is_no_burden() -> None:
    assert outline(b"<a>" * 50_000 + b"</a>" * 50_000, (), label="").count == 1


def test_children_are_appended_and_the_count_set() -> None:
    found = root_of().first("list")
    assert found is not None
    after = spliced(XML, appended(XML, found, "<x:i b='ü'/>", total=3))
    assert after == XML.replace(b"count = '2'", b'count = "3"').replace(
        b"</x:list >", b"<x:i b='&#252;'/></x:list >"
    )


def test_an_empty_tag_is_opened() -> None:
    found = root_of().first("none")
    assert found is not None
    after = spliced(XML, appended(XML, found, "<x:i/>", total=1))
    assert after == XML.replace(b"<x:none  count='0' />", b'<x:none  count="1"><x:i/></x:none>')


def test_an_element_without_count_gets_none() -> None:
    root = outline(b"<a></a>", (), label="")
    assert spliced(b"<a></a>", appended(b"<a></a>", root, "<b/>", total=1)) == b"<a><b/></a>"


def test_splices_at_one_place_keep_their_order() -> None:
    splices = [Splice(1, 1, "b"), Splice(0, 1, "A"), Splice(1, 1, "c"), Splice(2, 3, "")]
    assert spliced(b"a-d.", splices) == b"Abc-."


def test_overlapping_splices_are_an_error() -> None:
    with pytest.raises(ValueError, match="overlap at byte 1"):
        spliced(b"abc", [Splice(0, 2, ""), Splice(1, 3, "")])

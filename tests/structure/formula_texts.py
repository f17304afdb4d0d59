"""Random formula texts: of what formulas are made of, and of anything at all."""

from __future__ import annotations

from hypothesis import strategies as st

from tickmark.model.address import column_letters

_DOLLARS = st.sampled_from(["", "$"])
_ROWS = st.integers(20, 60)
_COLUMNS = st.integers(20, 60).map(column_letters)
ADDRESSES = st.builds("{}{}{}{}".format, _DOLLARS, _COLUMNS, _DOLLARS, _ROWS)
REFERENCES = (
    ADDRESSES
    | st.builds("{}:{}".format, ADDRESSES, ADDRESSES)
    | st.builds("{}{}:{}{}".format, _DOLLARS, _COLUMNS, _DOLLARS, _COLUMNS)
    | st.builds("{}{}:{}{}".format, _DOLLARS, _ROWS, _DOLLARS, _ROWS)
)
_WORDS = st.sampled_from(
    [
        '"A1 ""x"""',
        "Rate",
        "10%",
        "1.5e-3",
        "Sales[[#This Row],[A1]]",
        "[@Price]",
        "TRUE",
        "#REF!",
        "#N/A",
        "_xlpm.x",
        "PI()",
        "{1,2;3,4}",
        "XFE1",
    ]
)
_PREFIXES = st.sampled_from(["", "Sheet2!", "'x y'!", "Jan:Mar!", "[1]S!", "'It''s'!", "-", "@"])
_OPERANDS = st.builds("{}{}".format, _PREFIXES, REFERENCES) | _WORDS
FORMULAS = st.recursive(
    _OPERANDS,
    lambda inner: (
        st.builds("{}{}{}".format, inner, st.sampled_from("+-*/^&=<>, "), inner)
        | st.builds("SUM({})".format, inner)
        | st.builds("IF({},{},{})".format, inner, inner, inner)
        | st.builds("_xlfn.LET(_xlpm.x,{},{})".format, inner, inner)
        | st.builds("({})".format, inner)
    ),
    max_leaves=8,
)
"""Formulas that could stand in a workbook, with references between row and column 20 and 60."""

_CHARACTERS = "'\"[](){}!#$:@ \n\t,;.+-*/&<>=%^~|\\?é数\x00\ud800AZazRC019"
_PIECES = st.sampled_from(
    [
        *_CHARACTERS,
        *("A1", "$B$2", "Sheet1!", "[1]", "#REF!", "SUM(", "T[", "XFD1048576", '""', "1:2", "R["),
        *("A:C", "R[-1]C", "RC", "LET(x,", "LAMBDA(", ",", ")", "A1#", "_xlfn.", "_xlpm.x", ".:."),
    ]
)
JUNK = st.lists(_PIECES, max_size=60).map("".join) | st.text(max_size=80)
"""Any text, mostly of pieces that mean something in formulas."""

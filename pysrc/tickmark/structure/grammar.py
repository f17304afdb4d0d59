"""The smallest forms of formula text, as regular expressions that other modules put together.

Every repetition is possessive or ends in a class that its neighbour cannot match, so that no text
makes the matching slower than linear. All are for patterns with DOTALL and without IGNORECASE.
"""

from __future__ import annotations

from typing import Final

NAME_START: Final = r"[A-Za-z_\\\x80-\U0010ffff]"
NAME_PART: Final = r"[A-Za-z0-9_.?\\\x80-\U0010ffff]"
NAME: Final = rf"{NAME_START}{NAME_PART}*+"
END: Final = r"(?![A-Za-z0-9_.?\\\x80-\U0010ffff(!\[$])"
"""What stands behind a reference, so that `A1.B`, `LOG10(` and `A1!` are none.

No reference may begin right behind another one, with `$` or without, so that references can be put
in place of others without a change of what stands beside them.
"""

COLUMN: Final = (
    r"\$?(?:[A-Za-z]{1,2}(?![A-Za-z])"
    r"|(?:[A-Wa-w][A-Za-z]{2}|[Xx](?:[A-Ea-e][A-Za-z]|[Ff][A-Da-d]))(?![A-Za-z]))"
)
ROW: Final = (
    r"\$?(?:[1-9][0-9]{0,5}(?![0-9])"
    r"|10(?:[0-3][0-9]{4}|4(?:[0-7][0-9]{3}|8(?:[0-4][0-9][0-9]|5(?:[0-6][0-9]|7[0-6]))))(?![0-9]))"
)
CELL: Final = COLUMN + ROW
# The dots of `A1.:.D6` leave out the empty rows and columns before and behind.
_TO: Final = r"\.?:\.?"
AREA: Final = rf"{CELL}{_TO}{CELL}{END}"
COLUMNS: Final = rf"{COLUMN}{_TO}{COLUMN}{END}"
ROWS: Final = rf"{ROW}{_TO}{ROW}{END}"
REFERENCE: Final = rf"(?:{CELL}(?:{_TO}{CELL}{END}|{END})|{COLUMNS}|{ROWS})"
"""Cells in A1 notation, without sheet."""

_STEP: Final = r"(?:\[-?[0-9]{1,7}\]|[1-9][0-9]{0,6}(?![0-9]))"
_R1C1_CELL: Final = rf"[Rr]{_STEP}?+[Cc]{_STEP}?+"
_R1C1_CORNER: Final = rf"(?:{_R1C1_CELL}|[RrCc]{_STEP}?+)"
R1C1_REFERENCE: Final = rf"(?:{_R1C1_CORNER}(?:{_TO}{_R1C1_CORNER}{END}|{END}))"
"""Cells in R1C1 notation, without sheet: everything that a formula in this notation can hold."""

_R1C1_ONLY: Final = rf"(?:{_R1C1_CELL}|[RrCc]\[-?[0-9]{{1,7}}\]){END}"
R1C1_IN_A1: Final = rf"(?:{_R1C1_ONLY}(?::{_R1C1_ONLY})?+)"
"""Cells in R1C1 notation that mean nothing else in A1 notation: `R[-1]C`, but neither R1 nor C."""

# A number in files; in an open workbook the name of another open one, as in `[prices.xlsx]Q1!A1`.
_BOOK: Final = r"\[[^\[\]'\"*?:/\\!]++\]"
SHEET: Final = (
    r"(?:'(?:[^']++|'')++'!"
    rf"|{_BOOK}(?:\#(?i:REF))?!"
    rf"|(?:{_BOOK})?+(?!{CELL}:){NAME_PART}++(?::{NAME_PART}++)?+!)"
)
"""A sheet prefix with its `!`."""

ERROR: Final = (
    r"\#(?i:REF!|DIV/0!|N/A|NAME\?|NULL!|NUM!|VALUE!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!"
    r"|UNKNOWN!|EXTERNAL!|PYTHON!|GETTING_DATA)"
)
TEXT: Final = r'"[^"]*+(?:""[^"]*+)*+"'
QUOTED: Final = r"'[^']*+(?:''[^']*+)*+'"
TABLE: Final = rf"(?![RrCc]\[)(?:{NAME})?+\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*+\])*+\]"
NUMBER: Final = r"(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?+"
SPACE: Final = r"[ \t\r\n]++"
OPERATOR: Final = r"(?:<=|>=|<>|[-+*/^&=<>%,;:(){}@!\#|~])"

"""Texts that stand where a value is missing."""

from __future__ import annotations

import re
from typing import Final

_PLACEHOLDER: Final = re.compile(
    r"[\W_]+"  # - -- . .. … * ? and other signs without a letter or digit
    r"|#?n\s*[/.]?\s*a\.?|n\s*[/.]\s*d\.?|n\.?\s*m\.|n/m|k\.\s*a\."  # n/a, n.d., n.m., k. A.
    r"|nan|null|none|nil|missing|unknown|not\s+(?:available|applicable)|tb[acd]"
    r"|\((?:[dnsxz]|na)\)",  # figures that statistical offices keep back or do not have
    re.IGNORECASE,
)
_LONGEST: Final = 20


def is_placeholder(text: str) -> bool:
    """Whether a text stands for no value, such as `n/a`, `-` or `tbd`."""
    text = text.strip()
    return len(text) <= _LONGEST and _PLACEHOLDER.fullmatch(text) is not None

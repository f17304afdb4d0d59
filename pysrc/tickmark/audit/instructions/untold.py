"""Findings that no language model may be told, since their words could carry an instruction."""

from __future__ import annotations

from typing import Final

from tickmark.audit.instructions.instruction import instruction
from tickmark.model.finding import Finding

UNTOLD: Final = frozenset({"concealed-text", "instruction-text"})
"""Rules that are about what somebody wrote for a reader who is not to notice it."""


def may_be_told(finding: Finding) -> bool:
    """Whether a language model may get the words of a finding.

    Nor may it where any rule quotes a text that reads like an instruction, such as the target of a
    link.
    """
    if finding.rule in UNTOLD:
        return False
    words = (finding.message, finding.fix, finding.label, *finding.evidence.values())
    return all(instruction(text, concealed=True) is None for text in words)

"""The forms that the model's answers have to fit."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class RemarkForm(BaseModel):
    """One observation and the cells it rests on."""

    text: str = Field(description="One or two sentences.")
    cells: list[str] = Field(description='Addresses in this sheet, such as "C5" or "C5:F5".')


class SheetForm(BaseModel):
    """The reading of one sheet."""

    summary: str = Field(description="Two to five plain sentences.")
    remarks: list[RemarkForm] = Field(description="What matters most; may be empty.")


class WorkbookForm(BaseModel):
    """The reading of a whole workbook."""

    summary: str = Field(description="Three to eight plain sentences.")


class RangeFindingForm(BaseModel):
    """One finding in a range, with the cells that prove it."""

    finding: str = Field(description="One or two sentences.")
    cells: list[str] = Field(description='Addresses it rests on, the most telling first: "C5".')
    value: str = Field(description="The value of the first of these cells, as it stands there.")
    confidence: Literal["high", "medium", "low"]


class RangeForm(BaseModel):
    """What deserves attention in a range."""

    findings: list[RangeFindingForm] = Field(description="Most important first; may be empty.")


class AskForm(BaseModel):
    """The answer to a question about a range."""

    found: bool = Field(description="Whether the cells hold the answer.")
    answer: str = Field(description="The answer with cells in brackets; empty if not found.")


class ExplainForm(BaseModel):
    """What a formula computes, in words."""

    explanation: str


class WhyForm(BaseModel):
    """Why one finding matters here."""

    number: int = Field(description="The number of the finding.")
    why: str = Field(description="One to three sentences.")


class FindingsForm(BaseModel):
    """The findings of a range in words."""

    findings: list[WhyForm]


class ExplanationForm(BaseModel):
    """One finding explained."""

    id: str = Field(description="The id of the finding.")
    cause: str = Field(description="One or two sentences.")
    effect: str = Field(description="One or two sentences.")
    fix: str = Field(description="One or two sentences.")


class ExplanationsForm(BaseModel):
    """The findings of a sheet explained."""

    findings: list[ExplanationForm]


class CitedValueForm(BaseModel):
    """One cell that an answer rests on, and what it says."""

    cells: str = Field(description="One address with its sheet, such as 'P&L'!C5 or Inputs!B2:B9.")
    value: str = Field(description="Its value as it stands there; empty for a whole range.")


class BookAnswerForm(BaseModel):
    """The answer to a question about a workbook."""

    found: bool = Field(description="Whether the cells hold the answer.")
    answer: str = Field(description="The answer with cells in brackets; empty if not found.")
    citations: list[CitedValueForm] = Field(description="The cells that the answer rests on.")

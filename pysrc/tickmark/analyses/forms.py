"""The forms that the model's answers have to fit."""

from __future__ import annotations

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

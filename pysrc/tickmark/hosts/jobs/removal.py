"""Remove results: every sheet that Tickmark wrote into the workbook, and no other."""

from __future__ import annotations

from tickmark.hosts.jobs.job import Job
from tickmark.report.wording import counted, listed
from tickmark.write.live import own_sheets, remove_own_sheets

_NAMED = 12


def remove_results(job: Job) -> str:
    """Ask once, then delete our sheets; the last sheet of a workbook stays."""
    names = [sheet.name for sheet in own_sheets(job.book)]
    if not names:
        sentence = f"{job.place.name} holds no sheet that Tickmark wrote."
        job.tell(sentence)
        return sentence
    if len(names) == len(job.book.sheets):
        sentence = "All sheets of this workbook are results of Tickmark; close it without saving."
        job.tell(sentence)
        return sentence
    more = [counted(len(names) - _NAMED, "more sheet")] if len(names) > _NAMED else []
    shown = listed([*names[:_NAMED], *more])
    if not job.agrees(f"Delete {counted(len(names), 'sheet')} that Tickmark wrote: {shown}?"):
        return "Nothing was removed."
    removed = remove_own_sheets(job.book)
    return f"{counted(len(removed), 'sheet')} removed."

"""What today's cost is: in words for the user, and as the label of a button of the ribbon."""

from __future__ import annotations

from contextlib import closing, suppress

from tickmark.errors import TickmarkError
from tickmark.hosts.jobs.asking import ribbon_settings
from tickmark.hosts.private_file import write_private_text
from tickmark.settings import label_folders
from tickmark.wiring import spending

FILE = "cost.txt"


def label(usd: float, limit_usd: float) -> str:
    """At most 20 characters, such as `0.12 of 1.00 USD`."""
    exact = f"{usd:.2f} of {limit_usd:.2f} USD"
    return exact if len(exact) <= 20 else f"{usd:.0f} of {limit_usd:.0f} USD"  # noqa: PLR2004 - Excel's room


def leave_label() -> None:
    """Write the label where the add-in's VBA reads it; a label is no reason to fail."""
    with suppress(TickmarkError, OSError):
        settings = ribbon_settings()
        with closing(spending()) as ledger:
            spent = ledger.spent()
        text = label(spent.usd + spent.doubtful, settings.daily_cost)
        for folder in label_folders():
            write_private_text(folder / FILE, f"{text}\n")


def cost_sentence() -> str:
    """Today's cost and the limits, in words. Raises SettingError."""
    settings = ribbon_settings()
    with closing(spending()) as ledger:
        spent = ledger.spent()
    doubtful = f" Up to {spent.doubtful:.4f} USD more may be charged." if spent.doubtful else ""
    return (
        f"Today {spent.usd:.4f} USD were spent with {spent.calls:,} calls, by worksheet functions "
        f"and ribbon together.{doubtful}\n\nThe limit of a day is {settings.daily_cost:.2f} USD, "
        f"that of one run {settings.max_cost:.2f} USD; the button Settings changes them."
    )

"""What the records of a run's journal say together."""

from __future__ import annotations

from dataclasses import dataclass, field

from tickmark.engine.journal_lines import (
    Answered,
    Collected,
    Ended,
    Opened,
    Paid,
    Record,
    Sent,
    Submitted,
    Submitting,
    Unanswered,
    Withdrawn,
)
from tickmark.errors import ModelError
from tickmark.llm.model import Reply, spent_on
from tickmark.model.usage import Usage


@dataclass(frozen=True, slots=True)
class JournaledBatch:
    """A message batch that was handed in: the keys of its prompts, and USD set aside for it."""

    id: str
    keys: tuple[bytes, ...]
    usd: float
    model: str


@dataclass(slots=True)
class JournalContent:
    """Answers and failures by key, what all cost, and the batches that are awaited.

    `submitting` is a batch of which nobody knows whether it was handed in; `batched` tells that
    questions went out in batches at any time. `sent` is the most that calls in flight can cost, by
    their numbers, `doubtful_usd` what calls may have cost whose answers were lost, and `paid` what
    calls without a usable answer did cost, by the key of their question.
    """

    replies: dict[bytes, Reply] = field(default_factory=dict)
    failures: dict[bytes, ModelError] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    open: dict[str, JournaledBatch] = field(default_factory=dict)
    submitting: Submitting | None = None
    batched: bool = False
    sent: dict[int, float] = field(default_factory=dict)
    doubtful_usd: float = 0.0
    paid: dict[bytes, Usage] = field(default_factory=dict)

    def take(self, record: Record) -> None:
        """Add a record."""
        match record:
            case Sent(call, usd):
                self.sent[call] = usd
            case Answered():
                known = self.replies.get(record.key)
                # Who shared a call writes its answer too: that one cost nothing, this one did.
                if known is None or record.reply.usage.calls:
                    self.replies[record.key] = record.reply
                self.usage += record.reply.usage
                self._end(record.ended)
            case Paid():
                self.paid[record.key] = self.paid.get(record.key, Usage()) + record.usage
                self.usage += record.usage
                self._end(record.ended)
            case Opened():
                # What a process left behind may have been answered, and charged.
                self.doubtful_usd += sum(self.sent.values())
                self.sent.clear()
            case _:
                self._take_of_batch(record)

    def _take_of_batch(self, record: Record) -> None:
        match record:
            case Unanswered():
                usage = spent_on(record.error)
                self.failures[record.key] = record.error
                self.paid[record.key] = self.paid.get(record.key, Usage()) + usage
                self.usage += usage
            case Submitting():
                self.submitting, self.batched = record, True
            case Withdrawn():
                self.submitting = None
            case Submitted():
                self.submitting, self.batched = None, True
                self.open[record.batch] = JournaledBatch(
                    record.batch, record.keys, record.usd, record.model
                )
            case Collected():
                self.open.pop(record.batch, None)
            case _:
                pass

    def _end(self, ended: Ended) -> None:
        self.doubtful_usd += ended.doubtful_usd
        for call in ended.calls:
            self.sent.pop(call, None)

"""Message batches of a run: handed in within limits, collected once, found after a kill."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tickmark.engine.batches import Collected, HandedIn, any_ended, collect, hand_in, recover
from tickmark.engine.journal import Journal
from tickmark.errors import (
    AnswerCut,
    AnswerUnusable,
    BudgetExceeded,
    ModelBusy,
    ModelDenied,
    ModelError,
    ModelUnreachable,
    PromptTooLong,
    RequestInvalid,
    SettingError,
    WriteRefused,
)
from tickmark.llm.batch_model import BatchState, ListedBatch
from tickmark.llm.metered import Meter
from tickmark.llm.model import Prompt, Reply, spent_on
from tickmark.model.usage import Usage

NOW = 1_700_000_000.0
KEYS = [bytes([n]) * 32 for n in range(9)]
NAMES = [key.hex() for key in KEYS]
PROMPTS = {
    name: Prompt("claude-sonnet-5-5", "", f"question {n}", max_tokens=10)
    for n, name in enumerate(NAMES)
}


def price(model: str, usage: Usage) -> float | None:
    """A dollar an output token, of models that are known."""
    return float(usage.output_tokens) if model == "claude-sonnet-5-5" else None


@dataclass(slots=True)
class Provider:
    """A provider of batches, as a test wishes it."""

    results: dict[str, Reply | ModelError] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    batches: dict[str, Mapping[str, Prompt]] = field(default_factory=dict)
    created: dict[str, float] = field(default_factory=dict)
    failure: ModelError | None = None
    fetched: list[str] = field(default_factory=list)
    breaks_after: int | None = None

    def submit(self, prompts: Mapping[str, Prompt]) -> str:
        if self.failure is not None and not self.failure.perhaps_charged:
            raise self.failure
        name = f"batch {len(self.batches) + 1}"
        self.batches[name] = prompts
        self.created[name] = NOW + 1
        if self.failure is not None:
            raise self.failure
        return name

    def state(self, batch: str) -> BatchState:
        if batch not in self.batches:
            missing = RequestInvalid("not found")
            missing.status = 404
            raise missing
        return BatchState(batch in self.ended)

    def recent(self) -> Sequence[ListedBatch]:
        return [
            ListedBatch(name, self.created[name], len(prompts), name in self.ended)
            for name, prompts in reversed(self.batches.items())
        ]

    def answers(self, batch: str) -> Iterator[tuple[str, Reply | ModelError]]:
        self.fetched.append(batch)
        for count, name in enumerate(self.batches[batch]):
            if count == self.breaks_after:
                raise ModelUnreachable("broke off")
            yield name, self.results.get(name, Reply("yes", Usage(1, 100, 4), "claude-sonnet-5-5"))

    def cancel(self, batch: str) -> None:
        raise NotImplementedError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    with Journal(path) as journal:
        yield journal


def some(count: int) -> dict[str, Prompt]:
    return dict(list(PROMPTS.items())[:count])


def handed_in(
    provider: Provider,
    journal: Journal,
    count: int,
    *,
    limit: float | None = None,
    most_prompts: int = 100,
    most_bytes: int = 1_000_000,
) -> HandedIn:
    return hand_in(
        provider,
        some(count),
        journal,
        Meter(limit),
        price,
        most_prompts=most_prompts,
        most_bytes=most_bytes,
        clock=lambda: NOW,
    )


def collected(provider: Provider, journal: Journal) -> Collected:
    kept: dict[bytes, Reply] = {}
    found = collect(provider, journal, kept.__setitem__, price)
    assert all(journal.get(key) == reply for key, reply in kept.items())
    return found


def failed(kind: type[ModelError], tokens: int = 0) -> ModelError:
    error = kind(f"a {kind.__name__}")
    error.usage = Usage(1, 100, tokens) if tokens else Usage()
    return error


def test_questions_go_out_in_as_many_batches_as_they_need(journal: Journal) -> None:
    provider = Provider()

    told = handed_in(provider, journal, 5, most_prompts=2)

    assert told == HandedIn(3, 5, 25.0, 0)
    assert [list(one) for one in provider.batches.values()] == [NAMES[:2], NAMES[2:4], NAMES[4:5]]
    assert [(one.id, one.keys, one.usd, one.model) for one in journal.batches()] == [
        ("batch 1", tuple(KEYS[:2]), 10.0, "claude-sonnet-5-5"),
        ("batch 2", tuple(KEYS[2:4]), 10.0, "claude-sonnet-5-5"),
        ("batch 3", (KEYS[4],), 5.0, "claude-sonnet-5-5"),
    ]


def test_a_batch_keeps_to_its_bytes_too(journal: Journal) -> None:
    provider = Provider()

    handed_in(provider, journal, 4, most_bytes=4100)

    assert [len(one) for one in provider.batches.values()] == [2, 2]


def test_a_batch_is_of_one_model_so_that_what_fails_in_it_has_its_price(journal: Journal) -> None:
    provider = Provider()
    mixed = some(3)
    mixed[NAMES[1]] = replace(mixed[NAMES[1]], model="another")

    hand_in(provider, mixed, journal, Meter(), price)

    assert [(list(one.keys), one.model) for one in journal.batches()] == [
        ([KEYS[1]], "another"),
        ([KEYS[0], KEYS[2]], "claude-sonnet-5-5"),
    ]


def test_the_limit_leaves_out_what_it_has_no_room_for_at_half_price(journal: Journal) -> None:
    provider = Provider()

    assert handed_in(provider, journal, 5, limit=16.0) == HandedIn(1, 3, 15.0, 2)
    with pytest.raises(BudgetExceeded, match="--max-cost"):
        handed_in(provider, journal, 5, limit=4.0)
    assert len(provider.batches) == 1
    assert hand_in(provider, {}, journal, Meter(0.0), price) == HandedIn()


def test_a_model_of_unknown_price_is_refused_under_a_limit(journal: Journal) -> None:
    provider = Provider()
    strange = {NAMES[0]: replace(PROMPTS[NAMES[0]], model="strange")}

    with pytest.raises(SettingError, match="'strange'"):
        hand_in(provider, strange, journal, Meter(9.0), price)
    assert provider.batches == {}


def test_what_has_ended_is_collected_at_half_price_and_the_rest_waited_for(
    journal: Journal,
) -> None:
    provider = Provider()
    handed_in(provider, journal, 4, most_prompts=2)
    assert not any_ended(provider, journal)
    assert collected(provider, journal) == Collected(0, frozenset(NAMES[:4]), {})
    provider.ended = {"batch 2"}
    assert any_ended(provider, journal)

    found = collected(provider, journal)

    assert found == Collected(2, frozenset(NAMES[:2]), {})
    reply = journal.get(KEYS[2])
    assert reply is not None
    assert (reply.text, reply.usage) == ("yes", Usage(1, 100, 4, usd=2.0))
    assert journal.usage.usd == 4.0
    assert [one.id for one in journal.batches()] == ["batch 1"]
    provider.ended.add("batch 1")
    assert collected(provider, journal).answered == 2
    assert any_ended(provider, journal)
    assert collected(provider, journal) == Collected()


def test_what_fails_for_good_is_known_to_every_later_part_and_paid_once(path: Path) -> None:
    kinds = (PromptTooLong, AnswerCut, AnswerUnusable, RequestInvalid, ModelBusy, ModelDenied)
    provider = Provider({name: failed(kind, 8) for name, kind in zip(NAMES, kinds, strict=False)})
    with Journal(path) as journal:
        handed_in(provider, journal, 7)
        provider.ended = {"batch 1"}
        first = collected(provider, journal)
        paid = journal.usage

    with Journal(path) as journal:
        second = collected(provider, journal)
        assert journal.usage == paid

    assert first.answered == 1
    # What was not asked in time is asked again; a refused key may be mended.
    assert {name: type(one) for name, one in first.failures.items()} == {
        NAMES[0]: PromptTooLong,
        NAMES[1]: AnswerCut,
        NAMES[2]: AnswerUnusable,
        NAMES[3]: RequestInvalid,
        NAMES[5]: ModelDenied,
    }
    assert {name: type(one) for name, one in second.failures.items()} == {
        NAMES[0]: PromptTooLong,
        NAMES[1]: AnswerCut,
        NAMES[2]: AnswerUnusable,
        NAMES[3]: RequestInvalid,
    }
    again = second.failures[NAMES[1]]
    assert (str(again), spent_on(again)) == ("a AnswerCut", Usage(1, 100, 8, usd=4.0))
    assert provider.fetched == ["batch 1"]


def test_answers_that_break_off_count_once_when_they_are_fetched_again(path: Path) -> None:
    provider = Provider({NAMES[1]: failed(AnswerCut, 8)}, breaks_after=3)
    with Journal(path) as journal:
        handed_in(provider, journal, 5)
        provider.ended = {"batch 1"}
        with pytest.raises(ModelUnreachable):
            collected(provider, journal)

    provider.breaks_after = None
    with Journal(path) as journal:
        found = collected(provider, journal)
        assert journal.usage.usd == 4 * 2.0 + 4.0
    assert found.answered == 2
    assert set(found.failures) == {NAMES[1]}


def test_names_that_are_none_of_the_batch_are_passed_over(journal: Journal) -> None:
    provider = Provider()
    handed_in(provider, journal, 1)
    provider.ended = {"batch 1"}
    provider.batches["batch 1"] = {**some(3), "not hex": PROMPTS[NAMES[0]]}

    assert collected(provider, journal).answered == 1
    assert journal.usage.usd == 2.0


def test_a_batch_that_the_provider_does_not_know_is_told_with_a_way_out(
    journal: Journal, path: Path
) -> None:
    provider = Provider()
    handed_in(provider, journal, 1)
    provider.batches.clear()

    with pytest.raises(RequestInvalid, match="use the key that it was handed in with") as caught:
        collected(provider, journal)

    assert str(path) in str(caught.value)
    assert len(journal.batches()) == 1


def lost(*, arrives: bool) -> ModelUnreachable:
    error = ModelUnreachable("broke the connection")
    error.perhaps_charged = arrives
    return error


@pytest.mark.parametrize("ended", [False, True])
def test_a_batch_that_arrived_without_a_word_is_found_and_not_paid_again(
    path: Path, ended: bool
) -> None:
    provider = Provider(failure=lost(arrives=True))
    with Journal(path) as journal, pytest.raises(ModelUnreachable):
        handed_in(provider, journal, 3)
    provider.ended = {"batch 1"} if ended else set()
    # Another's, of the same size, and one of long ago.
    provider.batches |= {"other": dict(list(PROMPTS.items())[5:8]), "old": some(3)}
    provider.created |= {"other": NOW + 2, "old": NOW - 9000}
    provider.ended |= {"other", "old"}

    with Journal(path) as journal:
        assert journal.submitting is not None
        recover(provider, journal)

        assert [(one.id, one.keys, one.usd) for one in journal.batches()] == [
            ("batch 1", tuple(KEYS[:3]), 15.0)
        ]
        assert journal.submitting is None
        provider.ended.add("batch 1")
        assert collected(provider, journal).answered == 3
        assert journal.batched


@pytest.mark.parametrize("others", [{}, {"other": {NAMES[8]: PROMPTS[NAMES[8]]}}])
def test_a_batch_that_never_arrived_is_handed_in_again(
    path: Path, others: dict[str, dict[str, Prompt]]
) -> None:
    provider = Provider(failure=lost(arrives=False))
    with Journal(path) as journal, pytest.raises(ModelUnreachable):
        handed_in(provider, journal, 3)
    provider.batches |= others
    provider.created |= dict.fromkeys(others, NOW)

    with Journal(path) as journal:
        recover(provider, journal)
        assert journal.batches() == ()
        assert journal.submitting is None
    with Journal(path) as journal:
        assert journal.submitting is None
        recover(Provider(failure=ModelDenied("not asked")), journal)


def test_a_batch_of_another_that_was_taken_for_ours_costs_nothing(path: Path) -> None:
    """Two of one size and time: while they are at work nobody can tell them apart."""
    provider = Provider(failure=lost(arrives=False))
    with Journal(path) as journal, pytest.raises(ModelUnreachable):
        handed_in(provider, journal, 1)
    provider.batches["other"] = {NAMES[8]: PROMPTS[NAMES[8]]}
    provider.created["other"] = NOW

    with Journal(path) as journal:
        recover(provider, journal)
        assert collected(provider, journal).waiting == {NAMES[0]}
        provider.ended = {"other"}
        assert collected(provider, journal) == Collected()
        assert journal.usage == Usage()


def test_nothing_is_handed_in_that_could_not_be_noted(path: Path) -> None:
    provider = Provider()
    with Journal(path) as journal:
        descriptor = journal._file  # noqa: SLF001 - as a full disk would
        descriptor.close()
        with pytest.raises(WriteRefused):
            handed_in(provider, journal, 2)

    assert provider.batches == {}

"""Every call that is sent leaves an entry, and no text or key stays behind unless it is wished."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from tests.messages_api import KEY, Fault, MessagesApi
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
)
from tickmark.llm.batch_model import BatchState, ListedBatch
from tickmark.llm.cached import CachedModel
from tickmark.llm.call import Call, calling
from tickmark.llm.call_chain import CallRecord
from tickmark.llm.call_entry import CallEntry
from tickmark.llm.call_log import CallLog
from tickmark.llm.fenced import FencedModel
from tickmark.llm.logged import LoggedBatches, LoggedModel, host_of
from tickmark.llm.model import Image, Prompt, Reply, Turn
from tickmark.llm.providers.anthropic import AnthropicModel
from tickmark.llm.retrying import RetryingModel
from tickmark.llm.scripted import ScriptedModel
from tickmark.llm.store import ReplyStore
from tickmark.model.usage import Usage

CELLS = "# P&L|A1\nA1 48151.62"
PROMPT = Prompt(
    "claude-sonnet-5-5",
    "Constant words.",
    "Whatever for?",
    data=CELLS,
    max_tokens=50,
    about="budget.xlsx P&L!A1:F20",
)
NOON = 1763726400.25  # 2025-11-21T12:00:00.250Z


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "calls.sqlite"


@pytest.fixture
def log(path: Path) -> Iterator[CallLog]:
    log = CallLog(path)
    yield log
    log.close()
    assert log.warning == ""


def entries(path: Path) -> list[CallEntry]:
    assert CallRecord(path).walk().problem == ""
    return [row.call for row in CallRecord(path).rows() if row.call is not None]


def content(path: Path) -> bytes:
    """All bytes of the file and of its write-ahead log."""
    return b"".join(one.read_bytes() for one in sorted(path.parent.glob("calls*")))


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def raising(error: BaseException) -> Callable[[Prompt], str]:
    def answer(_: Prompt) -> str:
        raise error

    return answer


def test_an_answer_leaves_one_whole_entry(log: CallLog, path: Path) -> None:
    reply = Reply(
        "Because.",
        Usage(1, 1000, 100, 2000, 500),
        model="claude-sonnet-5-5-20261001",
        request_id="req_7",
    )
    model = LoggedModel(
        ScriptedModel(lambda _: reply),
        log,
        run="20261121-093000-9f3c",
        host="https://api.anthropic.com/v1",
        price=lambda _, usage: usage.output_tokens / 1000,
        clock=lambda: NOON,
    )
    with calling(Call("budget.xlsx/P&L")):
        assert model.complete(PROMPT) == reply
    (entry,) = entries(path)

    assert entry.seconds >= 0.0
    assert entry == CallEntry(
        time="2025-11-21T12:00:00.250Z",
        run="20261121-093000-9f3c",
        task="budget.xlsx/P&L",
        about="budget.xlsx P&L!A1:F20",
        host="https://api.anthropic.com",
        model="claude-sonnet-5-5",
        answered_by="claude-sonnet-5-5-20261001",
        prompt=PROMPT.key,
        data=sha256(CELLS),
        answer=sha256("Because."),
        prompt_chars=48,
        data_chars=20,
        answer_chars=8,
        input_tokens=1000,
        cache_read_tokens=2000,
        cache_write_tokens=500,
        output_tokens=100,
        usd=0.1,
        outcome="answered",
        request_id="req_7",
        seconds=entry.seconds,
    )


@pytest.mark.parametrize(
    ("error", "outcome", "reason"),
    [
        (AnswerCut("x"), "cut", "limit of tokens"),
        (AnswerUnusable("x"), "unusable", ""),
        (ModelBusy("x", rate_limited=True), "failed", "rate limit"),
        (ModelBusy("x"), "failed", "overloaded"),
        (ModelUnreachable("x"), "failed", "not reached"),
        (ModelDenied("x"), "failed", "denied"),
        (PromptTooLong("x"), "failed", "too long"),
        (RequestInvalid("x"), "failed", "invalid"),
        (BudgetExceeded("x"), "failed", "spend limit"),
        (ZeroDivisionError("cells 48151.62"), "failed", "ZeroDivisionError"),
        (KeyboardInterrupt(), "failed", "KeyboardInterrupt"),
    ],
)
def test_each_failure_is_told_in_words_of_our_own(
    log: CallLog, path: Path, error: BaseException, outcome: str, reason: str
) -> None:
    model = LoggedModel(ScriptedModel(raising(error)), log)
    with pytest.raises(type(error)) as caught:
        model.complete(PROMPT)
    assert caught.value is error
    (entry,) = entries(path)

    assert (entry.outcome, entry.reason, entry.answer) == (outcome, reason, "")
    assert entry.prompt == PROMPT.key


def test_what_a_refused_answer_cost_is_recorded(log: CallLog, path: Path) -> None:
    error = AnswerUnusable("The model refused.")
    error.usage, error.stop_reason, error.request_id = Usage(1, 1_000_000), "refusal", "req_1"
    with pytest.raises(AnswerUnusable):
        LoggedModel(ScriptedModel(raising(error)), log).complete(PROMPT)
    (entry,) = entries(path)

    assert (entry.outcome, entry.reason, entry.request_id) == ("refused", "", "req_1")
    assert entry.input_tokens == 1_000_000
    assert entry.usd is not None
    assert entry.usd > 1


def test_a_setting_in_the_way_sends_nothing_and_leaves_no_entry(log: CallLog, path: Path) -> None:
    with pytest.raises(SettingError):
        LoggedModel(ScriptedModel(raising(SettingError("x"))), log).complete(PROMPT)
    assert not path.exists()


def test_an_unknown_price_is_no_price_of_nothing(log: CallLog, path: Path) -> None:
    LoggedModel(ScriptedModel(lambda _: "x"), log, price=lambda *_: None).complete(PROMPT)
    assert entries(path)[0].usd is None


def test_the_same_cells_have_the_same_hash_whatever_their_fence(log: CallLog, path: Path) -> None:
    sent = []
    for _ in range(2):
        provider = ScriptedModel(lambda _: "x")
        LoggedModel(FencedModel(provider), log).complete(PROMPT)
        sent.append(provider.prompts[0].user)
    one, other = entries(path)

    assert sent[0] != sent[1]
    assert (one.prompt, one.data) == (other.prompt, other.data) == (PROMPT.key, sha256(CELLS))


def test_look_ups_and_pictures_are_counted(log: CallLog, path: Path) -> None:
    said = ({"type": "tool_use", "id": "t1", "name": "expand", "input": {}},)
    prompt = Prompt(
        "claude-haiku-5-5",
        "ab",
        "cd",
        turns=(Turn(said, (("t1", "efgh"),)),),
        images=(Image("image/png", b"png"),),
    )
    reply = Reply("", Usage(1, 1, 1), stop_reason="tool_use", said=said)
    LoggedModel(ScriptedModel(lambda _: reply), log).complete(prompt)
    (entry,) = entries(path)

    assert (entry.prompt_chars, entry.images, entry.data, entry.data_chars) == (8, 1, "", 0)
    assert (entry.outcome, entry.reason) == ("answered", "tool_use")
    assert entry.answer == sha256(
        '{"said":[{"id":"t1","input":{},"name":"expand","type":"tool_use"}]}'
    )


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://api.anthropic.com", "https://api.anthropic.com"),
        (
            "https://me:sk-secret@gate.example:8443/v1/sk-path?key=sk-q#f",
            "https://gate.example:8443",
        ),
        ("http://[::1]:8080/v1", "http://[::1]:8080"),
        ("//user@host/path", "://host"),
        ("vertex eu  my-project https://me@gate/v1?k=s", "vertex eu my-project https://gate"),
        ("https:///path", ""),
        ("https://host:port/", ""),
        ("bedrock us-east-1", "bedrock us-east-1"),
        ("me:sk-secret@gate", "gate"),
        ("", ""),
    ],
)
def test_of_a_url_only_scheme_name_and_port_are_kept(url: str, host: str) -> None:
    assert host_of(url) == host


def test_every_attempt_is_an_entry_and_a_kept_answer_is_none(
    tmp_path: Path, log: CallLog, path: Path
) -> None:
    faults = [
        Fault(429, headers={"retry-after": "1"}),
        Fault(529),
        Fault(broken=True),
        Fault(garbled=True),
    ]
    store = ReplyStore(tmp_path / "replies.sqlite")
    with MessagesApi(faults=faults) as api:
        provider = AnthropicModel(KEY, api.url, timeout=5)
        logged = LoggedModel(FencedModel(provider), log, host=api.url)
        model = CachedModel(RetryingModel(logged, sleep=lambda _: None), store)
        model.complete(PROMPT)
        assert model.complete(PROMPT).cached
        provider.close()
        calls = len(api.calls)
    store.close()
    found = entries(path)

    assert len(found) == calls == 5
    assert [(one.outcome, one.reason, one.status) for one in found] == [
        ("failed", "rate limit", 429),
        ("failed", "overloaded", 529),
        ("failed", "no answer", 0),
        ("failed", "no answer", 0),
        ("answered", "", 0),
    ]
    assert [one.request_id for one in found] == ["req_1", "req_2", "", "", "req_5"]
    assert [one.perhaps_charged for one in found] == [False, False, True, True, False]
    assert {one.host for one in found} == {api.url}


def test_refused_and_cut_answers_over_the_wire_name_their_requests(
    log: CallLog, path: Path
) -> None:
    ends = iter(["refusal", "max_tokens"])
    with MessagesApi(lambda _: {"stop_reason": next(ends)}) as api:
        provider = AnthropicModel(KEY, api.url, timeout=5)
        for _ in range(2):
            with pytest.raises(ModelError):
                LoggedModel(FencedModel(provider), log).complete(PROMPT)
        provider.close()
    found = entries(path)

    assert [(one.outcome, one.request_id) for one in found] == [
        ("refused", "req_1"),
        ("cut", "req_2"),
    ]
    assert all(one.input_tokens > 0 for one in found)


def ask_and_fail(log: CallLog) -> None:
    """One answer, and one refusal in which the server quotes cells and key."""
    fault = Fault(400, message=f"what is {CELLS} with {KEY}?")
    with MessagesApi(faults=[Fault(), fault]) as api:
        provider = AnthropicModel(KEY, api.url, timeout=5)
        model = LoggedModel(FencedModel(provider), log, host=api.url)
        model.complete(PROMPT)
        with pytest.raises(RequestInvalid):
            model.complete(PROMPT)
        provider.close()


def test_neither_text_nor_key_is_in_the_file(log: CallLog, path: Path) -> None:
    ask_and_fail(log)

    found = content(path)
    assert b"budget.xlsx" in found
    for secret in (
        b"48151",
        b"Whatever",
        b"Constant words",
        b"cells seen",
        b"what is",
        KEY.encode(),
    ):
        assert secret not in found


def test_texts_are_kept_where_they_are_wished_but_no_key(path: Path) -> None:
    log = CallLog(path, texts=True)
    ask_and_fail(log)
    found = content(path)
    log.close()

    assert KEY.encode() not in found
    assert b"authorization" not in found.lower()
    record = CallRecord(path)
    assert record.texts(2) == {
        "system": "Constant words.",
        "data": CELLS,
        "user": "Whatever for?",
        "answer": "Sheet P&L: 1 cells seen; the first is A1: 48151.62.",
    }
    failure = record.texts(3)
    assert failure is not None
    assert "what is # P&L|A1" in str(failure["failure"])
    assert record.walk().problem == ""


class Batches:
    """A provider of batches that has the answers ready."""

    def __init__(self, answers: Mapping[str, Reply | ModelError]) -> None:
        self._answers = answers

    def submit(self, prompts: Mapping[str, Prompt]) -> str:
        if not prompts:
            raise ModelDenied("x")
        if "bad" in prompts:
            raise ModelBusy("x")
        return "batch_1"

    def state(self, batch: str) -> BatchState:
        return BatchState(ended=batch == "batch_1")

    def recent(self) -> Sequence[ListedBatch]:
        return [ListedBatch("batch_1", 0.0, len(self._answers), ended=True)]

    def answers(self, batch: str) -> Iterator[tuple[str, Reply | ModelError]]:
        assert batch == "batch_1"
        yield from self._answers.items()

    def cancel(self, batch: str) -> None:
        raise RequestInvalid(batch)


def test_a_batch_leaves_an_entry_when_handed_in_and_one_when_collected(
    log: CallLog, path: Path
) -> None:
    reply = Reply("Because.", Usage(1, 1000, 100), model="claude-sonnet-5-5")
    cut = AnswerCut("x")
    cut.usage = Usage(1, 1000, 50)
    batches = LoggedBatches(
        Batches({"a": reply, "b": cut}),
        log,
        run="r1",
        price=lambda model, _: {"claude-sonnet-5-5": 0.25, "claude-haiku-5-5": 0.05}[model],
        asked="claude-haiku-5-5",
    )
    assert batches.submit({"a": PROMPT, "b": PROMPT}) == "batch_1"
    assert batches.state("batch_1").ended
    answers = dict(batches.answers("batch_1"))
    with pytest.raises(RequestInvalid):
        batches.cancel("batch_1")

    assert answers["a"] is reply
    assert [(e.batch, e.item, e.outcome, e.usd) for e in entries(path)] == [
        ("batch_1", "a", "handed in", 0.0),
        ("batch_1", "b", "handed in", 0.0),
        ("batch_1", "a", "answered", 0.25),
        ("batch_1", "b", "cut", 0.05),
    ]
    assert [e.prompt for e in entries(path)] == [PROMPT.key, PROMPT.key, "", ""]
    assert entries(path)[2].answer == sha256("Because.")


def test_a_batch_that_is_refused_leaves_an_entry_of_each_prompt(log: CallLog, path: Path) -> None:
    with pytest.raises(ModelBusy):
        LoggedBatches(Batches({}), log).submit({"bad": PROMPT, "b": PROMPT})

    assert [(e.outcome, e.reason, e.item) for e in entries(path)] == [
        ("failed", "overloaded", "bad"),
        ("failed", "overloaded", "b"),
    ]


def test_a_log_that_cannot_be_written_costs_no_answer(path: Path) -> None:
    path.write_bytes(b"no database at all, but long enough to look like a file of one")
    log = CallLog(path)
    model = LoggedModel(ScriptedModel(lambda _: "Because."), log)

    assert model.complete(PROMPT).text == "Because."
    log.close()
    assert "1 entry is missing from it" in log.warning

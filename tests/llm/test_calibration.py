"""What replies teach: quickly right, deaf to outliers and tiny prompts, shared by processes."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickmark.errors import AnswerUnusable, BudgetExceeded
from tickmark.llm.cached import CachedModel
from tickmark.llm.calibration import (
    UNCALIBRATED,
    Calibrated,
    CalibratingModel,
    Calibration,
    Ratios,
)
from tickmark.llm.fenced import FencedModel
from tickmark.llm.metered import Meter, MeteredModel
from tickmark.llm.model import Prompt, Reply
from tickmark.llm.scripted import ScriptedModel
from tickmark.llm.store import ReplyStore
from tickmark.llm.tokens import ESTIMATOR, estimate_tokens, prompt_tokens, token_bound
from tickmark.model.usage import Usage

MODEL = "claude-sonnet-5-5"
PAGE = "A1|Revenue of the northern region before discounts\n" * 400
PROMPT = Prompt(MODEL, "s", "Why?", data=PAGE, max_tokens=100)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "tokens.sqlite"


def after(*ratios: float, estimated: int = 10_000) -> Ratios:
    """What calls of one size with these ratios teach."""
    return reduce(
        lambda known, ratio: known.with_call(estimated, round(estimated * ratio)), ratios, Ratios()
    )


def counting(ratio: float) -> ScriptedModel:
    """A provider that counts so many times the estimate, most of it read from its cache."""

    def answer(prompt: Prompt) -> Reply:
        counted = round(prompt_tokens(prompt) * ratio)
        return Reply(
            "x", Usage(1, counted - 900, 10, cache_read_tokens=600, cache_write_tokens=300)
        )

    return ScriptedModel(answer)


def test_without_calls_the_estimate_and_its_bound_are_the_plain_ones() -> None:
    assert UNCALIBRATED.tokens(PAGE, MODEL) == estimate_tokens(PAGE, MODEL)
    assert UNCALIBRATED.bound(PAGE, MODEL) == token_bound(PAGE, MODEL)
    assert UNCALIBRATED.tokens("", MODEL) == UNCALIBRATED.bound("", MODEL) == 0


def test_few_calls_teach_little_and_many_all() -> None:
    assert after(1.4).factor == pytest.approx(1.133, abs=0.001)
    assert after(*[1.4] * 5).factor == pytest.approx(1.282, abs=0.001)
    assert after(*[1.4] * 100).factor == pytest.approx(1.383, abs=0.001)
    assert after(*[1.4] * 100).most == pytest.approx(1.683, abs=0.001)


def test_a_surprise_makes_the_bound_wider_before_it_makes_it_tighter() -> None:
    assert Ratios().most == 1.5
    assert after(1.7).most > 2.0
    assert after(*[1.0] * 100).most == 1.3


def test_ratios_that_scatter_keep_the_bound_wide() -> None:
    assert after(*[0.8, 1.4] * 50).spread == pytest.approx(0.3, abs=0.01)
    assert after(*[0.8, 1.4] * 50).most > 1.65


def test_calls_that_cost_less_than_estimated_never_bring_the_bound_below_the_estimate() -> None:
    low = after(*[0.4] * 100)

    assert low.factor == pytest.approx(0.425, abs=0.01)
    assert low.most == 1.0


def test_ratios_of_tiny_prompts_weigh_next_to_nothing() -> None:
    tiny = after(*[3.0] * 100, estimated=20)

    assert tiny.calls == 100
    assert tiny.factor == pytest.approx(1.0, abs=0.01)


def test_an_outlier_is_clipped() -> None:
    steady = after(*[1.1] * 50)

    assert steady.with_call(10_000, 10**400).factor - steady.factor < 0.02
    assert steady.factor - steady.with_call(10_000, 1).factor < 0.02
    assert after(1000.0).factor < 1.3


def test_another_tokenizer_behind_the_same_name_is_learnt_in_time() -> None:
    changed = reduce(lambda known, _: known.with_call(10_000, 16_000), range(150), after(1.0, 1.0))

    assert changed.factor == pytest.approx(1.6, abs=0.05)


@given(st.lists(st.tuples(st.integers(-1, 10**7), st.integers(-1, 10**9)), max_size=60))
def test_no_calls_whatever_make_a_factor_out_of_bounds(calls: list[tuple[int, int]]) -> None:
    known = reduce(lambda known, call: known.with_call(*call), calls, Ratios())

    assert 0.25 <= known.factor <= 4.0
    assert 1.0 <= known.most <= 12.0
    assert known.weight <= 51.0


def test_each_model_has_figures_of_its_own(path: Path) -> None:
    record = Calibration(path)
    record.observe(MODEL, 10_000, 14_000)

    assert record.learnt() == Calibrated({MODEL: after(1.4)})
    assert record.learnt().tokens(PAGE, MODEL) == pytest.approx(
        1.133 * estimate_tokens(PAGE, MODEL), rel=0.001
    )
    assert record.learnt().tokens(PAGE, "llama3.3") == estimate_tokens(PAGE, "llama3.3")
    assert record.bound(PAGE, MODEL) == record.learnt().bound(PAGE, MODEL)


def test_the_next_run_finds_what_was_learnt_and_nobody_else_may_read_it(path: Path) -> None:
    record = Calibration(path)
    record.observe(MODEL, 10_000, 14_000)
    assert not path.exists()
    record.close()

    assert Calibration(path).learnt() == Calibrated({MODEL: after(1.4)})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_asking_makes_no_file(path: Path) -> None:
    assert Calibration(path).learnt() == UNCALIBRATED
    assert not path.exists()


def test_two_runs_at_once_lose_no_call(path: Path) -> None:
    one, other = Calibration(path), Calibration(path)
    assert one.learnt() == other.learnt() == UNCALIBRATED
    one.observe(MODEL, 10_000, 14_000)
    other.observe(MODEL, 10_000, 14_000)
    other.observe("llama3.3", 10_000, 9000)
    one.close()
    other.close()

    assert Calibration(path).learnt() == Calibrated(
        {MODEL: after(1.4, 1.4), "llama3.3": after(0.9)}
    )


_PROCESS = """
import sys
from pathlib import Path
from tickmark.llm.calibration import Calibration

record = Calibration(Path(sys.argv[1]))
for _ in range(100):
    record.observe("m", 10_000, 14_000)
record.close()
print(record.warning)
"""


def test_processes_and_threads_together_lose_no_call(path: Path) -> None:
    processes = [
        subprocess.Popen(  # noqa: S603 - our own Python
            [sys.executable, "-c", _PROCESS, str(path)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    record = Calibration(path)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: record.observe("m", 10_000, 14_000), range(200)))
    record.close()

    assert [process.communicate(timeout=60)[0] for process in processes] == ["\n"] * 3
    assert Calibration(path).learnt().ratios["m"].calls == 500


def test_a_file_that_cannot_be_used_stops_nothing_and_is_told_once(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database at all, but long enough to look like a file of one")
    record = Calibration(path)
    for _ in range(40):
        record.observe(MODEL, 10_000, 14_000)
    record.close()

    assert record.learnt().ratios[MODEL].calls == 40
    assert record.warning.startswith(f"The record of token counts at {path} cannot be used (")
    assert record.warning.endswith("delete the file to begin a new one.")


def test_impossible_figures_in_the_file_count_for_nothing(path: Path) -> None:
    record = Calibration(path)
    record.observe(MODEL, 10_000, 14_000)
    record.close()
    rows = [("a", 3, 1e300, 1.0, 0.1), ("b", 3, 2.0, "NaN", 0.1), ("c", -1, 2.0, 1.0, 0.1)]
    with sqlite3.connect(path) as connection:
        connection.executemany(
            f"INSERT INTO ratios VALUES (?, {ESTIMATOR}, ?, ?, ?, ?)",  # noqa: S608 - a number
            rows,
        )
    connection.close()

    assert Calibration(path).learnt() == Calibrated({MODEL: after(1.4)})


def test_what_was_learnt_about_other_weights_is_not_used(path: Path) -> None:
    record = Calibration(path)
    record.observe(MODEL, 10_000, 14_000)
    record.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE ratios SET estimator = estimator - 1")
    connection.close()

    assert Calibration(path).learnt() == UNCALIBRATED


@pytest.mark.parametrize("name", ["", "\ud800", "x" * 201, "a\nb"])
def test_a_name_that_no_model_has_is_not_written_down(name: str, path: Path) -> None:
    record = Calibration(path)
    record.observe(name, 10_000, 14_000)
    record.close()

    assert record.learnt() == UNCALIBRATED
    assert not path.exists()


def test_a_reply_teaches_by_all_its_input_tokens_cached_or_not(path: Path) -> None:
    record = Calibration(path)
    model = CalibratingModel(FencedModel(counting(1.4)), record)
    model.complete(PROMPT)

    ratios = record.learnt().ratios[MODEL]
    assert ratios.calls == 1
    # The fence is estimated too.
    assert ratios.mean == pytest.approx(1.4, rel=0.005)


def test_an_unusable_answer_teaches_too_and_one_without_usage_nothing(path: Path) -> None:
    errors = [AnswerUnusable("refused"), AnswerUnusable("refused")]
    errors[0].usage = Usage(1, round(prompt_tokens(PROMPT) * 1.2), 5)

    def refuse(_: Prompt) -> Reply:
        raise errors.pop(0)

    record = Calibration(path)
    model = CalibratingModel(ScriptedModel(refuse), record)
    for _ in range(2):
        with pytest.raises(AnswerUnusable):
            model.complete(PROMPT)

    assert record.learnt().ratios[MODEL].calls == 1


def test_a_kept_answer_teaches_nothing_again(path: Path, tmp_path: Path) -> None:
    record, store = Calibration(path), ReplyStore(tmp_path / "replies.sqlite")
    model = CachedModel(CalibratingModel(counting(1.4), record), store)
    for _ in range(3):
        model.complete(PROMPT)
    store.close()

    assert record.learnt().ratios[MODEL].calls == 1


def test_a_reservation_grows_with_what_was_learnt(path: Path) -> None:
    record = Calibration(path)
    inner = counting(2.0)

    def dollars(_: str, usage: Usage) -> float:
        return (usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens) / 1e6

    def metered(limit: float) -> MeteredModel:
        calibrating = CalibratingModel(inner, record)
        return MeteredModel(calibrating, Meter(limit), price=dollars, bound=record.bound)

    room = 1.6 * prompt_tokens(PROMPT) / 1e6
    metered(room).complete(PROMPT)
    for _ in range(20):
        metered(1.0).complete(PROMPT)
    sent = len(inner.prompts)

    with pytest.raises(BudgetExceeded):
        metered(room).complete(PROMPT)
    assert len(inner.prompts) == sent

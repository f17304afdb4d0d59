"""What providers say about their limits: in headers, in errors, and by turning calls away."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.messages_api import KEY, Fault, MessagesApi
from tests.rate_limits import RateLimits
from tickmark.errors import BudgetExceeded, ModelBusy
from tickmark.llm.allowance import Allowance, Allowances
from tickmark.llm.model import Prompt
from tickmark.llm.providers.anthropic import AnthropicModel
from tickmark.llm.providers.rate_headers import allowances_of, retry_after

PROMPT = Prompt("claude-sonnet-5-5", "", "x" * 400)
NOON = 1_795_176_000.0
"""2026-11-20T12:00:00Z."""
DATE = "Fri, 20 Nov 2026 12:00:00 GMT"


def told(*headers: tuple[str, str], now: float = NOON) -> Allowances | None:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    return allowances_of(raw, now)


def group(name: str, limit: str, remaining: str, reset: str) -> list[tuple[str, str]]:
    said = {"limit": limit, "remaining": remaining, "reset": reset}
    return [(f"anthropic-ratelimit-{name}-{part}", value) for part, value in said.items()]


def test_all_limits_are_read_with_the_servers_own_clock() -> None:
    headers = [
        ("Date", DATE),
        *group("requests", "4000", "3999", "2026-11-20T12:00:01Z"),
        *group("input-tokens", "2000000", "1500000", "2026-11-20T12:00:15Z"),
        *group("output-tokens", "400000", "0", "2026-11-20T12:01:00Z"),
        *group("tokens", "2400000", "1500000", "2026-11-20T12:01:00Z"),
    ]

    assert told(*headers, now=NOON - 3600) == Allowances(
        Allowance(4000, 3999, 1),
        Allowance(2_000_000, 1_500_000, 15),
        Allowance(400_000, 0, 60),
    )


def test_without_a_date_the_own_clock_counts() -> None:
    found = told(*group("requests", "50", "49", "2026-11-20T13:00:30+01:00"))

    assert found == Allowances(Allowance(50, 49, 30))


def test_a_limit_of_both_kinds_of_tokens_stands_in_for_that_of_input() -> None:
    found = told(*group("tokens", "1000", "10", "2026-11-20T12:00:06Z"))

    assert found == Allowances(input_tokens=Allowance(1000, 10, 6))


def test_a_reset_in_the_past_is_now() -> None:
    found = told(*group("requests", "50", "50", "2026-11-20T11:00:00Z"))

    assert found == Allowances(Allowance(50, 50, 0))


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ([], None),
        ([("date", DATE), ("content-type", "x")], None),
        (group("requests", "many", "", "soon"), None),
        (group("requests", "nan", "inf", "2026-11-20T12:00:00"), None),
        (group("requests", "-5", "-1", "2026-99-99T12:00:00Z"), Allowance(None, 0, None)),
        (group("requests", "0", "7", "\xff"), Allowance(None, 7, None)),
        (group("nonsense", "1", "1", ""), None),
        ([("date", "yesterday"), *group("requests", "5", "4", "")], Allowance(5, 4, None)),
    ],
)
def test_malformed_headers_are_ignored(
    headers: list[tuple[str, str]], found: Allowance | None
) -> None:
    assert told(*headers) == (None if found is None else Allowances(found))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7.5"}, 7.5),
        ({"retry-after": "86400"}, 86400.0),
        ({"retry-after-ms": "1500", "retry-after": "2"}, 1.5),
        ({"retry-after-ms": "many", "retry-after": "2"}, 2.0),
        ({"retry-after": "Fri, 20 Nov 2026 12:00:30 GMT", "date": DATE}, 30.0),
        ({"retry-after": "Fri, 20 Nov 2026 11:00:00 GMT", "date": DATE}, 0.0),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": ""}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "Fri, 99 Nov 99999999999 12:00:00 GMT"}, None),
    ],
)
def test_how_long_to_wait_is_read_in_all_its_forms(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after(headers) == seconds


def test_good_answers_and_errors_both_tell_the_limits() -> None:
    seen: list[tuple[str, Allowances]] = []
    limits = RateLimits(requests=2, input_tokens=1000, output_tokens=600, clock=lambda: 0.0)
    with MessagesApi(lambda _: "y" * 40, limits=limits) as api:
        model = AnthropicModel(KEY, api.url, on_allowances=lambda *said: seen.append(said))
        model.complete(PROMPT)
        model.complete(PROMPT)
        with pytest.raises(ModelBusy) as caught:
            model.complete(PROMPT)
        model.close()

    assert caught.value.rate_limited
    assert caught.value.retry_after == 30.0
    assert "exceed your rate limit of requests" in str(caught.value)
    assert {name for name, _ in seen} == {"claude-sonnet-5-5"}
    assert [one.requests for _, one in seen] == [
        Allowance(2, 1, 30),
        Allowance(2, 0, 60),
        Allowance(2, 0, 60),
    ]
    assert [one.input_tokens.remaining for _, one in seen] == [900, 800, 800]
    assert [one.output_tokens.remaining for _, one in seen] == [590, 580, 580]


def test_streams_tell_the_limits_as_soon_as_they_begin() -> None:
    seen: list[float | None] = []
    limits = RateLimits(requests=5, clock=lambda: 0.0)
    with MessagesApi(limits=limits, faults=[Fault(cut_at=1)]) as api:
        model = AnthropicModel(
            KEY, api.url, stream=True, on_allowances=lambda _, one: seen.append(one.requests.limit)
        )
        with pytest.raises(Exception, match="broke off"):
            model.complete(PROMPT)
        model.close()

    assert seen == [5]


def test_a_server_without_limits_tells_nothing() -> None:
    seen: list[Allowances] = []
    with MessagesApi() as api:
        model = AnthropicModel(KEY, api.url, on_allowances=lambda _, one: seen.append(one))
        model.complete(PROMPT)
        model.close()

    assert seen == []


def test_a_spend_limit_says_what_to_do() -> None:
    with MessagesApi(faults=[Fault(402, "credit balance is too low")]) as api:
        model = AnthropicModel(KEY, api.url)
        with pytest.raises(BudgetExceeded, match="raise the limit or pay at the provider"):
            model.complete(PROMPT)
        model.close()


def test_a_bucket_turns_away_what_comes_too_soon_and_fills_steadily() -> None:
    now = [0.0]
    limits = RateLimits(requests=60, input_tokens=600, seconds=1, clock=lambda: now[0])

    assert limits.admit(10) == ""
    assert limits.admit(1) == "requests"
    now[0] = 1.0
    assert limits.admit(11) == ""
    assert limits.wait(10) == pytest.approx(1.1)
    now[0] = 2.2
    limits.give(1000)
    assert limits.admit(10) == ""
    assert limits.refused == 1


def test_output_is_taken_when_it_is_known_and_waited_off() -> None:
    now = [0.0]
    limits = RateLimits(output_tokens=60, clock=lambda: now[0])

    assert limits.admit(1) == ""
    limits.give(70)
    assert limits.admit(1) == "output-tokens"
    assert limits.wait(1) == 10.0
    now[0] = 10.5
    assert limits.admit(1) == ""


def test_no_more_pass_than_the_limit_allows_however_many_ask() -> None:
    limits = RateLimits(requests=10, clock=lambda: 0.0, wall=time.time)
    with MessagesApi(limits=limits) as api:
        model = AnthropicModel(KEY, api.url, connections=8)

        def asked(_: int) -> bool:
            try:
                return bool(model.complete(PROMPT).text)
            except ModelBusy:
                return False

        with ThreadPoolExecutor(8) as threads:
            passed = sum(threads.map(asked, range(30)))
        model.close()

    assert passed == 10
    assert limits.refused == 20

"""The data block: only who holds the secret can close it."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from tickmark.llm.fenced import FencedModel, fenced
from tickmark.llm.model import Prompt, Reply

PROMPT = Prompt(model="m", system="constant", user="Analyse.", data="A1: 1")


class Recorder:
    def __init__(self) -> None:
        self.seen: list[Prompt] = []

    def complete(self, prompt: Prompt) -> Reply:
        self.seen.append(prompt)
        return Reply("ok")


@given(st.text())
def test_no_text_closes_its_own_block(data: str) -> None:
    sent = fenced(Prompt(model="m", system="s", user="Question", data=data or "x"), b"secret").user

    fence = re.match(r'<data fence="([0-9a-f]{16})">\n', sent)
    assert fence is not None
    closing = f'</data fence="{fence[1]}">'
    assert sent.count(closing) == 1
    assert sent.endswith(f"\n{closing}\n\nQuestion")


def test_a_fence_learnt_from_one_run_is_worthless_in_the_next() -> None:
    one, two = Recorder(), Recorder()

    FencedModel(one).complete(PROMPT)
    FencedModel(two).complete(PROMPT)

    assert one.seen[0].user != two.seen[0].user


def test_equal_data_has_an_equal_block_within_a_run_so_that_it_can_be_cached() -> None:
    recorder = Recorder()
    model = FencedModel(recorder)

    model.complete(PROMPT)
    model.complete(Prompt(model="m", system="constant", user="Another question.", data="A1: 1"))

    blocks = [prompt.user.rpartition("\n\n")[0] for prompt in recorder.seen]
    assert blocks[0] == blocks[1]


def test_the_system_text_stays_as_it_is_and_the_data_moves_into_the_user_text() -> None:
    shown: list[Prompt] = []
    recorder = Recorder()

    FencedModel(recorder, show=shown.append).complete(PROMPT)

    assert recorder.seen == shown
    assert recorder.seen[0].system == "constant"
    assert recorder.seen[0].data == ""
    assert "A1: 1" in recorder.seen[0].user


def test_a_prompt_without_data_is_sent_as_it_is() -> None:
    bare = Prompt(model="m", system="s", user="hello")

    assert fenced(bare, b"secret") == bare


def test_data_is_part_of_the_key_and_the_fence_is_not() -> None:
    other = Prompt(model="m", system="constant", user="Analyse.", data="A1: 2")

    assert PROMPT.key != other.key
    assert PROMPT.key == Prompt(model="m", system="constant", user="Analyse.", data="A1: 1").key

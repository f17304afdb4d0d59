"""The content address of a prompt, which is remembered once it was asked for."""

from __future__ import annotations

import json
import pickle
from copy import copy
from dataclasses import replace
from hashlib import sha256

import pytest

from tickmark.llm.model import LONG_TEXT, Prompt


def addressed(prompt: Prompt) -> str:
    fields = [prompt.model, prompt.system, prompt.user, prompt.data, prompt.schema, 4096]
    text = json.dumps(fields, sort_keys=True, ensure_ascii=False)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@pytest.mark.parametrize("size", [0, 1900, 2046, 2047, 2048, 9000, LONG_TEXT, 2 * LONG_TEXT])
def test_the_key_is_one_hash_over_the_fields_however_long_they_are(size: int) -> None:
    prompt = Prompt("m", "s", "é" * (size // 2), schema={"b": 1, "a": 2})

    assert prompt.key == addressed(prompt)
    assert prompt.key == addressed(prompt)


def test_the_key_of_a_short_prompt_never_changes() -> None:
    assert Prompt("m", "s", "u").key == (
        "9e7f009e6125a671f5a4f9dbf7fac44c803a3b6716ea5e27cc3101b3e1566b9a"
    )


def test_a_changed_prompt_has_a_key_of_its_own() -> None:
    first = Prompt("m", "s", "u")
    before = first.key
    second = replace(first, user="v")

    assert second.key == addressed(second) != before
    assert first.key == before


def test_a_prompt_whose_key_was_asked_for_is_the_same_as_before() -> None:
    asked, other = Prompt("m", "s", "u"), Prompt("m", "s", "u")
    assert asked.key

    assert asked == other
    assert repr(asked) == repr(other)
    assert hash(asked) == hash(other)
    assert copy(asked).key == pickle.loads(pickle.dumps(asked)).key == other.key  # noqa: S301 - our own

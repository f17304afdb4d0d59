"""Claims of keys, between users of one process and between processes."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from zlib import crc32

import pytest

from tickmark.llm.claims import Claims

KEY, OTHER = b"k" * 32, b"o" * 32

# Claims keys that come line by line, and says whether each could be had.
TAKES = """
import sys
from pathlib import Path
from tickmark.llm.claims import Claims
claims = Claims(Path(sys.argv[1]))
for line in sys.stdin:
    print(claims.take(bytes.fromhex(line)), flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "claims"


@pytest.fixture
def elsewhere(path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", TAKES, str(path)]
    with subprocess.Popen(  # noqa: S603 - our own Python
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


def taken_by(process: subprocess.Popen[str], key: bytes) -> bool:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(key.hex() + "\n")
    process.stdin.flush()
    return process.stdout.readline() == "True\n"


def test_two_users_of_a_process_never_hold_the_same_key(path: Path) -> None:
    one, two = Claims(path), Claims(path)

    assert [one.take(KEY), one.take(KEY), two.take(KEY), two.take(OTHER)] == [
        True,
        False,
        False,
        True,
    ]
    two.release(KEY)
    assert not two.take(KEY)
    one.release(KEY)
    assert two.take(KEY)
    one.close()
    two.close()


def test_what_one_process_holds_another_does_not_get(
    path: Path, elsewhere: subprocess.Popen[str]
) -> None:
    claims = Claims(path)
    assert claims.take(KEY)

    assert not taken_by(elsewhere, KEY)
    assert taken_by(elsewhere, OTHER)
    assert claims.take(OTHER) is False
    claims.release(KEY)
    assert taken_by(elsewhere, KEY)
    assert claims.take(KEY) is False
    elsewhere.kill()
    elsewhere.wait()
    assert claims.take(KEY)
    claims.close()


def test_a_user_that_ends_takes_no_claim_of_another_along(
    path: Path, elsewhere: subprocess.Popen[str]
) -> None:
    one, two = Claims(path), Claims(path)
    assert one.take(KEY)
    assert two.take(OTHER)

    two.close()

    assert two.take(OTHER) is None
    assert not taken_by(elsewhere, KEY)
    assert taken_by(elsewhere, OTHER)
    one.close()
    assert taken_by(elsewhere, KEY)


def test_keys_at_one_place_wait_for_each_other(path: Path) -> None:
    first, second = _at_one_place()
    claims = Claims(path)
    assert claims.take(first)

    assert claims.take(second) is False
    claims.release(first)
    assert claims.take(second)
    claims.close()


def _at_one_place() -> tuple[bytes, bytes]:
    keys: dict[int, bytes] = {}
    key, place = b"", -1
    while place not in keys:
        keys[place] = key
        key = os.urandom(32)
        place = crc32(key) % 2**31
    return keys[place], key


def test_of_many_threads_one_gets_each_key(path: Path) -> None:
    users = [Claims(path) for _ in range(4)]
    keys = [os.urandom(32) for _ in range(100)]

    with ThreadPoolExecutor(16) as threads:
        got = threads.map(lambda user: [key for key in keys if user.take(key)], users * 8)

    assert sorted(key for some in got for key in some) == sorted(keys)
    for user in users:
        user.close()
    again = Claims(path)
    assert all(again.take(key) for key in keys)
    again.close()


def test_the_file_is_for_its_owner_alone_and_stays_empty(path: Path) -> None:
    claims = Claims(path)
    assert not path.exists()
    claims.take(KEY)

    assert path.stat().st_size == 0
    if sys.platform != "win32":
        assert path.stat().st_mode & 0o777 == 0o600
    claims.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows removes no open file")
def test_a_file_that_was_removed_is_made_anew_as_soon_as_nobody_holds_a_key(
    path: Path, elsewhere: subprocess.Popen[str]
) -> None:
    claims = Claims(path)
    claims.take(KEY)
    path.unlink()
    claims.release(KEY)

    assert claims.take(OTHER)
    assert not taken_by(elsewhere, OTHER)
    claims.close()


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_name_that_means_another_file_by_now_ends_well(tmp_path: Path) -> None:
    first, second, link = tmp_path / "first", tmp_path / "second", tmp_path / "link"
    for folder in (first, second):
        folder.mkdir()
    link.symlink_to(first)
    one, two = Claims(link / "claims"), Claims(second / "claims")
    assert one.take(KEY)
    assert two.take(KEY)
    link.unlink()
    link.symlink_to(second)

    one.close()

    assert not Claims(link / "claims").take(KEY)
    two.close()


def test_only_the_key_that_is_held_is_given_back(path: Path) -> None:
    one, two = Claims(path), Claims(path)
    first, second = _at_one_place()
    one.take(first)
    one.release(second)

    assert two.take(first) is False
    one.close()
    two.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks")
def test_a_fork_holds_nothing_of_its_parent(path: Path) -> None:
    claims = Claims(path)
    claims.take(KEY)
    context = multiprocessing.get_context("fork")
    with warnings.catch_warnings(), ProcessPoolExecutor(1, mp_context=context) as child:
        warnings.simplefilter("ignore", DeprecationWarning)
        assert not child.submit(claims.take, KEY).result(20)
        claims.release(KEY)
        assert child.submit(claims.take, KEY).result(20)
    claims.close()


def test_where_there_can_be_no_file_nobody_can_tell(tmp_path: Path) -> None:
    claims = Claims(tmp_path / "no" / "such" / "folder")

    assert claims.take(KEY) is None
    claims.release(KEY)
    claims.close()

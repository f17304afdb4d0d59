"""Messages between this process and a child that runs this very package: objects over a pipe.

They are pickled, as between the worker processes of the standard library: both ends are our own
code, started by us with our own rights, and what a workbook holds only ever is text and numbers
inside the objects. Arrays follow behind the pickle as they lie in memory.
"""

from __future__ import annotations

import pickle
import struct
from typing import IO, Any, Final

_MARK: Final = b"tickmark"
_COUNT: Final = struct.Struct("<Q")


def send(pipe: IO[bytes], message: object) -> None:
    """Write a message. Raises OSError where nobody reads any more."""
    arrays: list[pickle.PickleBuffer] = []
    told = pickle.dumps(message, protocol=5, buffer_callback=arrays.append)
    blocks = [memoryview(told), *(array.raw() for array in arrays)]
    sizes = [block.nbytes for block in blocks]
    pipe.write(_MARK + b"".join(_COUNT.pack(number) for number in (len(sizes), *sizes)))
    for block in blocks:
        pipe.write(block)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Any:  # noqa: ANN401 - the two ends know what they say
    """Read a message.

    Raises EOFError where the other end closed the pipe instead, ValueError where something else
    wrote into it.
    """
    if _block(pipe, len(_MARK)) != _MARK:
        raise ValueError("no message")
    sizes = [_number(pipe) for _ in range(_number(pipe))]
    told, *arrays = [_block(pipe, size) for size in sizes]
    writable = map(bytearray, arrays)  # as arrays are that were made here
    return pickle.loads(told, buffers=writable)  # noqa: S301 - from our own code, see above


def _number(pipe: IO[bytes]) -> int:
    found: int = _COUNT.unpack(_block(pipe, _COUNT.size))[0]
    return found


def _block(pipe: IO[bytes], size: int) -> bytes:
    block = pipe.read(size)
    if len(block) < size:
        raise EOFError
    return block

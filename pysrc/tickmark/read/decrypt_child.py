"""The child process that decrypts a workbook in memory with msoffcrypto-tool.

The request is `{"password": "..." or null, ...}`. The answer is a line `{"encrypted": true}`, a
line `{"opened": true}` where a password fits, and the decrypted bytes. A file that the library
cannot read, or that asks for endless work, ends the process, so that lines and bytes are missing.
"""

from __future__ import annotations

import io
import json
import sys
from typing import Any

from tickmark.read.own_limits import limit_self

READ_ONLY_PASSWORD = "VelvetSweatshop"  # noqa: S105 - Excel's own, public: opens without asking


def main() -> None:
    """Answer one request."""
    request = json.loads(sys.stdin.buffer.readline())
    limit_self(request["memory"], request["seconds"])
    from msoffcrypto import OfficeFile  # noqa: PLC0415 - only behind the limits

    file = OfficeFile(io.BytesIO(sys.stdin.buffer.read()))
    _say({"encrypted": file.is_encrypted()})
    opened = _load_key(file, request["password"]) or _load_key(file, READ_ONLY_PASSWORD)
    _say({"opened": opened})
    if opened:
        plain = io.BytesIO()
        file.decrypt(plain)
        sys.stdout.buffer.write(plain.getvalue())
        sys.stdout.buffer.flush()


def _load_key(file: Any, password: str | None) -> bool:  # noqa: ANN401 - ships no types
    """Whether a password is the right one; the file can then be decrypted."""
    from msoffcrypto.exceptions import InvalidKeyError  # noqa: PLC0415 - only behind the limits

    if not password:
        return False
    try:
        if file.format == "ooxml":
            file.load_key(password=password, verify_password=True)
        else:  # the older formats always verify
            file.load_key(password=password)
    except InvalidKeyError:
        return False
    return True


def _say(message: dict[str, bool]) -> None:
    sys.stdout.buffer.write(json.dumps(message).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()

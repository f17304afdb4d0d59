"""The child process that decrypts a workbook in memory with msoffcrypto-tool.

The request is `{"password": "..." or null, ...}`. The answer is a line `{"status": "open" |
"password" | "damaged"}`, followed by the decrypted bytes where it is `open`.
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
    status, opened = _decrypt(sys.stdin.buffer.read(), request["password"])
    sys.stdout.buffer.write(json.dumps({"status": status}).encode() + b"\n")
    sys.stdout.buffer.write(opened)
    sys.stdout.buffer.flush()


def _decrypt(data: bytes, password: str | None) -> tuple[str, bytes]:
    from msoffcrypto import OfficeFile, exceptions  # noqa: PLC0415 - only behind the limits

    opened = io.BytesIO()
    try:
        file = OfficeFile(io.BytesIO(data))
        _load_key(file, READ_ONLY_PASSWORD if password is None else password)
        file.decrypt(opened)
    except exceptions.InvalidKeyError:
        return "password", b""
    except (exceptions.FileFormatError, exceptions.ParseError, exceptions.DecryptionError):
        return "damaged", b""
    return "open", opened.getvalue()


def _load_key(file: Any, password: str) -> None:  # noqa: ANN401 - ships no types
    if file.format == "ooxml":
        file.load_key(password=password, verify_password=True)
    else:  # the older formats always verify
        file.load_key(password=password)


if __name__ == "__main__":
    main()

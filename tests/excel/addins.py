"""Small files with the properties of an add-in."""

from __future__ import annotations

import io
import zipfile


def addin(tickmark: str = "0.1.0", name: str = "Tickmark") -> bytes:
    """A file with the properties of an add-in."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            # A time of its own: the same add-in has the same bytes whenever it is made.
            zipfile.ZipInfo("docProps/custom.xml"),
            f'<Properties><property fmtid="{{D5}}" pid="2" name="{name}">'
            f"<vt:lpwstr>{tickmark}</vt:lpwstr></property>"
            '<property fmtid="{D5}" pid="3" name="xlwings"><vt:lpwstr>0.37.8</vt:lpwstr>'
            "</property></Properties>",
        )
    return out.getvalue()

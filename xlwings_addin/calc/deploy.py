"""Install or remove an extension through a running LibreOffice; for its own Python.

    python deploy.py PIPE add FILE IDENTIFIER
    python deploy.py PIPE remove FILE IDENTIFIER

Ends that LibreOffice, so that the next one knows the change. Python 3.8 and later.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import uno
import unohelper
from com.sun.star.task import XInteractionHandler
from com.sun.star.ucb import XCommandEnvironment, XProgressHandler

_SECONDS = 60.0
_TRIES = 5


class Consent(unohelper.Base, XCommandEnvironment, XInteractionHandler, XProgressHandler):
    """Answers yes to what a user would be asked: who installs has said so already."""

    def getInteractionHandler(self) -> Any:
        return self

    def getProgressHandler(self) -> Any:
        return self

    def handle(self, request: Any) -> None:
        approve = uno.getTypeByName("com.sun.star.task.XInteractionApprove")
        for continuation in request.getContinuations():
            if continuation.queryInterface(approve) is not None:
                continuation.select()
                return

    def push(self, status: Any) -> None:
        """Progress, which nobody sees."""

    def update(self, status: Any) -> None:
        """Progress, which nobody sees."""

    def pop(self) -> None:
        """Progress, which nobody sees."""


def connected(pipe: str) -> Any:
    """The component context of the office behind a pipe."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext(
        "com.sun.star.bridge.UnoUrlResolver", local
    )
    refused = uno.getClass("com.sun.star.connection.NoConnectException")
    end = time.monotonic() + _SECONDS
    while True:
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except refused:  # noqa: PERF203 - it may take a while to start
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def deployed(context: Any, action: str, file: str, identifier: str) -> None:
    """Remove the extension where it is there, and add it where that is asked."""
    extensions = context.getValueByName("/singletons/com.sun.star.deployment.ExtensionManager")
    present = [
        one.getIdentifier().Value
        for one in extensions.getDeployedExtensions(
            "user", extensions.createAbortChannel(), Consent()
        )
    ]
    if identifier in present:
        extensions.removeExtension(
            identifier, file, "user", extensions.createAbortChannel(), Consent()
        )
    elif action == "remove":
        sys.stdout.write("there is no such extension\n")
    if action == "add":
        url = uno.systemPathToFileUrl(file)
        extensions.addExtension(url, (), "user", extensions.createAbortChannel(), Consent())


def main(pipe: str, action: str, file: str, identifier: str) -> None:
    """Do it, then end the office."""
    context = connected(pipe)
    # An office that is still starting may fail in any way, even with a bad_alloc of C++.
    starting = uno.getClass("com.sun.star.uno.RuntimeException")
    try:
        for left in range(_TRIES, 0, -1):
            try:
                deployed(context, action, file, identifier)
                break
            except starting:
                if left == 1:
                    raise
                time.sleep(1.0)
    finally:
        desktop = context.ServiceManager.createInstanceWithContext(
            "com.sun.star.frame.Desktop", context
        )
        desktop.terminate()


if __name__ == "__main__":
    main(*sys.argv[1:])

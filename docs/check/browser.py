"""A headless Chromium of our own, and one tab in it that is spoken to in the DevTools protocol."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from websockets.sync.client import connect

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
OPTIONS = (  # nothing of its own accord, and no sandbox, which containers do not allow
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
)
PATIENCE = 30.0  # seconds for anything


class Tab:
    """Commands go out, answers come back; events that come in between are kept."""

    def __init__(self, url: str) -> None:
        self.socket = connect(url, max_size=None, proxy=None)
        self.number = 0
        self.events: list[dict[str, Any]] = []

    def ask(self, method: str, **parameters: object) -> dict[str, Any]:
        """Send a command and wait for its answer."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        self.socket.send(json.dumps(message))
        while (answer := json.loads(self.socket.recv(timeout=PATIENCE))).get("id") != self.number:
            self.events.append(answer)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def run(self, script: str) -> Any:
        """The value of a script in the page."""
        wanted = {"awaitPromise": True, "returnByValue": True}
        answer = self.ask("Runtime.evaluate", expression=script, **wanted)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{answer['exceptionDetails']} in {script[:80]}")
        return answer["result"].get("value")

    def open(self, url: str) -> None:
        """Go to a page and wait until everything on it is there."""
        self.events.clear()
        self.ask("Page.navigate", url=url)
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(json.loads(self.socket.recv(timeout=PATIENCE)))

    def press(self, key: str) -> None:
        """Press and release one key."""
        code = {"Tab": 9, "Enter": 13, "Escape": 27}.get(key, ord(key[0].upper()))
        text = {"text": key} if len(key) == 1 else {"text": "\r"} if key == "Enter" else {}
        for kind in ("keyDown", "keyUp"):
            detail = {"type": kind, "key": key, "windowsVirtualKeyCode": code}
            self.ask("Input.dispatchKeyEvent", **detail, **(text if kind == "keyDown" else {}))


@contextlib.contextmanager
def browser() -> Iterator[Tab]:
    """Start Chromium with an empty profile, hand out its tab, and end it."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        raise SystemExit(f"expected one of {', '.join(NAMES)} on the PATH, found none: install one")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [program, *OPTIONS, f"--user-data-dir={profile}", "about:blank"]
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(command, stdout=quiet, stderr=quiet)
        try:
            yield Tab(first_tab(Path(profile) / "DevToolsActivePort"))
        finally:
            process.terminate()
            process.wait(PATIENCE)


def first_tab(port_file: Path) -> str:
    """The address of the tab that a browser opened, once it is there."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if port_file.is_file() and (lines := port_file.read_text().split()):
            tabs = json.load(direct.open(f"http://127.0.0.1:{lines[0]}/json/list"))
            pages = [tab for tab in tabs if tab["type"] == "page"]
            if pages:
                return str(pages[0]["webSocketDebuggerUrl"])
        time.sleep(0.1)
    raise SystemExit(f"expected Chromium to start within {PATIENCE:.0f} seconds, and it did not")

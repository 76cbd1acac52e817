"""Kill processes that download, and let two of them download at once."""

from __future__ import annotations

import contextlib
import hashlib
import random
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from children import Child, able
from rows import Row

from microgradx.datasets import download as module

__all__ = ["downloads"]

CONTENT = random.Random(0).randbytes(1 << 18)
SHA256 = {"a.bin": hashlib.sha256(CONTENT).hexdigest()}


class Handler(BaseHTTPRequestHandler):
    """Sends the file piece by piece, so that a kill finds it half-way."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        with contextlib.suppress(OSError):  # the client is gone
            for at in range(0, len(CONTENT), 1 << 14):
                self.wfile.write(CONTENT[at : at + (1 << 14)])
                time.sleep(0.001)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextlib.contextmanager
def server() -> Iterator[str]:
    """A mirror on this machine; for the time being it may be asked without https."""
    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True).start()
    before, module.SCHEMES = module.SCHEMES, ("http://127.0.0.1:",)
    try:
        yield f"http://127.0.0.1:{http.server_port}/"
    finally:
        module.SCHEMES = before
        http.shutdown()
        http.server_close()


def downloads(count: int) -> Row:
    """So many processes killed while they download; after every tenth, two that are not."""
    row, rng = Row("SIGKILL at a random instant of downloading"), random.Random(5)
    try:
        import pooch
    except ImportError:
        row.notes = "needs pooch"
        return row
    if not able:
        row.notes = "not on this system"
        return row
    half = 0
    with tempfile.TemporaryDirectory() as place, server() as url:
        folder = Path(place) / "set"
        cache, pooch.os_cache = pooch.os_cache, lambda name: Path(place)

        def work(tell: object) -> None:
            tell(0)
            module.download("set", [url], SHA256)

        while row.tried < count:
            child = Child(work)
            child.wait_for_number()
            time.sleep(rng.random() * 0.15)
            code, _ = child.end(signal.SIGKILL)
            there = folder / "a.bin"
            whole = there.exists() and there.read_bytes() == CONTENT
            half += code == -signal.SIGKILL and not whole
            row.expect(whole or not there.exists(), "a part had the name of the whole")
            if row.tried % 10 == 0:
                there.unlink(missing_ok=True)
                codes = [child.end()[0] for child in [Child(work), Child(work)]]
                if codes != [0, 0] or there.read_bytes() != CONTENT:
                    row.losses.append(f"two at once: {codes}")
            there.unlink(missing_ok=True)
        pooch.os_cache = cache
    row.notes = f"{half} before the file was there; {count // 10} times two at once"
    return row

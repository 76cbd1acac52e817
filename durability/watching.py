"""What a reader of files has no business to do, seen by an audit hook while it reads."""

from __future__ import annotations

import contextlib
import os
import sys
import time
import tracemalloc
import unicodedata  # noqa: F401, Python's parser loads it where a header of .npy is not ASCII
from collections.abc import Iterator
from typing import Any

__all__ = ["Watch", "watched"]

SECONDS = 1.0  # of computing: how long others keep the machine busy is not the reader's fault
SLACK = 1 << 20  # what Python needs whatever the size of the file, such as for an error
FORBIDDEN = {
    *("import", "exec", "compile", "code", "pickle", "marshal", "ctypes", "subprocess", "os"),
    *("socket", "shutil", "tempfile", "urllib", "mmap", "fcntl", "signal", "sys"),
}
LOOKING = ("os.listdir", "os.scandir")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Watch:
    """What was seen in one block.

    Attributes:
        seen: imports, code run, processes started, files opened for writing, and the like.
        seconds: the time that it took to compute.
        peak: the memory that it took, in bytes; `tracemalloc` has to be on.
    """

    now: Watch | None = None
    installed = False

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.seconds, self.peak = 0.0, 0

    def problem(self, size: int) -> str:
        """What a reader of a file of so many bytes did wrong, if anything."""
        if self.seen:
            return f"the reader did {self.seen}"
        if self.seconds > SECONDS:
            return f"took {self.seconds:.2f} s for {size:,} bytes"
        if self.peak > 3 * size + SLACK:
            return f"took {self.peak:,} bytes for {size:,}"
        return ""


def hook(event: str, arguments: tuple[Any, ...]) -> None:
    """Note what happens in a block that is watched."""
    if Watch.now is None:
        return
    writing = event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING
    if writing or (event.partition(".")[0] in FORBIDDEN and event not in LOOKING):
        Watch.now.seen.append(f"{event} {arguments[:1]!r:.80}")


@contextlib.contextmanager
def watched() -> Iterator[Watch]:
    """Watch what happens in a block. A hook stays for ever, so there is one."""
    if not Watch.installed:
        sys.addaudithook(hook)
        Watch.installed = True
    watch = Watch()
    tracemalloc.reset_peak()
    held, start = tracemalloc.get_traced_memory()[0], time.process_time()
    Watch.now = watch
    try:
        yield watch
    finally:
        Watch.now = None
        watch.seconds = time.process_time() - start
        watch.peak = tracemalloc.get_traced_memory()[1] - held

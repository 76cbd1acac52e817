"""Let strace make every system call of a save fail, or kill the process there.

The calls inside the safetensors library are reached in this way too. The saving process waits
until strace holds it, so that only the calls of the save are counted.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

import versions
from children import Child, able
from rows import Row

from vhgrad.checkpoint import CheckpointError

__all__ = ["system_faults"]

CALLS = (
    "?mkdir,?mkdirat,?open,?openat,?flock,?write,?pwrite64,?writev,?ftruncate,?fsync,?fdatasync,"
    "?rename,?renameat,?renameat2,?chmod,?fchmod,?fchmodat,?unlink,?unlinkat,?rmdir,?getdents64,"
    "?lseek,?read,?stat,?newfstatat,?fstat"
)
FAULTS = ("signal=KILL", "error=ENOSPC", "error=EIO", "error=EACCES", "error=EINTR")


def system_faults(count: int) -> Row:
    """So many faults at every system call of a save, as often as the save makes it."""
    row = Row("a fault or SIGKILL at every system call of a save")
    if not able or shutil.which("strace") is None:
        row.notes = "strace is not here"
        return row
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "run.safetensors"
        versions.write(path, 1)
        traced = save_traced(path, ())
        if traced is None:
            row.notes = "strace may not look into processes here"
            return row
        calls = Counter(re.findall(r"^(?:\[pid +\d+\] )?(\w+)\(", traced[1], re.MULTILINE))
        hit = 0
        for fault in FAULTS[:count]:
            for name, times in calls.items():
                for time in range(1, times + 1):
                    versions.write(path, 1)
                    where = f"{fault} at {name} {time}"
                    if os.listdir(place) != [path.name]:
                        row.losses.append(f"before {where}: {os.listdir(place)} stays")
                    code, text = save_traced(path, ("-e", f"inject={name}:{fault}:when={time}"))
                    hit += "INJECTED" in text or "SIGKILL" in text
                    try:
                        now = versions.found(path)
                    except (CheckpointError, OSError) as error:
                        row.expect(False, f"{where}: {error}")
                    else:
                        row.expect(now == 2 or code != 0, f"{where}: lost without a word")
    row.notes = f"{sum(calls.values())} system calls, {hit} faults took place"
    return row


def save_traced(path: Path, inject: tuple[str, ...]) -> tuple[int, str] | None:
    """Save version 2 under strace: how the process ended, and what strace saw of it.

    Returns:
        None if strace cannot hold the process.
    """
    go, start = os.pipe()

    def work(tell: object) -> None:
        os.read(go, 1)
        versions.write(path, 2)

    child = Child(work)
    command = ["strace", "-f", "-p", str(child.pid), "-e", f"trace={CALLS}", *inject]
    strace = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    held = any("attached" in line for line in iter(strace.stderr.readline, ""))
    if held:
        os.write(start, b"x")
    text = strace.stderr.read()
    code, _ = child.end(None if held else signal.SIGKILL)
    strace.wait()
    strace.stderr.close()
    os.close(go)
    os.close(start)
    return (code, text) if held else None

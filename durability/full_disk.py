"""Save and download where the disk is full, or may only be read: on a small disk in memory.

Mounting one needs rights, which Linux gives to a process in a namespace of its own: this file, run
as a program there, does the work and prints what it found.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import versions
from downloads import SHA256, server
from rows import Row

from microgradx.datasets import DatasetError
from microgradx.datasets.download import download
from vhgrad.checkpoint import Checkpoint

__all__ = ["full_disk"]

SIZE = 3_000_000  # bytes, about three of the largest versions


def full_disk(count: int) -> Row:
    """Save, so many times, on a disk that is nearly full, then on one that is read-only."""
    row = Row("saving and downloading to a disk that is full or read-only")
    if shutil.which("unshare") is None:
        row.notes = "unshare is not here"
        return row
    program = ["unshare", "-r", "-m", sys.executable, __file__, str(count)]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    if done.returncode:
        row.notes = f"no disk could be mounted: {done.stderr.splitlines()[-1:]}"
        return row
    found = json.loads(done.stdout)
    return Row(row.name, found["tried"], found["losses"], found["notes"])


def inside(count: int) -> Row:
    """The same where mounting is allowed."""
    row, refused = Row(""), 0
    with tempfile.TemporaryDirectory() as place:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", place]
        subprocess.run(mount, check=True)
        path, last = Path(place) / "run.safetensors", 0
        versions.write(path, last)
        for number in range(1, count + 1):
            fill(place, SIZE - 900_000 - number * 7919 % 900_000)
            refused += attempt(row, path, last, number)
            last = versions.found(path)
        keeping = Checkpoint(Path(place) / "runs", keep_last=1)
        fill(place, 0)
        last = 0
        for number in range(1, count // 10 + 1):
            part = versions.Numbered(number, versions.Numbered.size_of(number))
            try:
                keeping.save(model=part)
            except OSError:
                refused += 1
            else:
                last = number
            row.expect(not last or versions.found(keeping.path) == last, f"kept {last}")
            fill(place, SIZE * (number % 3) // 3)
        fill(place, SIZE)
        row.expect(not fetched(place), "downloaded to a full disk")
        row.expect(not list(Path(place).glob("set/*")), "a part of a download stays")
        number = versions.found(path)
        subprocess.run(["mount", "-o", "remount,ro", place], check=True)
        refused += attempt(row, path, number, number + 1)
        row.expect(versions.found(path) == number, "changed on a read-only disk")
        row.expect(not fetched(place), "downloaded to a read-only disk")
        subprocess.run(["umount", place], check=True)
    row.notes = f"{refused} saves were refused"
    return row


def fill(place: str, size: int) -> None:
    """Another file of so many bytes, or as many as there is room for."""
    with contextlib.suppress(OSError):
        Path(place, "other").write_bytes(bytes(size))


def fetched(place: str) -> bool:
    """Whether a file can be downloaded to a disk; the error has to be the one that users see."""
    with contextlib.suppress(ImportError, DatasetError), server() as url:
        import pooch

        pooch.os_cache = lambda name: Path(place)
        download("set", [url], SHA256)
        return True
    return False


def attempt(row: Row, path: Path, last: int, number: int) -> bool:
    """Save over the last version; whether that was refused."""
    said = ""
    try:
        versions.write(path, number)
    except OSError as error:
        said = str(error)
    now = versions.found(path)
    row.expect(now == (last if said else number), f"saved {number} over {last}: {now}, {said}")
    left = [name for name in os.listdir(path.parent) if name.startswith(".")]
    if left:
        row.losses.append(f"left behind: {left}")
    return bool(said)


if __name__ == "__main__":
    print(json.dumps(asdict(inside(int(sys.argv[1])))))

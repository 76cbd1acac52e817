"""The folder of a run: one run at a time, and none is overwritten by mistake."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from vhgrad.checkpoint import files
from vhgrad.checkpoint.folder import advice
from vhgrad.checkpoint.paths import path_given

__all__ = ["CHECKPOINT", "METRICS", "FolderError", "checkpoint_at", "locked"]

CHECKPOINT = "checkpoint.safetensors"
METRICS = "metrics.json"


class FolderError(Exception):
    """The folder cannot be used for this run; the message is for the user."""


def checkpoint_at(place: str) -> str:
    """The file that a user means: it, or the one in the folder of a run; `~` is the home.

    Raises:
        FolderError: if it is a folder without one.
        FileNotFoundError: if the name is empty.
    """
    path = path_given(place)
    if not os.path.isdir(path):
        return path
    inside = os.path.join(path, CHECKPOINT)
    if not os.path.isfile(inside):
        raise FolderError(f"there is no {CHECKPOINT} in the folder {path}; {advice(path)}")
    return inside


@contextlib.contextmanager
def locked(out: Path, *, overwrite: bool, resume: bool) -> Iterator[None]:
    """Make the folder and keep other runs out of it; the system frees it if this one is killed.

    Raises:
        FolderError: if there is a run in it already, or none to resume, or one is at work.
        OSError: if it cannot be made or written to.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)  # now, not after minutes of training
    except FileExistsError:
        raise FolderError(f"{out} is a file; choose a folder with --out") from None
    lock = files.lock(os.path.realpath(out), wait=False)
    if lock is None and sys.platform != "win32":  # there are no such locks there
        raise FolderError(f"another run is at work in {out}; choose another folder with --out")
    try:
        there = [name for name in (CHECKPOINT, METRICS) if (out / name).exists()]
        if resume and CHECKPOINT not in there:
            raise FolderError(f"there is no {CHECKPOINT} in {out} to resume from")
        if there and not (overwrite or resume):
            raise FolderError(
                f"there is a run in {out}; go on with it (--resume), replace it (--overwrite), or "
                "choose another folder (--out)"
            )
        if not os.access(out, os.W_OK):
            raise PermissionError(13, "Permission denied", os.fspath(out))
        yield
    finally:
        files.unlock(lock)

"""Let every call to the file system fail, and every pair of calls, and look what is there."""

from __future__ import annotations

import contextlib
import errno
import os
import random
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import versions
from rows import Row

from vhgrad.checkpoint import CheckpointError, files

__all__ = ["faults", "reading_faults", "short_writes"]

ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EINTR)
OPENING = ("lock", "open_to_change", "open_to_read")  # what fails to open is not open


@contextlib.contextmanager
def replaced(wrap: Callable[[str, Callable[..., Any]], Callable[..., Any]]) -> Iterator[None]:
    """Every call of the file layer in a wrapper."""
    calls = {name: getattr(files, name) for name in files.__all__}
    for name, call in calls.items():
        setattr(files, name, wrap(name, call))
    try:
        yield
    finally:
        for name, call in calls.items():
            setattr(files, name, call)


class Faults:
    """Fail at the calls with these numbers: instead of doing their work, or after it."""

    def __init__(self, plan: dict[int, tuple[int, bool]]) -> None:
        self.plan, self.calls = plan, []

    def wrap(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """One call of the layer."""

        def wrapped(*arguments: Any, **settings: Any) -> Any:
            self.calls.append(name)
            fault, after = self.plan.get(len(self.calls), (0, False))
            if not fault:
                return call(*arguments, **settings)
            if name == "write_tensors" and not after:  # the library stops half-way
                Path(arguments[0]).write_bytes(b"half of a file")
            if name == "unlock" or (after and name not in OPENING):  # close() lets go in any case
                call(*arguments, **settings)
            raise OSError(fault, os.strerror(fault))

        return wrapped


def outcome(path: Path, plan: dict[int, tuple[int, bool]]) -> tuple[str, Faults]:
    """Save version 2 over version 1 under faults; what was lost, if anything."""
    faults, said = Faults(plan), None
    versions.write(path, 1)
    if os.listdir(path.parent) != [path.name]:
        return f"rubbish stays: {os.listdir(path.parent)}", faults
    with replaced(faults.wrap):
        try:
            versions.write(path, 2)
        except OSError as error:
            said = error.errno
    try:
        now = versions.found(path)
    except (CheckpointError, OSError) as error:
        return f"{plan}: {error}", faults
    if now == 1 and said is None:
        return f"{plan}: neither saved nor said so", faults
    if said is not None and said not in {fault for fault, _ in plan.values()}:
        return f"{plan}: said {said}", faults
    return "", faults


def faults(count: int) -> Row:
    """An error at every call of a save, and at pairs of calls, as many as asked for."""
    row, rng = Row("an error at every call of a save"), random.Random(2)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "run.safetensors"
        _, plain = outcome(path, {})
        calls = range(1, len(plain.calls) + 1)
        kinds = [(error, after) for error in ERRORS for after in (False, True)]
        plans = [{call: kind} for call in calls for kind in kinds]
        pairs = [
            {first: kind, second: other}
            for first in calls
            for second in range(first + 1, len(calls) + 4)  # clearing up makes more calls
            for kind in kinds
            for other in kinds[:4:2]
        ]
        plans += rng.sample(pairs, min(count, len(pairs)))
        for plan in plans:
            loss, _ = outcome(path, plan)
            row.expect(not loss, loss)
    single = len(calls) * len(kinds)
    row.notes = f"{len(calls)} calls, {single} single faults, {len(plans) - single} pairs"
    return row


def short_writes(count: int) -> Row:
    """The system takes and gives fewer bytes than asked for, at random."""
    row, rng = Row("short writes and short reads"), random.Random(3)

    def shorter(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        if name == "write_at":
            return lambda file, at, data: call(file, at, data[: rng.randint(1, len(data))])
        if name == "read_into":
            return lambda file, view: call(file, view[: rng.randint(1, max(len(view), 1))])
        return call

    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "run.safetensors"
        for number in range(count):
            with replaced(shorter):
                versions.write(path, number)
                now = versions.found(path)
            row.expect(now == number == versions.found(path), f"saved {number}, found {now}")
    return row


def reading_faults(count: int) -> Row:
    """An error at every call of a load: the error, and never a wrong number."""
    row = Row("an error at every call of a load")
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "run.safetensors"
        versions.write(path, 1)
        for error in ERRORS[:count]:
            for call in range(1, 20):
                faults, said = Faults({call: (error, False)}), None
                with replaced(faults.wrap):
                    try:
                        now = versions.found(path)
                    except OSError as caught:
                        said = caught.errno
                if len(faults.calls) < call:
                    break
                row.expect(said == error or now == 1, f"call {call}, {error}: said {said}")
    return row

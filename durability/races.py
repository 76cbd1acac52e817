"""Processes that save to one path, or read it, at the same time."""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import versions
from children import Child, able
from rows import Row

from vhgrad.checkpoint import Checkpoint, CheckpointError

__all__ = ["folder_races", "pauses", "races"]

WRITERS, READERS = 3, 2


def races(seconds: int) -> Row:
    """Three writers and two readers, so many seconds: whole files, and nothing else in the end."""
    row = Row(f"reads while {WRITERS} processes write the same file")
    if not able:
        row.notes = "not on this system"
        return row
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "run.safetensors"
        versions.write(path, 0)
        end = time.monotonic() + seconds

        def write(seed: int) -> object:
            rng = random.Random(seed)

            def work(tell: object) -> None:
                while time.monotonic() < end:
                    versions.write(path, rng.randrange(1000))
                    tell(1)

            return work

        writers = [Child(write(seed)) for seed in range(WRITERS)]
        readers = [Child(reading(path, end)) for _ in range(READERS)]
        told = [told for child in (*readers, *writers) for code, told in [drained(child, row)]]
        for good in (number for numbers in told[:READERS] for number in numbers):
            row.expect(good == 1, "a reader saw a part of a file")
        if os.listdir(place) != [path.name]:
            row.losses.append(f"not cleared up: {os.listdir(place)}")
        row.notes = f"{sum(map(len, told[READERS:])):,} saves"
    return row


def reading(path: Path, end: float) -> Callable[[Any], None]:
    """Read again and again, and tell whether what was read is whole."""

    def read(tell: Any) -> None:
        while time.monotonic() < end:
            try:
                versions.found(path)
            except (CheckpointError, OSError, UserWarning) as error:
                print(error, file=sys.stderr)
                tell(0)
            else:
                tell(1)

    return read


def folder_races(seconds: int) -> Row:
    """A `Checkpoint` that keeps one file, and two readers of its folder: there is always one."""
    row = Row(f"reads of a folder that keeps one file, by {READERS} processes")
    if not able:
        row.notes = "not on this system"
        return row
    with tempfile.TemporaryDirectory() as place:
        path, end = Path(place) / "runs", time.monotonic() + seconds
        keeping, number = Checkpoint(path, keep_last=1), 0
        keeping.save(model=versions.Numbered(0, versions.Numbered.size_of(0)))
        readers = [Child(reading(path, end)) for _ in range(READERS)]
        while time.monotonic() < end:
            number += 1
            keeping.save(model=versions.Numbered(number, versions.Numbered.size_of(number)))
        for reader in readers:
            for good in drained(reader, row)[1]:
                row.expect(good == 1, "a reader found no whole file")
        row.notes = f"{number:,} saves"
    return row


def pauses(count: int) -> Row:
    """A process that is halted while it saves, and goes on when another one has saved."""
    row, rng, between = (
        Row("SIGSTOP at a random instant of saving, another save, SIGCONT"),
        random.Random(7),
        0,
    )
    if not able:
        row.notes = "not on this system"
        return row
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "run.safetensors"

        def work(tell: Any) -> None:
            tell(0)
            for number in range(1, 6):
                versions.write(path, number)

        for number in range(count):
            versions.write(path, 0)
            child = Child(work)
            child.wait_for_number()
            time.sleep(rng.random() * 0.02)
            os.kill(child.pid, signal.SIGSTOP)
            between += len(os.listdir(place)) > 1
            versions.write(path, 10 + number)
            row.expect(versions.found(path) == 10 + number, "the other save was lost")
            os.kill(child.pid, signal.SIGCONT)
            code, _ = child.end()
            now = versions.found(path)
            row.expect(code == 0 and now in (5, 10 + number), f"ended with {code}, found {now}")
            if os.listdir(place) != [path.name]:
                row.losses.append(f"not cleared up: {os.listdir(place)}")
    row.notes = f"{between} in the middle of a save"
    return row


def drained(child: Child, row: Row) -> tuple[int, list[int]]:
    """Everything that a child tells, and how it ends."""
    told = []
    while (number := child.wait_for_number()) >= 0:
        told.append(number)
    code, _ = child.end()
    if code:
        row.losses.append(f"a process ended with {code}")
    return code, told

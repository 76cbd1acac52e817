"""Processes that save to one path and read it at the same time."""

from __future__ import annotations

import os
import random
import tempfile
import time
from pathlib import Path

import versions
from children import Child, able
from rows import Row

from vhgrad.checkpoint import CheckpointError

__all__ = ["races"]

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

        def read(tell: object) -> None:
            while time.monotonic() < end:
                try:
                    versions.found(path)
                except (CheckpointError, OSError):
                    tell(0)
                else:
                    tell(1)

        writers = [Child(write(seed)) for seed in range(WRITERS)]
        readers = [Child(read) for _ in range(READERS)]
        told = [told for child in (*readers, *writers) for code, told in [drained(child, row)]]
        for good in (number for numbers in told[:READERS] for number in numbers):
            row.expect(good == 1, "a reader saw a part of a file")
        if os.listdir(place) != [path.name]:
            row.losses.append(f"not cleared up: {os.listdir(place)}")
        row.notes = f"{sum(map(len, told[READERS:])):,} saves"
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

"""Kill a process that saves and saves, at random instants, and look what is there.

After every kill the file has to be whole, no older than the last save that came back, and no
newer than the one under way.
"""

from __future__ import annotations

import os
import random
import signal
import tempfile
import time
from pathlib import Path

import versions
from children import Child, able
from rows import Row

from vhgrad.checkpoint import Checkpoint, CheckpointError, load_checkpoint

__all__ = ["interrupts", "kills", "kills_while_keeping"]


def kills(count: int) -> Row:
    """G1: SIGKILL while one file is saved again and again."""
    return endings(count, signal.SIGKILL, "SIGKILL at a random instant of saving")


def interrupts(count: int) -> Row:
    """SIGINT, as Ctrl-C sends it: the save is finished or discarded, and its rubbish removed."""
    return endings(count, signal.SIGINT, "SIGINT at a random instant of saving")


def endings(count: int, how: int, name: str) -> Row:
    """End a child that saves, so many times."""
    row, rng = Row(name), random.Random(0)
    if not able:
        row.notes = "not on this system"
        return row
    with tempfile.TemporaryDirectory() as place:
        folder, last, inside, replaced = Path(place), 0, 0, 0
        path = folder / "run.safetensors"
        versions.write(path, last)

        def work(tell: object) -> None:
            number = last
            tell(number)
            while True:
                number += 1
                versions.write(path, number)
                tell(number)

        while row.tried < count:
            before = set(os.listdir(folder))
            child = Child(work)
            child.wait_for_number()
            time.sleep(rng.random() * 0.012)
            _, told = child.end(how)
            at_least = max([last, *told])
            try:
                now = versions.found(path)
            except (CheckpointError, OSError) as error:
                row.expect(False, f"after save {at_least}: {error}")
                break
            row.expect(at_least <= now <= at_least + 1, f"told {at_least}, found {now}")
            last = now
            replaced += now > at_least
            left = set(os.listdir(folder)) - before
            inside += bool(left)
            if how == signal.SIGINT and len(left) > 1:
                row.losses.append(f"left behind: {left}")
        versions.write(path, last + 1)
        if os.listdir(folder) != [path.name]:
            row.losses.append(f"not cleared up: {os.listdir(folder)}")
    row.notes = f"{inside} left half-written files, {replaced} came after the replacing"
    return row


def kills_while_keeping(count: int) -> Row:
    """SIGKILL while a `Checkpoint` with `keep_last=1` writes, chooses the best and deletes."""
    row, rng = Row("SIGKILL while the last and the best are kept"), random.Random(1)
    if not able:
        row.notes = "not on this system"
        return row
    most = 0
    with tempfile.TemporaryDirectory() as place:
        folder, last = Path(place) / "run", 0

        def work(tell: object) -> None:
            checkpoint = Checkpoint(folder, keep_last=1, monitor="loss", mode="max")
            number = last
            tell(number)
            while True:
                number += 1
                part = versions.Numbered(number, versions.Numbered.size_of(number))
                checkpoint.save(model=part, metadata={"loss": float(number)})
                tell(number)

        first = Child(work)
        first.wait_for_number()
        first.wait_for_number()
        _, told = first.end(signal.SIGKILL)
        last = sure = max([1, *told])
        while row.tried < count:
            child = Child(work)
            child.wait_for_number()
            time.sleep(rng.random() * 0.025)
            _, told = child.end(signal.SIGKILL)
            sure = max([sure, *told])
            at_least = max(last, sure)
            try:
                now, best = versions.found(folder), versions.found(folder / "best.safetensors")
                load_checkpoint(folder)
            except (CheckpointError, OSError, UserWarning) as error:
                row.expect(False, f"after save {at_least}: {error}")
                break
            holds = at_least <= now <= at_least + 1 and now <= best <= now + 1
            row.expect(holds, f"told {sure}, found {now}, best {best}")
            last = now
            most = max(most, len([name for name in os.listdir(folder) if name[0] == "s"]))
    row.notes = f"at most {most} files beside the best"
    return row

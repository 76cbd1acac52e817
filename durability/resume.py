"""Stop runs after every step and every epoch, and go on from the file with fresh parts.

The fresh parts are made with other rates, other seeds, other settings. To the bit the same must be
what stands at the next stop, and what the run comes to in the end: weights, what the optimiser
remembers, rates, random streams, place in the data, history and the counters of early stopping.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import resume_runs
from resume_runs import KINDS, made, other, run, state, total
from rows import Row

from vhgrad.training import StopTraining

__all__ = ["resumes"]

LAST = 200  # the last step to stop after
FRESH = 3  # stops of each kind that go on in a fresh process


def resumes(stride: int) -> Row:
    """Stop at every stop (1), or, for some kinds, at every `stride`-th of them."""
    row, kinds, ends = Row("stopped, loaded from a file, gone on"), list(KINDS), []
    for name in kinds if stride == 1 else kinds[::4]:
        with tempfile.TemporaryDirectory() as place:
            ends.append(resume_kind(row, name, stride, Path(place)))
    row.notes = f"{len(ends)} kinds of runs, of {min(ends)} to {max(ends)} steps"
    return row


def resume_kind(row: Row, name: str, stride: int, place: Path) -> int:
    """All stops of one kind of run; how many steps it takes."""
    whole = made(name)
    at: dict[tuple[int, str], str] = {}

    def note(when: str) -> Any:
        return lambda number, logs: at.setdefault((total(whole), when), state(whole))

    run(whole, callbacks=[SimpleNamespace(on_batch_end=note("step"), on_epoch_end=note("epoch"))])
    end, steps = state(whole), total(whole)

    stops = [stop for stop in at if stop[0] <= LAST][stride - 1 :: stride]
    path = None
    for number, stop in enumerate(stops):
        # begun where the one before was stopped, so the last of them was stopped 225 times
        parts = other(name, path)
        path = place / f"{stop[0]}-{stop[1]}"
        run(parts, callbacks=[stopping(parts, stop)], checkpoint=path)
        row.expect(at[stop] == state(parts), f"{name}: not the same at {stop}")

        resumed = other(name, path)
        row.expect(at[stop] == state(resumed), f"{name}: not the same when loaded at {stop}")
        run(resumed)
        row.expect(end == state(resumed), f"{name}: not the same in the end, stopped at {stop}")
        if number % -(-len(stops) // FRESH) == 0 and (stride == 1 or number == 0):
            row.expect(end == in_fresh_process(name, path), f"{name}: in a fresh process, {stop}")
    return steps


def stopping(parts: dict[str, Any], stop: tuple[int, str]) -> Any:
    """A callback that stops a run at a step, or at the end of the epoch that it ends."""

    def check(when: str) -> Any:
        def hook(number: int, logs: Any) -> None:
            if (total(parts), when) == stop:
                raise StopTraining

        return hook

    return SimpleNamespace(on_batch_end=check("step"), on_epoch_end=check("epoch"))


def in_fresh_process(name: str, path: Path) -> str:
    """What a run comes to that a new Python goes on with."""
    program = [sys.executable, resume_runs.__file__, name, str(path)]
    found = subprocess.run(program, capture_output=True, text=True, check=False)
    return found.stdout.strip() or found.stderr

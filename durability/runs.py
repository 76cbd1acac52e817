"""End `vhgrad train` at random instants and resume it, until it is through: the same files.

SIGKILL, SIGTERM and Ctrl-C in turn. What was told to stop exits with 143 or 130.
"""

from __future__ import annotations

import os
import random
import signal
import tempfile
import time
from pathlib import Path

from children import Child, able
from rows import Row

from vhgrad.cli import main
from vhgrad.cli.folder import CHECKPOINT, METRICS

__all__ = ["runs"]

WORDS = ("--samples", "600", "--epochs", "40", "--quiet")
CODES = {signal.SIGKILL: -9, signal.SIGTERM: 143, signal.SIGINT: 130}


def runs(count: int) -> Row:
    """So many runs, each of them stopped several times."""
    row, rng = Row("vhgrad train ended at random instants and resumed"), random.Random(6)
    if not able:
        row.notes = "not on this system"
        return row
    ended = 0
    with tempfile.TemporaryDirectory() as place:
        whole = Path(place) / "whole"
        began = time.perf_counter()
        Child(training(whole, WORDS)).end()
        seconds = time.perf_counter() - began
        for number in range(count):
            out, code = Path(place) / str(number), -1
            while code:
                more = ("--resume",) if (out / CHECKPOINT).exists() else (*WORDS, "--overwrite")
                child = Child(training(out, more))
                time.sleep(rng.random() * seconds * 0.8)
                how = rng.choice([*CODES])
                code, _ = child.end(how)
                ended += code != 0
                # what comes before the command has taken signals over ends it as any program
                if code not in (0, CODES[how], -how):
                    row.losses.append(f"ended with {code} after signal {how}")
                    break
            same = all(
                (out / name).read_bytes() == (whole / name).read_bytes()
                for name in (CHECKPOINT, METRICS)
            )
            row.expect(same, f"run {number}: other files than without an end")
    row.notes = f"{ended} times ended, by SIGKILL, SIGTERM or Ctrl-C"
    return row


def training(out: Path, words: tuple[str, ...]) -> object:
    """What a child does; nothing of it is printed."""

    def work(tell: object) -> None:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        os._exit(main(["train", "spiral", *words, "--out", str(out)]))

    return work

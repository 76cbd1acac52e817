"""`vhgrad inspect` on damaged and malicious files: plain text and an exit code, always."""

from __future__ import annotations

import contextlib
import io
import random
import tempfile
import tracemalloc
from collections import Counter
from pathlib import Path

import mutations
import subject
from rows import Row
from watching import watched

from vhgrad.cli import main

__all__ = ["inspecting"]


def inspecting(count: int) -> Row:
    """So many mutants; nothing but printable ASCII may reach the terminal."""
    row, codes = Row("vhgrad inspect on structured mutants"), Counter[int]()
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "mutant.safetensors"
        subject.save(path, subject.run(1, trained=True), {})
        good = path.read_bytes()
        shown(path)
        tracemalloc.start()
        for seed in range(count):
            path.unlink()
            path.write_bytes(mutations.mutate(good, random.Random(seed)))
            with watched() as watch:
                code, text = shown(path)
            codes[code] += 1
            plain = all(" " <= character <= "~" or character == "\n" for character in text)
            watch.peak = 0  # what is printed here is kept in memory
            loss = watch.problem(path.stat().st_size)
            row.expect(
                code in (0, 3) and plain and not loss, f"{seed}: {code} {loss} {text!r:.200}"
            )
        tracemalloc.stop()
    row.notes = f"{codes[0]:,} listed, {codes[3]:,} refused"
    return row


def shown(path: Path) -> tuple[int, str]:
    """The exit code, and all that is printed."""
    told = io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        code = main(["inspect", str(path)])
    return code, told.getvalue()

"""Load damaged and malicious files: the same content, or one CheckpointError, and nothing else.

A mutant with a sum that fits may also be a proper file with other content: an attacker can write
one. Then the safetensors library has to find the same numbers in it. Whatever is refused leaves
all parts as they were, every bit.
"""

from __future__ import annotations

import os
import random
import tempfile
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import mutations
import numpy as np
import safetensors.numpy
import subject
from rows import Row
from watching import watched

from vhgrad.checkpoint import CheckpointError, load, load_checkpoint

__all__ = ["flips", "large_mutants", "mutants", "truncations"]


class Reader:
    """Loads files into parts, and says what was lost."""

    def __init__(self, folder: Path, more: dict[str, Any] | None = None) -> None:
        self.good, self.path = folder / "good.safetensors", folder / "mutant.safetensors"
        subject.save(self.good, subject.run(1, trained=True), more or {})
        self.data = self.good.read_bytes()
        self.parts = subject.run(2, trained=True)
        self.expected = subject.bits(load_checkpoint(self.good, **self.parts))
        self.loaded = subject.bits(self.parts)
        self.tensors = {k: v.tobytes() for k, v in safetensors.numpy.load_file(self.good).items()}
        self.outcomes: Counter[str] = Counter()
        self.slowest, self.most = 0.0, 0
        self.reset()

    def reset(self) -> None:
        """Parts with another content than the file's."""
        self.parts = subject.run(2, trained=True)
        self.before = subject.bits(self.parts)

    def read(self, data: bytes, *, same: bool) -> str:
        """Load one mutant; what was lost, if anything. With `same` only the old content will do."""
        self.path.unlink(missing_ok=True)  # ten times quicker than writing over it
        self.path.write_bytes(data)
        metadata = error = None
        with watched() as watch:
            try:
                metadata = load_checkpoint(self.path, **self.parts)
            except CheckpointError as caught:
                error = caught
            except BaseException as caught:
                return f"{type(caught).__name__}: {caught}"
        self.slowest, self.most = max(self.slowest, watch.seconds), max(self.most, watch.peak)
        if problem := watch.problem(len(data)):
            return problem
        return self.refused(error) if error else self.accepted(metadata, same=same)

    def refused(self, error: CheckpointError) -> str:
        """Nothing may have changed, and the message has to be printable."""
        text = str(error)
        self.outcomes["refused"] += 1
        if not text.replace("\n", "").isprintable() or len(text) > 20_000:
            return f"a message of {len(text)}: {text[:100]!r}"
        # most are refused before any part is looked at; of these every tenth is compared
        in_parts = "it does not fit" in text or self.outcomes["refused"] % 10 == 0
        if in_parts and subject.bits(self.parts) != self.before:
            return f"parts changed, though it said {text[:200]!r}"
        return ""

    def accepted(self, metadata: Any, *, same: bool) -> str:
        """The same as in the good file, or at least what the reference reader finds."""
        now = subject.bits(self.parts), subject.bits(metadata)
        self.reset()
        if now == (self.loaded, self.expected):
            self.outcomes["same content"] += 1
            return ""
        if same:
            return "other content"
        self.outcomes["other content, with a sum that fits"] += 1
        try:
            theirs = safetensors.numpy.load_file(self.path)
        except Exception as error:
            return f"we read it, the library says {error}"
        ours = load(self.path)
        if any(theirs[f"model/{name}"].tobytes() != ours[name].tobytes() for name in ours):
            return "the library reads other numbers"
        return ""


def proof(name: str, mutants: Any, *, same: bool, more: dict[str, Any] | None = None) -> Row:
    """Read all mutants of a reader's good file."""
    row = Row(name)
    with tempfile.TemporaryDirectory() as place:
        reader = Reader(Path(place), more)
        tracemalloc.start()
        try:
            for what, data in mutants(reader.data):
                loss = reader.read(data, same=same)
                row.expect(not loss, f"{what}: {loss}")
        finally:
            tracemalloc.stop()
    row.found = {
        "outcomes": dict(reader.outcomes),
        "size": len(reader.data),
        "slowest": reader.slowest,
        "most": reader.most,
    }
    row.notes = noted([row])
    return row


def noted(rows: list[Row]) -> str:
    """What rows of one kind found, in words."""
    found = [row.found for row in rows]
    outcomes = sum((Counter(one["outcomes"]) for one in found), Counter[str]())
    size, slowest, most = (max(one[name] for one in found) for name in ("size", "slowest", "most"))
    counts = ", ".join(f"{n:,} {what}" for what, n in sorted(outcomes.items()))
    return (
        f"{counts}; {size:,} bytes, slowest {slowest:.2f} s, at most {most / 1e6:.1f} MB of memory"
    )


def truncations(every: int) -> Row:
    """The file cut off after every byte, or every so many."""
    return proof(
        "truncations",
        lambda good: ((f"first {k} bytes", good[:k]) for k in range(0, len(good), every)),
        same=True,
    )


def flips(every: int) -> Row:
    """Every single bit of the file flipped, or every so many."""

    def flipped(good: bytes) -> Iterator[tuple[str, bytes]]:
        data = bytearray(good)
        for bit in range(0, 8 * len(data), every):
            data[bit // 8] ^= 1 << bit % 8
            yield f"bit {bit}", bytes(data)
            data[bit // 8] ^= 1 << bit % 8

    return proof("flipped bits", flipped, same=True)


def damaged(good: bytes, seeds: range) -> Iterator[tuple[str, bytes]]:
    """One mutant of a file for every seed."""
    for seed in seeds:
        yield f"mutant {seed}", mutations.mutate(good, random.Random(seed))


def some_mutants(seeds: range) -> Row:
    """Structured damage, most of it with a sum that fits."""
    return proof("structured mutants", lambda good: damaged(good, seeds), same=False)


def mutants(count: int) -> Row:
    """So many structured mutants; of many, each core reads its share."""
    cores = os.cpu_count() or 1 if count > 10_000 else 1
    if cores == 1:
        return some_mutants(range(count))
    with ProcessPoolExecutor(cores) as pool:
        rows = list(pool.map(some_mutants, [range(k, count, cores) for k in range(cores)]))
    losses = [loss for row in rows for loss in row.losses]
    return Row(rows[0].name, sum(row.tried for row in rows), losses, noted(rows))


def large_mutants(count: int) -> Row:
    """The same of a file in which what Python itself needs does not count for much."""
    rng = np.random.default_rng(0)
    numbers = [rng.random(900).tolist() for _ in range(10)]
    more = {"large": rng.random(80_000), "long": rng.random(20_000).tolist(), "numbers": numbers}
    name = "structured mutants of a large file"
    return proof(name, lambda good: damaged(good, range(count)), same=False, more=more)

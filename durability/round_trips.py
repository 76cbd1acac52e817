"""Save random data and load them: to the bit, with the reference reader and in the same bytes."""

from __future__ import annotations

import random
import struct
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy
import subject
from rows import Row

from vhgrad.checkpoint import load, load_checkpoint, save, save_checkpoint

__all__ = ["round_trips"]

DTYPES = [
    "?",
    *(f"{order}{kind}{size}" for order in "<>" for kind in "iu" for size in (1, 2, 4, 8)),
]
DTYPES += [f"{order}f{size}" for order in "<>" for size in (2, 4, 8)]


def round_trips(count: int) -> Row:
    """So many files of random data: every other one a run, every other one weights alone."""
    row, arrays = Row("round trips of random data"), 0
    with tempfile.TemporaryDirectory() as place:
        path, again = Path(place) / "a", Path(place) / "b"
        for seed in range(count):
            rng = random.Random(seed)
            if seed % 2:
                given: Any = {random_text(rng): random_array(rng) for _ in range(rng.randrange(6))}
                given.pop("__metadata__", None)
                save(path, given)
                save(again, given)
                back: Any = load(path)
                arrays += len(given)
                theirs = safetensors.numpy.load_file(path)
                agree = subject.bits(dict(sorted(theirs.items()))) == subject.bits(
                    dict(sorted(back.items()))
                )
            else:
                given = {random_text(rng): random_data(rng, 3) for _ in range(rng.randrange(6))}
                save_checkpoint(path, metadata=given)
                save_checkpoint(again, metadata=given)
                back, agree = load_checkpoint(path), True
                arrays += len(safetensors.numpy.load_file(path))
            same = exact(given) == exact(back) and agree
            row.expect(same and path.read_bytes() == again.read_bytes(), f"seed {seed}")
    row.notes = f"{arrays:,} arrays"
    return row


def random_text(rng: random.Random) -> str:
    """A text of any characters, or one that looks like a mark of the format."""
    marks = ["", "$", "$array:a", "$text:", "a/b", "..", "\0", "__metadata__", "\ud800"]
    if rng.random() < 0.3:
        mark = rng.choice(marks)
        return mark if mark.isascii() else "surrogate"
    return "".join(chr(rng.choice([rng.randrange(128), rng.randrange(0xD800)])) for _ in range(6))


def random_array(rng: random.Random) -> np.ndarray:
    """Random bits in a random dtype, shape and layout."""
    dtype = np.dtype(rng.choice(DTYPES))
    shape = [rng.choice([0, 1, 1, 2, 3, 5]) for _ in range(rng.randrange(5))]
    data = rng.randbytes(int(np.prod(shape, dtype=int)) * dtype.itemsize)
    if dtype.kind == "b":
        data = bytes(byte % 2 for byte in data)
    array = np.frombuffer(data, dtype).reshape(shape)
    if array.ndim and rng.random() < 0.6:
        array = array.transpose(rng.sample(range(array.ndim), array.ndim))
        array = array[tuple(slice(None, None, rng.choice([1, -1, 2])) for _ in shape)]
    return array


def random_data(rng: random.Random, depth: int) -> Any:
    """Plain data of every kind."""
    kind = rng.randrange(9 if depth else 6)
    match kind:
        case 0:
            return rng.choice([None, True, False])
        case 1:
            return rng.choice([-1, 1]) * rng.getrandbits(rng.choice([1, 8, 54, 64, 128, 2000]))
        case 2:
            return struct.unpack("<d", rng.randbytes(8))[0]
        case 3:
            return rng.choice([float("inf"), float("-inf"), float("nan"), -0.0, 5e-324, 0.1])
        case 4:
            return random_text(rng)
        case 5:
            return random_array(rng)
    members = [random_data(rng, depth - 1) for _ in range(rng.randrange(4))]
    if kind == 8:
        return {random_text(rng): member for member in members}
    return members if kind == 7 else tuple(members)


def exact(value: Any) -> Any:
    """As `subject.bits`, with floats by their bits and arrays in this machine's order."""
    if isinstance(value, dict):
        return [(key, exact(inner)) for key, inner in value.items()]
    if isinstance(value, list | tuple):
        return [type(value).__name__, *map(exact, value)]
    if isinstance(value, np.ndarray):
        native = value.astype(value.dtype.newbyteorder("="))
        return native.dtype.str, native.shape, native.tobytes()
    return type(value).__name__, struct.pack("<d", value) if isinstance(value, float) else value

"""Data files that were cut or damaged: the same data, or one DatasetError, and nothing else.

Of a packed file every flipped bit has to show, of a plain one every missing byte.
"""

from __future__ import annotations

import gzip
import io
import os
import random
import struct
import tarfile
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mutations
import numpy as np
from rows import Row
from watching import watched

from microgradx import load_cifar10
from microgradx.datasets import DatasetError, load_csv, read_idx, read_npy

__all__ = ["cut_data", "damaged_data"]

MEMORY = 1 << 20  # bytes, three times: reading goes on in steps of 1 MiB
PLACES = 20  # at which the real files are cut
RECORD = 3073


def formats(folder: Path) -> dict[str, tuple[Path, bytes, Callable[[], Any]]]:
    """A small file of each format: where it has to be, its bytes, and how it is read."""
    rng = np.random.default_rng(0)
    array = rng.integers(0, 256, (3, 4, 5)).astype(np.uint8)
    idx = struct.pack(">BBBB3I", 0, 0, 8, 3, *array.shape) + array.tobytes()
    file = io.BytesIO()
    np.save(file, array / 7)
    csv = "a,b,kind\n" + "".join(
        f"{x},{y},{k % 3}\n" for k, (x, y) in enumerate(rng.random((9, 2)))
    )
    batch = b"".join(bytes([k]) + rng.bytes(RECORD - 1) for k in range(2))
    batch = batch[:RECORD] + bytes([3]) + bytes(RECORD - 1)
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w:gz") as archive:
        for name in ("data_batch_1.bin", "test_batch.bin"):
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.size = len(batch)
            archive.addfile(member, io.BytesIO(batch))
    batches, packed = folder / "batches", folder / "archive"
    batches.mkdir()
    packed.mkdir()
    (batches / "test_batch.bin").write_bytes(batch)
    one = folder / "file"
    return {
        "IDX": (one, idx, lambda: read_idx(one)),
        "IDX, packed": (one, gzip.compress(idx, mtime=0), lambda: read_idx(one)),
        ".npy": (one, file.getvalue(), lambda: read_npy(one)),
        ".npy, packed": (one, gzip.compress(file.getvalue(), mtime=0), lambda: read_npy(one)),
        "CSV, packed": (one, gzip.compress(csv.encode(), mtime=0), lambda: load_csv(one)),
        "CIFAR-10, packed": (
            batches / "data_batch_1.bin.gz",
            gzip.compress(batch, mtime=0),
            lambda: load_cifar10(batches, raw=True),
        ),
        "CIFAR-10, archive": (
            packed / "cifar-10-binary.tar.gz",
            tar.getvalue(),
            lambda: load_cifar10(packed, raw=True),
        ),
    }


def bits(value: Any) -> Any:
    """Arrays in tuples as what is equal only if every bit is."""
    if isinstance(value, tuple):
        return tuple(map(bits, value))
    return value.dtype.str, value.shape, value.tobytes()


def read(row: Row, what: str, path: Path, data: bytes, reader: Any, good: Any) -> None:
    """Read one damaged file; `good` is what it may give, None if it may not give anything."""
    path.unlink(missing_ok=True)
    path.write_bytes(data)
    found = None
    with watched() as watch:
        try:
            found = reader()
        except DatasetError:
            pass
        except BaseException as error:
            row.expect(False, f"{what}: {type(error).__name__}: {error}")
            return
    # NumPy parses its header as a Python literal: that compiles, and runs nothing
    watch.seen = [what for what in watch.seen if not what.startswith("compile")]
    loss = watch.problem(MEMORY)
    if found is not None and good is not True and (good is None or bits(found) != good):
        loss = "it gave data"
    row.expect(not loss, f"{what}: {loss}")


def small_files(damage: Callable[..., Iterator[tuple[str, bytes, Any]]], row: Row) -> None:
    """Do damage to a small file of each format."""
    tracemalloc.start()
    with tempfile.TemporaryDirectory() as place:
        for name, (path, data, reader) in formats(Path(place)).items():
            path.write_bytes(data)
            good = bits(reader())
            for what, damaged, allowed in damage(name, data, good):
                read(row, f"{name}, {what}", path, damaged, reader, allowed)
            path.unlink()
    tracemalloc.stop()


def cut_data(every: int) -> Row:
    """Files cut after every byte, or every so many; the real ones at 20 places each."""
    row = Row("data files cut short")

    def cut(name: str, data: bytes, good: Any) -> Iterator[tuple[str, bytes, Any]]:
        return ((f"first {k} bytes", data[:k], None) for k in range(0, len(data), every))

    small_files(cut, row)
    small, real = row.tried, Path(os.environ.get("VHGRAD_DATA_DIR", ""))
    files = sorted(real.glob("*-ubyte.gz")) if "VHGRAD_DATA_DIR" in os.environ else []
    with tempfile.TemporaryDirectory() as place:
        for file in files:
            path, data = Path(place, file.name), file.read_bytes()
            for k in range(PLACES):
                end = len(data) * k // PLACES if k else len(data) - 1
                path.write_bytes(data[:end])
                try:
                    read_idx(path)
                except DatasetError:
                    row.expect(True, "")
                else:
                    row.expect(False, f"{file.name}, first {end} bytes: it gave data")
    row.notes = f"{small:,} of small files in 7 formats, {row.tried - small} of real ones"
    return row


def damaged_data(count: int) -> Row:
    """So many damaged files of each format, and as many flipped bits of packed ones."""
    row, rng = Row("data files damaged"), random.Random(4)

    def damage(name: str, data: bytes, good: Any) -> Iterator[tuple[str, bytes, Any]]:
        for number in range(count):
            # a plain file has no sum: it may give other numbers, within all bounds
            yield f"mutant {number}", mutations.scrambled(data, rng), True
        if "," in name:
            for bit in rng.sample(range(8 * len(data)), min(count, 8 * len(data))):
                flipped = bytearray(data)
                flipped[bit // 8] ^= 1 << bit % 8
                yield f"bit {bit}", bytes(flipped), good

    small_files(damage, row)
    row.notes = "7 formats; flipped bits of packed ones give the same data or an error"
    return row

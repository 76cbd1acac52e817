"""The IDX format of the MNIST files: a magic number, the sizes, then one byte per entry.

A file can be cut short, or not be what its name says. Nothing is believed before it is checked, and
no more memory is taken than the file can fill.
"""

from __future__ import annotations

import math
import struct
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from microgradx.datasets.opening import CHUNK, DatasetError, opened

__all__ = ["read_idx"]

UNSIGNED_BYTE = 0x08  # the type code in the magic number
SIZE_LIMIT = 2**30  # bytes; over ten times the largest file of the MNIST family in common use


def read_idx(path: str | Path, ndim: int) -> NDArray[np.uint8]:
    """Read a file of unsigned bytes, plain or packed with gzip.

    Args:
        path: the file; whether it is packed is seen from its first bytes, not from its name.
        ndim: number of axes it has to have: 3 for images, 1 for labels.

    Returns:
        An array of the shape that the file declares.

    Raises:
        DatasetError: if the file is not exactly that; the message names it.

    Source:
        LeCun, Cortes and Burges, The MNIST Database, "File formats".
    """
    path = Path(path)
    with opened(path) as (stream, limit):
        return read_stream(stream, path, ndim, limit)


def read_stream(stream: BinaryIO, path: Path, ndim: int, limit: int) -> NDArray[np.uint8]:
    """The array in `stream`, which cannot hold more than `limit` bytes."""
    shape = read_header(stream, path, ndim)
    size = math.prod(shape)
    if size > min(limit, SIZE_LIMIT):
        raise DatasetError(
            f"{path} declares {size:,} bytes of data {shape}, more than it can hold."
        )
    result = np.empty(size, np.uint8)
    got = 0
    while chunk := stream.read(min(CHUNK, size - got + 1)):  # one byte more: nothing may follow
        if got + len(chunk) > size:
            raise DatasetError(
                f"{path} goes on after the {size:,} bytes of data it declares {shape}."
            )
        result[got : got + len(chunk)] = np.frombuffer(chunk, np.uint8)
        got += len(chunk)
    if got < size:
        raise DatasetError(f"{path} ends after {got:,} of the {size:,} bytes it declares {shape}.")
    return result.reshape(shape)


def read_header(stream: BinaryIO, path: Path, ndim: int) -> tuple[int, ...]:
    """The sizes, after a magic number that is checked."""
    header = stream.read(4 + 4 * ndim)
    magic = bytes([0, 0, UNSIGNED_BYTE, ndim])
    if not header:
        raise DatasetError(f"{path} is empty; an IDX file was expected.")
    if header[:4] != magic:
        raise DatasetError(
            f"{path} is not an IDX file of bytes with {ndim} axes: it starts with "
            f"{header[:4].hex(' ')}, not {magic.hex(' ')}."
        )
    if len(header) < 4 + 4 * ndim:
        raise DatasetError(f"{path} ends within its header, after {len(header)} bytes.")
    return struct.unpack(f">{ndim}I", header[4:])

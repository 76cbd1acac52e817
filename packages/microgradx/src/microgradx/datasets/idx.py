"""The IDX format of the MNIST files: a magic number, the sizes, then one byte per entry.

A file can be cut short, or not be what its name says. Nothing is believed before it is checked, and
no more memory is taken than the file can fill.
"""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

from microgradx.datasets.opening import DatasetError, Opened, Source, opened, read_declared

__all__ = ["read_idx"]

UNSIGNED_BYTE = 0x08  # the type code in the magic number
MOST_AXES = 8


def read_idx(source: Source, ndim: int | None = None) -> NDArray[np.uint8]:
    """Read a file of unsigned bytes, plain or packed with gzip.

    Args:
        source: a path, or a stream of bytes; whether it is packed is seen from its first bytes.
        ndim: number of axes it has to have: 3 for images, 1 for labels. None takes any from 1 to 8.

    Returns:
        An array of the shape that the file declares.

    Raises:
        DatasetError: if the file is not exactly that; the message names it.

    Source:
        LeCun, Cortes and Burges, The MNIST Database, "File formats".

    Example:
        >>> import io
        >>> read_idx(io.BytesIO(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9])))
        array([7, 8, 9], dtype=uint8)
    """
    with opened(source) as file:
        shape = read_header(file, ndim)
        return read_declared(file, shape).reshape(shape)


def read_header(file: Opened, ndim: int | None) -> tuple[int, ...]:
    """The sizes, after a magic number that is checked."""
    magic = file.stream.read(4)
    if not magic:
        raise DatasetError(f"{file.name} is empty; an IDX file was expected.")
    found = magic[3] if len(magic) == 4 and 1 <= magic[3] <= MOST_AXES else 1
    axes = found if ndim is None else ndim
    expected = bytes([0, 0, UNSIGNED_BYTE, axes])
    if magic != expected:
        raise DatasetError(
            f"{file.name} is not an IDX file of bytes with {axes} axes: it starts with "
            f"{magic.hex(' ')}, not {expected.hex(' ')}."
        )
    sizes = file.stream.read(4 * axes)
    if len(sizes) < 4 * axes:
        raise DatasetError(f"{file.name} ends within its header, after {4 + len(sizes)} bytes.")
    return struct.unpack(f">{axes}I", sizes)

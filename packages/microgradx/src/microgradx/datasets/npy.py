"""Reading `.npy` files of numbers. One that holds objects is a pickle, and is never opened."""

from __future__ import annotations

import warnings
from tokenize import TokenError
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from microgradx.datasets.opening import DatasetError, Opened, Source, opened, read_declared

__all__ = ["read_npy"]

MAGIC = b"\x93NUMPY\x01\x00"  # the version that NumPy writes for every array of numbers
OTHERS = {b"PK": "an .npz archive; save the array by itself", b"\x80": "a pickle, which is refused"}


def read_npy(source: Source) -> NDArray[Any]:
    """Read an array of numbers or truth values that `numpy.save` has written.

    Args:
        source: a path, or a stream of bytes; it may be packed with gzip.

    Returns:
        The array, in the byte order of this machine.

    Raises:
        DatasetError: if the file is no such array, is cut short or has bytes too many.

    Example:
        >>> import io
        >>> file = io.BytesIO()
        >>> np.save(file, np.arange(3))
        >>> read_npy(io.BytesIO(file.getvalue()))
        array([0, 1, 2])
    """
    with opened(source) as file:
        shape, fortran_order, dtype = read_header(file)
        data = read_declared(file, shape, dtype.itemsize).view(dtype)
        array = data.reshape(shape[::-1]).T if fortran_order else data.reshape(shape)
        return array.astype(dtype.newbyteorder("="), copy=False)


def read_header(file: Opened) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Shape, order of the axes and dtype, after a magic number that is checked."""
    magic = file.stream.read(len(MAGIC))
    if magic != MAGIC:
        known = next((what for start, what in OTHERS.items() if magic.startswith(start)), None)
        raise DatasetError(
            f"{file.name} is not an .npy file of version 1.0: it is "
            f"{known or f'{magic.hex(chr(32))} at its start, not {MAGIC.hex(chr(32))}'}."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of shapes such as (4L,), which Python 2 wrote
            shape, fortran_order, dtype = npy.read_array_header_1_0(file.stream)
    except (ValueError, TypeError, SyntaxError, TokenError, RecursionError, MemoryError) as error:
        raise DatasetError(f"{file.name} has a damaged header: {str(error)[:200]}") from error
    if dtype.kind not in "biuf":
        kind = "objects, which are a pickle: refused" if dtype.hasobject else f"{dtype}, no numbers"
        raise DatasetError(f"{file.name} holds {kind}.")
    if not all(type(size) is int and 0 <= size < 2**40 for size in shape) or len(shape) > 32:
        raise DatasetError(f"{file.name} declares the shape {shape}, which no array has.")
    return shape, fortran_order, dtype

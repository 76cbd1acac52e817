"""Examples from files: IDX, CSV, `.npy` or PNG, told apart by their first bytes."""

from __future__ import annotations

import contextlib
import gzip
import io
import sys
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microgradx.datasets.opening import read_all
from vhgrad.checkpoint.paths import path_given
from vhgrad.cli.tasks import Task
from vhgrad.data import DatasetError, load_csv, read_idx, read_npy

__all__ = ["examples"]

LIMIT = 2**30  # bytes
END_OF_PNG = b"\0\0\0\0IEND\xaeB`\x82"


def examples(name: str, task: Task) -> NDArray[np.float32]:
    """The examples in a file, `(n, *task.shape)`; `-` is standard input.

    Raises:
        DatasetError: if it cannot be read, or holds something else than such examples.
    """
    data = content(name)
    X = np.asarray(read(data, name, task))
    size = int(np.prod(task.shape))
    if X.size == size and X.shape[0] != 1 and X.ndim <= len(task.shape):
        X = X[None]  # one example without an axis for examples
    if X.ndim < 2 or X.size != len(X) * size:
        wanted = " or ".join(f"(n, {', '.join(map(str, s))})" for s in {task.shape, (size,)})
        raise DatasetError(f"{name} needs examples of shape {wanted}, got {X.shape}.")
    if not len(X):
        raise DatasetError(f"{name} has no examples.")
    if X.dtype.kind not in "iufb":
        raise DatasetError(f"{name} needs numbers, got {X.dtype}.")
    with np.errstate(over="ignore"):  # what float32 cannot hold is refused with inf and nan
        wrong = ~np.isfinite(X.astype(np.float32))
    if wrong.any():
        raise DatasetError(f"{name} has a number that is not finite in {place(wrong)}.")
    X = X.reshape(len(X), *task.shape)
    return as_pixels(X, name) if task.images else X.astype(np.float32)


class NamedBytes(io.BytesIO):
    """Bytes that errors can call by the name of their file."""

    def __init__(self, data: bytes, name: str) -> None:
        super().__init__(data)
        self.name = name


def content(name: str) -> io.BytesIO:
    """All bytes of a file or of standard input."""
    try:
        if name == "-":
            if sys.stdin is None:
                raise DatasetError("standard input is closed.")
            data = bytes(read_all(sys.stdin.buffer, name, LIMIT))
        else:
            with open(path_given(name), "rb") as file:
                data = bytes(read_all(file, name, LIMIT))  # not read(LIMIT), which takes it at once
    except OSError as error:
        raise DatasetError(f"{name or repr(name)}: {error.strerror or error}.") from error
    if not data:
        raise DatasetError(f"{name} is empty.")
    return NamedBytes(data, name)


def read(data: io.BytesIO, name: str, task: Task) -> Any:
    """The numbers, by the reader that the first bytes ask for."""
    start = beginning(data)
    if start.startswith(b"\x93NUMPY"):
        return read_npy(data)
    if start.startswith(b"\x89PNG"):
        return picture(data, name, task)
    if start.startswith(b"\x00\x00"):
        return read_idx(data)
    return load_csv(data)


def beginning(data: io.BytesIO) -> bytes:
    """The first bytes, unpacked if they are packed; the readers say what is wrong with others."""
    start = data.getbuffer()[:8].tobytes()
    if start.startswith(b"\x1f\x8b"):
        with contextlib.suppress(OSError, EOFError, zlib.error):
            start = gzip.GzipFile(fileobj=io.BytesIO(data.getvalue())).read(8)
    return start


def picture(data: io.BytesIO, name: str, task: Task) -> Any:
    """A PNG file as one image of the task, its colours as the task has them."""
    if not task.images:
        raise DatasetError(f"{name} is a picture, and this network takes {task.shape[0]} numbers.")
    try:
        from matplotlib.image import imread
    except ImportError:
        raise DatasetError(
            f"{name}: PNG files need matplotlib: pip install 'vhgrad[plot]'."
        ) from None
    channels, *size = task.shape
    raw = data.getvalue()
    width, height = (int.from_bytes(raw[at : at + 4], "big") for at in (16, 20))
    if not raw.endswith(END_OF_PNG):  # the library would not mind
        raise DatasetError(f"{name} is no picture that can be read: it was cut short.")
    if [height, width] != size:  # seen before it is unpacked: a small file may hold gigabytes
        raise DatasetError(
            f"{name} needs {size[0]} x {size[1]} pixels, got {height:,} x {width:,}."
        )
    try:
        pixels = np.asarray(imread(data, format="png"), np.float32)
    except Exception as error:
        raise DatasetError(f"{name} is no picture that can be read: {error}.") from error
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    colours = pixels[:, :, : 3 if pixels.shape[2] > 2 else 1]  # without what is transparent
    if channels == 1:
        colours = colours.mean(axis=2, keepdims=True)
    return np.broadcast_to(colours, (*size, channels)).transpose(2, 0, 1)[None]


def as_pixels(X: NDArray[Any], name: str) -> NDArray[np.float32]:
    """Images from 0 to 1; whole numbers up to 255 are bytes."""
    low, high = X.min(), X.max()
    whole = X.dtype.kind in "iub" or bool(np.all(np.rint(X) == X) and high > 1)
    if low < 0 or high > (255 if whole else 1):
        raise DatasetError(
            f"{name} needs pixels from 0 to 1, or whole numbers from 0 to 255, got numbers from "
            f"{low} to {high}."
        )
    return np.asarray(X / 255 if whole else X, np.float32)


def place(wrong: NDArray[np.bool_]) -> str:
    """Where the first wrong number is, counted from 1."""
    return f"row {int(np.flatnonzero(wrong.reshape(len(wrong), -1).any(axis=1))[0]) + 1}"

"""Opening a file of data, plain or packed with gzip, without believing anything it says.

A small packed file may claim, and even unpack to, more than the machine has memory. So whoever
reads asks for no more at a time than a file can hold, and never for all of it at once.
"""

from __future__ import annotations

import io
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, BinaryIO, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

__all__ = ["CHUNK", "DatasetError", "Opened", "Source", "opened", "read_all", "read_declared"]

GZIP = b"\x1f\x8b"
DEFLATE_LIMIT = 1032  # a byte of gzip never unpacks to more (zlib technical details)
SIZE_LIMIT = 2**30  # bytes of one array; over five times the largest file of the data sets here
STREAM_LIMIT = 2**28  # bytes from a pipe, which tells its size to nobody
CHUNK = 2**20  # bytes to ask for at a time

Source = str | bytes | os.PathLike[Any] | BinaryIO


class DatasetError(Exception):
    """A data set is not there or not as it should be; the message is for the user.

    Example:
        >>> from microgradx import load_mnist
        >>> try:
        ...     load_mnist("no such folder")
        ... except DatasetError as error:
        ...     print(error)
        data_dir needs to be the folder of the mnist files, no such folder does not exist.
    """


class Opened(NamedTuple):
    """A stream of bytes, the most that can come out of it, and what to call it in messages."""

    stream: BinaryIO
    limit: int
    name: str


@contextmanager
def opened(source: Source) -> Iterator[Opened]:
    """The bytes of a file, unpacked on the way where it is packed.

    Args:
        source: a path, `~` being the home folder, or a stream of bytes such as
            `sys.stdin.buffer`. Whether it is packed is seen from its first bytes, not from its
            name.

    Raises:
        TypeError: if it is neither, or a stream of text.
        DatasetError: if it cannot be read, is damaged or cut short; the message names it.
    """
    import gzip  # here, because most programs read no files
    import zlib

    name = name_of(source)
    try:
        with seekable(source) as file:
            packed = file.read(2) == GZIP
            limit = file.seek(0, os.SEEK_END) * (DEFLATE_LIMIT if packed else 1)
            file.seek(0)
            stream = gzip.GzipFile(fileobj=file) if packed else file
            yield Opened(cast(BinaryIO, stream), limit, name)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DatasetError(f"{name} is damaged or cut short: {error}") from error
    except OSError as error:
        raise DatasetError(f"{name} cannot be read: {error.strerror or error}.") from error


@contextmanager
def seekable(source: Source) -> Iterator[BinaryIO]:
    """A file as it is; a pipe, which tells no size and can be read once, as all that it gives."""
    if not isinstance(source, str | bytes | os.PathLike):
        if not hasattr(source, "read"):
            kind = type(source).__name__
            raise TypeError(f"expected a path or a file opened with mode 'rb', got {kind}.")
        yield io.BytesIO(read_all(source, name_of(source), STREAM_LIMIT))
        return
    with open(os.path.expanduser(source), "rb") as file:
        name = name_of(source)
        yield file if file.seekable() else io.BytesIO(read_all(file, name, STREAM_LIMIT))


def name_of(source: Source) -> str:
    """What a message calls it."""
    if isinstance(source, str | bytes | os.PathLike):
        return os.fsdecode(source) or repr("")
    return str(getattr(source, "name", "the input"))


def read_all(stream: IO[bytes], name: str, most: int) -> bytearray:
    """Everything in a stream, or an error once it is more than `most` bytes."""
    data = bytearray()
    while chunk := stream.read(CHUNK):
        if isinstance(chunk, str):
            raise TypeError(f"{name} gives text, not bytes; open it with mode 'rb'.")
        data += chunk
        if len(data) > most:
            raise DatasetError(f"{name} holds more than {most:,} bytes.")
    return data


def read_declared(file: Opened, shape: tuple[int, ...], itemsize: int = 1) -> NDArray[np.uint8]:
    """The bytes of an array of the shape that a header declares: exactly these, and then the end.

    Raises:
        DatasetError: if there are fewer or more, or more are declared than the file can hold, which
            is seen before any memory is taken.
    """
    size = math.prod(shape) * itemsize
    if size > min(file.limit, SIZE_LIMIT):
        raise DatasetError(
            f"{file.name} declares {size:,} bytes of data {shape}, more than it can hold."
        )
    result = np.empty(size, np.uint8)
    got = 0
    while chunk := file.stream.read(min(CHUNK, size - got + 1)):  # one more: nothing may follow
        if got + len(chunk) > size:
            raise DatasetError(
                f"{file.name} goes on after the {size:,} bytes of data it declares {shape}."
            )
        result[got : got + len(chunk)] = np.frombuffer(chunk, np.uint8)
        got += len(chunk)
    if got < size:
        raise DatasetError(
            f"{file.name} ends after {got:,} of the {size:,} bytes it declares {shape}."
        )
    return result

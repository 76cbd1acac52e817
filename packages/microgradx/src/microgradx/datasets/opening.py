"""Opening a file of data, plain or packed with gzip, without believing anything it says.

Whoever reads from it asks for no more than there can be: a small packed file may claim, and even
unpack to, more than the memory of the machine.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

__all__ = ["CHUNK", "DatasetError", "opened", "read_all"]

GZIP = b"\x1f\x8b"
DEFLATE_LIMIT = 1032  # a byte of gzip never unpacks to more (zlib technical details)
CHUNK = 2**20  # bytes to ask for at a time


class DatasetError(Exception):
    """A data set is not there or not as it should be; the message is for the user."""


@contextmanager
def opened(path: Path) -> Iterator[tuple[BinaryIO, int]]:
    """The bytes of a file, unpacked on the way where it is packed.

    Args:
        path: the file; whether it is packed is seen from its first bytes, not from its name.

    Yields:
        A stream of bytes, and the most that can come out of it.

    Raises:
        DatasetError: if the file cannot be read, is damaged or cut short; the message names it.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(2) == GZIP
            file.seek(0)
            limit = path.stat().st_size * (DEFLATE_LIMIT if packed else 1)
            if packed:
                with gzip.GzipFile(fileobj=file) as stream:
                    yield stream, limit  # type: ignore[misc]  # reads as a BinaryIO does
            else:
                yield file, limit
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DatasetError(f"{path} is damaged or cut short: {error}") from error
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror or error}.") from error


def read_all(stream: IO[bytes], name: str, most: int) -> bytearray:
    """Everything in a stream, or an error once it is more than `most` bytes."""
    data = bytearray()
    while chunk := stream.read(CHUNK):
        data += chunk
        if len(data) > most:
            raise DatasetError(f"{name} holds more than {most:,} bytes.")
    return data

"""Reading files out of a `.tar.gz` in memory, one after the other: nothing is unpacked to the disk.

A member can claim to be a link, a device or a path outside the archive. Here no name is ever used
as a path, and an archive with such a member is refused all the same: it was not made in good faith.
"""

from __future__ import annotations

import gzip
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, cast

from microgradx.datasets.opening import CHUNK, DatasetError, opened, read_all

__all__ = ["members"]

MOST_BYTES = 2**28  # unpacked; CIFAR-10 has 184 million
MOST_MEMBERS = 100
FILE_OR_FOLDER = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.DIRTYPE)


def members(path: Path, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytearray]]:
    """Name and content of the wanted files in the archive, in its order.

    Raises:
        DatasetError: if the archive is damaged, cut short, too large, or has a member that is
            neither a file nor a folder, or whose name leads out of it.
    """
    with opened(path) as file:
        if not isinstance(file.stream, gzip.GzipFile):  # without its check sum a cut goes unseen
            raise DatasetError(f"{path} is not packed with gzip, as a .tar.gz is.")
        capped = Capped(file.stream, path)
        try:
            with tarfile.open(fileobj=cast(IO[bytes], capped), mode="r:") as tar:
                for number, member in enumerate(tar):
                    check(member, number, path)
                    name = member.name.removeprefix("./")
                    content = tar.extractfile(member) if member.isreg() and wanted(name) else None
                    if content is not None:
                        yield name, read_all(content, f"{path}, member {name},", MOST_BYTES)
            while capped.read(CHUNK):  # to the end, where gzip has its check sum
                pass
        except (tarfile.TarError, ValueError, RecursionError) as error:
            raise DatasetError(f"{path} is damaged or no tar archive: {error}.") from error


class Capped:
    """A stream that only goes forward, in steps of bounded size, and ends with an error at a cap.

    tarfile believes what a header says of its own size and reads that much at once.
    """

    def __init__(self, stream: BinaryIO, path: Path) -> None:
        self.stream = stream
        self.path = path
        self.position = 0

    def tell(self) -> int:
        return self.position

    def read(self, size: int) -> bytes:
        if size > CHUNK:
            raise DatasetError(f"{self.path} has a header of {size:,} bytes; it is damaged.")
        data = self.stream.read(size)
        self.position += len(data)
        if self.position > MOST_BYTES:
            raise DatasetError(f"{self.path} unpacks to more than {MOST_BYTES:,} bytes.")
        return data

    def seek(self, position: int) -> None:
        if position < self.position:
            raise tarfile.StreamError("it would have to be read backwards")
        while self.position < position and self.read(min(CHUNK, position - self.position)):
            pass


def check(member: tarfile.TarInfo, number: int, path: Path) -> None:
    """Refuse what has no place in an archive of data."""
    who = f"{path} has the member {member.name!r}"
    if number >= MOST_MEMBERS:
        raise DatasetError(f"{path} has more than {MOST_MEMBERS} members.")
    if member.type not in FILE_OR_FOLDER or member.issparse():
        raise DatasetError(f"{who}, which is neither a file nor a folder, but a link or a device.")
    name = PurePosixPath(member.name)
    if name.is_absolute() or ".." in name.parts or "\\" in member.name or ":" in member.name:
        raise DatasetError(f"{who}, whose name leads out of it.")
    if member.size > MOST_BYTES:
        raise DatasetError(f"{who} of {member.size:,} bytes, more than {MOST_BYTES:,}.")

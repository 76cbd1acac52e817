"""Every call that a checkpoint makes to the file system, one function each.

Nothing else in this package touches a disk, so that a test can make any single call fail.
"""

from __future__ import annotations

import errno
import io
import os
import re
import secrets
import stat
from collections.abc import Mapping
from typing import Any

try:
    import fcntl
except ImportError:  # Windows; there a file that is open cannot be removed
    fcntl = None  # type: ignore[assignment]

__all__ = [
    "lock",
    "make_folder",
    "make_folders",
    "may_write",
    "mode",
    "move",
    "names",
    "open_to_change",
    "open_to_read",
    "read_into",
    "remove",
    "remove_folder",
    "set_mode",
    "size",
    "sync",
    "sync_folder",
    "unlock",
    "write_at",
    "write_tensors",
]

BINARY = getattr(os, "O_BINARY", 0)  # Windows
NO_WAIT = getattr(os, "O_NONBLOCK", 0)  # a FIFO opens at once, and is refused


def mode(path: str) -> int | None:
    """Kind and permission bits of what `path` leads to; None where there is nothing."""
    try:
        return os.stat(path).st_mode
    except FileNotFoundError:
        return None


def names(folder: str | int) -> list[str]:
    """The names in a folder, given by its path or by what `lock` returned."""
    return os.listdir(folder)


def make_folder(parent: str, prefix: str) -> str:
    """A new folder in `parent` with a name of its own and the usual permissions."""
    path = os.path.join(parent, prefix + secrets.token_hex(8))
    try:
        os.mkdir(path)
    except OSError as error:
        error.filename = parent  # which the user knows
        raise
    return path


def make_folders(path: str) -> None:
    """Make a folder and those above it, as far as they are missing."""
    try:
        os.makedirs(path, exist_ok=True)
    except FileExistsError as error:
        problem = "a folder is needed here, and this is none"
        raise NotADirectoryError(errno.ENOTDIR, problem, error.filename) from None


def may_write(path: str) -> bool:
    """Whether the permission bits of a file let this user write it."""
    return os.access(path, os.W_OK)


def open_to_read(path: str) -> io.FileIO:
    """Open a file, without waiting for another end where it is a FIFO."""
    # an opener rather than a number, so that the error about a folder names it and closes it
    flags = os.O_RDONLY | NO_WAIT | BINARY
    return io.FileIO(path, "rb", opener=lambda name, _: os.open(name, flags))


def open_to_change(path: str) -> io.FileIO:
    """Open a file that exists, to read it and to change bytes in place."""
    return io.FileIO(os.open(path, os.O_RDWR | BINARY), "r+b")


def size(file: io.FileIO) -> int | None:
    """The size of an open file in bytes; None if it is something else than a file."""
    found = os.fstat(file.fileno())
    return found.st_size if stat.S_ISREG(found.st_mode) else None


def read_into(file: io.FileIO, view: memoryview) -> int:
    """Read up to `len(view)` bytes, as the system gives them; 0 at the end of the file."""
    return file.readinto(view) or 0


def write_at(file: io.FileIO, at: int, data: bytes) -> int:
    """Write what the system takes at once, and say how much that was."""
    file.seek(at)
    return file.write(data) or 0


def write_tensors(path: str, tensors: Mapping[str, Any], metadata: dict[str, str]) -> None:
    """Have the safetensors library write a file."""
    from safetensors import SafetensorError
    from safetensors.numpy import save_file

    try:
        save_file(dict(tensors), path, metadata=metadata)
    except SafetensorError as error:
        found = re.search(r"os error (\d+)", str(error))
        if found is None or os.name == "nt":
            raise OSError(f"{path}: {error}") from None
        raise OSError(int(found[1]), os.strerror(int(found[1])), path) from None


def sync(file: io.FileIO) -> None:
    """Wait until the file's bytes are on the disk."""
    os.fsync(file.fileno())


def sync_folder(path: str) -> None:
    """Wait until the names in a folder are on the disk, where the system can do that."""
    if os.name == "nt":
        return
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(folder)


def set_mode(path: str, bits: int) -> None:
    """Give a file its permission bits."""
    os.chmod(path, stat.S_IMODE(bits))


def move(source: str, target: str) -> None:
    """Put a file in the place of another in one step: who looks sees one of the two, whole."""
    os.replace(source, target)


def remove(name: str, folder: str | int) -> None:
    """Remove a file from a folder, given by its path or by what `lock` returned."""
    if isinstance(folder, int):
        os.unlink(name, dir_fd=folder)
    else:
        os.unlink(os.path.join(folder, name))


def remove_folder(path: str) -> None:
    """Remove an empty folder."""
    os.rmdir(path)


def lock(folder: str, *, wait: bool) -> int | None:
    """Lock a folder until `unlock`, or the end of this process.

    Returns:
        What to unlock; None where another one holds it, or where there are no locks.
    """
    if fcntl is None:
        return None
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def unlock(handle: int | None) -> None:
    """Give a lock back."""
    if handle is not None:
        os.close(handle)

"""Replace a file by a new one in one step: whoever pulls the plug finds the old one or the new.

The new file is written in a folder of its own beside the target, brought to the disk, and moved
into place. The folder is locked while its writer lives, so that the next writer can tell what a
killed one left behind and remove it.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator

from vhgrad.checkpoint import files
from vhgrad.checkpoint.errors import CheckpointError

__all__ = ["replacement"]

PREFIX = ".vhgrad-save-"
NEW = "new"
KINDS = {
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


@contextlib.contextmanager
def replacement(path: str) -> Iterator[str]:
    """The path at which to write the new file; it takes its place when the block ends well.

    A symbolic link stays, and the file that it leads to is replaced. Permission bits are kept.

    Args:
        path: what is to be replaced, or made.

    Raises:
        CheckpointError: if `path` is something else than a file.
        OSError: as the system reports it; the old file is then whole, or already replaced.
    """
    target = os.path.realpath(path)
    old = files.mode(target)
    if os.path.basename(path) in ("", ".", "..") or (old is not None and stat.S_ISDIR(old)):
        raise CheckpointError(f"cannot write a file: {path} is a directory; name a file in it.")
    if old is not None and not stat.S_ISREG(old):
        kind = KINDS.get(stat.S_IFMT(old), "no file")
        raise CheckpointError(f"cannot write a file: {path} is {kind}.")
    if old is not None and not files.may_write(target):
        raise PermissionError(13, "the file may not be written", path)
    parent = os.path.dirname(target)
    folder, lock = own_folder(parent)
    try:
        new = os.path.join(folder, NEW)
        yield new
        usual = files.mode(folder) or 0o600  # a folder made without wishes shows the user's umask
        files.set_mode(new, old if old is not None else usual & 0o666)
        with files.open_to_change(new) as file:
            files.sync(file)
        files.move(new, target)
        files.sync_folder(parent)
    except OSError as error:
        if error.filename in (None, new):  # a name of ours, or none: the user knows this one
            error.filename = path
        raise
    finally:
        clear(folder, lock)
    with contextlib.suppress(OSError):  # the save is done, whatever becomes of old rubbish
        remove_leftovers(parent)


def own_folder(parent: str) -> tuple[str, int | None]:
    """A new folder, and its lock where the system has locks."""
    while True:
        folder, lock = files.make_folder(parent, PREFIX), None
        try:
            lock = files.lock(folder, wait=True)
            if files.mode(folder) is not None:
                return folder, lock
        except FileNotFoundError:
            pass
        except BaseException:
            clear(folder, lock)
            raise
        files.unlock(lock)  # another writer took the folder for a leftover before it was locked


def remove_leftovers(parent: str) -> None:
    """Remove the folders of writers that are no more."""
    for name in files.names(parent):
        if name.startswith(PREFIX):
            folder = os.path.join(parent, name)
            with contextlib.suppress(OSError):  # gone by now, or no folder at all
                if (lock := files.lock(folder, wait=False)) is not None:
                    clear(folder, lock)


def clear(folder: str, lock: int | None) -> None:
    """Remove a writer's folder with what a writer makes in it, and nothing else; then unlock it.

    What is locked is emptied, whatever has the name by now: another user may have put a link there.
    """
    place = folder if lock is None else lock
    try:
        with contextlib.suppress(OSError):
            for name in files.names(place):
                if name == NEW or name.startswith(".tmp"):  # the library's name while it writes
                    files.remove(name, place)
            files.remove_folder(folder)
    finally:
        files.unlock(lock)

"""A folder of checkpoints. Files go by numbers, not by times: a wrong clock does no harm."""

from __future__ import annotations

import re
import stat
import warnings

from vhgrad.checkpoint import files
from vhgrad.checkpoint.contents import Contents, read
from vhgrad.checkpoint.errors import CheckpointError

__all__ = ["BEST", "advice", "numbered", "path_of", "read_newest"]

BEST = "best.safetensors"
SHOWN = 3
NUMBERED = re.compile(r"step-([0-9]{6,18})\.safetensors")


def path_of(folder: str, number: int) -> str:
    """The path of one checkpoint of a folder.

    Example:
        >>> path_of("runs", 12)
        'runs/step-000012.safetensors'
    """
    return f"{folder}/step-{number:06}.safetensors"


def numbered(folder: str) -> list[int]:
    """The numbers of the checkpoints in a folder, newest first."""
    found = map(NUMBERED.fullmatch, files.names(folder))
    return sorted({int(match[1]) for match in found if match}, reverse=True)


def read_newest(path: str) -> tuple[str, Contents]:
    """Read a file, or the newest of a folder that is whole; say which one it was.

    Raises:
        CheckpointError: if it is damaged; for a folder, if there is none that is whole.

    Warns:
        UserWarning: for every damaged file of a folder that is newer.
    """
    kind = files.mode(path)
    if kind is None or not stat.S_ISDIR(kind):
        return path, read(path)
    numbers: list[int] | None = None
    while numbers != (now := numbered(path)):  # else a writer has replaced all that were there
        numbers, skipped = now, []
        for number in numbers:
            try:
                newest = path_of(path, number)
                contents = read(newest)
            except (CheckpointError, OSError) as error:
                skipped.append(str(error))
            else:
                for problem in skipped:
                    warnings.warn(f"skipped a checkpoint: {problem}", stacklevel=3)
                return newest, contents
    if not numbers:
        raise CheckpointError(
            f"the folder {path} has no checkpoint that is whole, such as step-000001.safetensors; "
            f"{advice(path)}."
        )
    problems = "".join(f"\n  {problem}" for problem in skipped)
    raise CheckpointError(f"the folder {path} has no checkpoint that is whole.{problems}")


def advice(folder: str) -> str:
    """What to name instead of a folder without the files that were looked for.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     advice(folder)
        'name another folder, or a file'
    """
    there = sorted(name for name in files.names(folder) if name.endswith(".safetensors"))
    if not there:
        return "name another folder, or a file"
    more = " and others" if len(there) > SHOWN else ""
    return f"name one of its files: {', '.join(map(ascii, there[:SHOWN]))}{more}"

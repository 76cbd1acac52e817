"""Where a user wants a file: text, bytes or a Path, with `~` for the home folder."""

from __future__ import annotations

import errno
import os
from typing import Any

__all__ = ["path_given"]


def path_given(path: str | bytes | os.PathLike[Any]) -> str:
    """A path as text.

    Raises:
        TypeError: if it is no path.
        FileNotFoundError: if it is empty, as a variable that was not set.

    Example:
        >>> path_given(b"runs/a.safetensors")
        'runs/a.safetensors'
    """
    if not (text := os.fsdecode(path)):
        raise FileNotFoundError(errno.ENOENT, "the path is empty; name a file or folder", text)
    return os.path.expanduser(text)

"""What is written into an array, as functions that give a new one: a quantity never changes."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["added_at", "filled", "with_item"]


def filled(target: Any, source: Any, where: Any = True) -> Any:
    """A copy of `target` with `source` written into it."""
    new = target.copy("K")
    np.copyto(new, source, where=where)
    return new


def with_item(target: Any, index: Any, new: Any) -> Any:
    """A copy of `target` with `new` at `index`."""
    copy = target.copy("K")
    copy[index] = new
    return copy


def added_at(target: Any, index: Any, new: Any) -> Any:
    """A copy of `target` with `new` added at `index`, again where it is named again."""
    copy = target.copy("K")
    np.add.at(copy, index, new)
    return copy

"""Whether anybody else holds the numbers of a parameter: who does, keeps them as they are.

An array that nobody else holds can be written into, and nobody can tell. Python counts who holds
what; the counts in question depend on its version, so they are taken here of what is known.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

import numpy as np

from microgradx.tensor import TensorValue, set_data

__all__ = ["are_alone", "is_alone"]


def holders(p: Any) -> tuple[int, int]:
    """How many hold the array of `p`, and how many that array's memory."""
    return sys.getrefcount(p.data), sys.getrefcount(p.data.base)


def holders_of_parts(joint: Any) -> tuple[set[int], int]:
    """How many hold each part of the array `joint.data`, and how many beside them the whole."""
    parts = {sys.getrefcount(part) for part in joint.parts}
    return parts, sys.getrefcount(joint.data) - len(joint.parts)


class Known:
    """What is counted where one tensor, and nobody else, holds the only part of an array."""

    def __init__(self) -> None:
        p = TensorValue(0.0)
        self.data = np.empty(1)
        self.parts = [self.data[:]]
        set_data(p, self.parts[0])
        self.of_parts = holders_of_parts(self)
        del self.parts, self.data
        self.of_whole = holders(p)


# Threads without a common lock count in another way: there, nobody is taken to be alone.
COUNTED = hasattr(sys, "getrefcount") and getattr(sys, "_is_gil_enabled", lambda: True)()
KNOWN = Known() if COUNTED else None


def is_alone(p: Any) -> bool:
    """Whether the data of `p` lie in memory of `memory.aligned`, and `p` alone holds that."""
    if KNOWN is None or holders(p) != KNOWN.of_whole or threads_run():
        return False
    base = p.data.base
    return type(base) is np.ndarray and base.dtype == np.uint8 and p.data.flags.c_contiguous


def are_alone(joint: Any) -> bool:
    """Whether each part of the array `joint.data` is held by a tensor only, and by `joint`."""
    return KNOWN is not None and holders_of_parts(joint) == KNOWN.of_parts and not threads_run()


def threads_run() -> bool:
    """Whether another thread could begin to hold an array while it is written into."""
    return threading.active_count() > 1

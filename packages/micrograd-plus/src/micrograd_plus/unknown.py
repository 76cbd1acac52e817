"""Numbers that are not known yet: while a function is recorded, nobody may look at one."""

from __future__ import annotations

import numbers
import threading
from typing import Any

__all__ = ["NotRecordable", "Unknown", "looked_at", "state"]

LOOKED = (
    "compile() records a function without knowing its numbers, and this one looked at a number "
    "(if, while, a comparison, float(), int()); use relu, maximum or minimum instead, or leave "
    "that part uncompiled."
)


class NotRecordable(ValueError):
    """The function that is being recorded asked for a number that is not known yet.

    Example:
        >>> from micrograd_plus import Value
        >>> from micrograd_plus.compiling import compile
        >>> try:
        ...     compile(lambda x: x if x > 0 else -x)(Value(1.0))
        ... except NotRecordable as error:
        ...     print(str(error).partition(",")[0])
        compile() records a function without knowing its numbers
    """


class State(threading.local):
    """Whether a function is being recorded now, in this thread."""

    recording = False


state = State()


def looked_at(x: Any) -> Any:
    """The number `x` for somebody who decides by it, which a recorded function may not."""
    if state.recording:
        raise NotRecordable(LOOKED)
    return x


class Unknown:
    """The data of a recorded Value. Arithmetic with it is possible, looking at it is not."""

    __slots__ = ()

    def itself(self, other: object = None) -> Unknown:
        """The result of any arithmetic: still unknown."""
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = itself
    __truediv__ = __rtruediv__ = __neg__ = __abs__ = itself
    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = __and__ = itself  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        raise NotRecordable(LOOKED)

    def __float__(self) -> float:
        return float(bool(self))

    def __index__(self) -> int:
        return int(bool(self))

    def __repr__(self) -> str:
        return "<not known while recording>"


numbers.Real.register(Unknown)  # so whoever wants a float of it asks `__float__`, and is told

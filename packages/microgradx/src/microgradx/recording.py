"""`no_grad`: compute without remembering how. And what a tensor without a past is told apart by."""

from __future__ import annotations

import contextlib
import inspect
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from micrograd.graph import Op

__all__ = ["DETACHED", "OF_CONSTANTS", "UNDER_NO_GRAD", "NoGraph", "no_grad", "pause"]

F = TypeVar("F", bound=Callable[..., Any])


class NoGraph(Op):
    """In place of an operation: why there is none. It has no inputs, so `backward` ends here."""

    __slots__ = ("cause",)

    def __init__(self, name: str, cause: str) -> None:
        super().__init__(name, self.refuse)
        self.cause = cause

    def refuse(self, *inputs: Any) -> Any:
        """It stands for something that was not recorded, so it cannot be done again."""
        raise TypeError(f"'{self.name}' is no operation.")

    def __reduce__(self) -> tuple[Any, ...]:
        return NoGraph, (self.name, self.cause)


UNDER_NO_GRAD = NoGraph("no_grad", "it was computed under no_grad(); compute it outside")
DETACHED = NoGraph("detach", "it was detached; use the tensor that detach() was called on")
OF_CONSTANTS = NoGraph(
    "constants", "it was computed from plain numbers and arrays; make one a TensorValue first"
)


class Pause(threading.local):
    """How many blocks this thread is in that change what an operation leaves behind."""

    depth = 0  # all of them: one number to look at, for every operation
    unrecorded = 0  # of `no_grad`
    watched = 0  # of `detect_anomaly`

    def seen(self, data: Any, op: Op | None, inputs: tuple[Any, ...]) -> tuple[Any, Any]:
        """The operation and the inputs that a new tensor remembers within such blocks."""
        if self.watched:
            from microgradx.anomaly import look

            look(data, op, inputs)
        return (UNDER_NO_GRAD, ()) if self.unrecorded and inputs else (op, inputs)


pause = Pause()


class no_grad(contextlib.ContextDecorator):  # read like a keyword: with no_grad():
    """Compute without recording a graph, in a block or in a whole function.

    It saves the memory that a graph keeps alive. Results know that they were made so: `backward()`
    on one of them is an error. Blocks may be nested; other threads go on recording.

    Example:
        >>> from microgradx import TensorValue
        >>> w = TensorValue([1.0, 2.0])
        >>> with no_grad():
        ...     total = (w * w).sum()
        >>> total.item(), total.inputs
        (5.0, ())
        >>> @no_grad()
        ... def squares(x):
        ...     return x * x
        >>> squares(w).op
        Op('no_grad')
    """

    def __enter__(self) -> None:
        pause.depth += 1
        pause.unrecorded += 1

    def __exit__(self, *error: object) -> None:
        pause.depth -= 1
        pause.unrecorded -= 1

    def __call__(self, func: F) -> F:
        """Decorate a function. Of a generator only the start would run in the block."""
        if inspect.isgeneratorfunction(func) or inspect.iscoroutinefunction(func):
            raise TypeError(
                f"@no_grad() cannot reach into {func.__name__}, which runs piece by piece; write "
                "`with no_grad():` inside it."
            )
        return super().__call__(func)

"""`compile`: run a function once to see what it does, then repeat it without the graph."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from micrograd_plus.arrangement import arranged
from micrograd_plus.unknown import NotRecordable, state

if TYPE_CHECKING:
    from micrograd_plus.recording import Recording

__all__ = ["Compiled", "compile"]


def compile(func: Callable[..., Any]) -> Compiled:
    """Make a fast copy of a function of numbers.

    The function is run for each new arrangement of its arguments, on numbers that are not known
    yet, and what it did becomes a straight-line Python program: results and gradients are those of
    the eager engine to the last bit.

    It may capture Values, such as a model's parameters: they are read afresh at every call, and
    `backward()` of a result reaches them. Everything else that it captures (numbers, lists, random
    draws) stays as it was at the recording. It may not look at numbers: `if x > 0` is an error.
    It may call other compiled functions, and itself; they become part of its program.

    `f.backward(x, y)` is `func(x, y).backward()` without the graph: a training step in which the
    parameters are captured. `f.value_and_gradients(x, y)` returns the gradients instead.

    Args:
        func: takes numbers, Values, or lists, tuples and dicts of them; returns Values likewise.
            Other collections (arrays, sets, named tuples) are an error.

    Returns:
        A function that is called as `func` and returns what `func` returns.

    Example:
        >>> @compile
        ... def f(x, y):
        ...     return (x * y).tanh() + x
        >>> f(0.5, 2.0)
        1.2615941559557649
        >>> f.value_and_gradients(0.5, 2.0)
        (1.2615941559557649, (1.8399486832280523, 0.20998717080701307))
        >>> print(f.source)
        # f: 3 operations on 2 numbers
        def values(x, y):
            v1 = x * y
            v2 = tanh(v1)
            v3 = v2 + x
            return (v3, )
        <BLANKLINE>
        def gradients(g, x, y):
            v1 = x * y
            v2 = tanh(v1)
            v3 = v2 + x
            d_x = 0.0 + g
            d_v1 = g * (1 - v2 * v2)
            d_x = d_x + d_v1 * y
            d_y = 0.0 + d_v1 * x
            return (v3, d_x, d_y)
        <BLANKLINE>
    """
    return Compiled(func)


class Compiled:
    """A function together with the programs recorded from it, one per arrangement of arguments."""

    def __init__(self, func: Callable[..., Any]) -> None:
        self.func = func
        self.name = getattr(func, "__name__", "function")
        self.recordings: dict[Any, Recording] = {}

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """What `func` returns: Values if there are any among what goes in, else numbers."""
        if state.recording:  # inside of another compiled function: a part of that one
            return self.func(*arguments, **named)
        if named:
            arguments = self.positional(arguments, named)
        return self.recording(arguments).replay(arguments)

    def value_and_gradients(self, *arguments: Any) -> tuple[float, Any]:
        """The result, and its derivatives by all numbers in the arguments, arranged like them.

        Raises:
            TypeError: if the function has not exactly one number as its result.
        """
        return self.recording(arguments).value_and_gradients(arguments)

    def backward(self, *arguments: Any) -> float:
        """As `func(*arguments).backward()`, without the graph: gradients add up in the leaves.

        Those are the Values in the arguments and the captured ones, such as a model's parameters.
        Returns the result as a number.
        """
        return self.recording(arguments).backward(arguments)

    @property
    def source(self) -> str:
        """The generated Python of the latest recording; call the function first."""
        if not self.recordings:
            raise ValueError(f"{self.name} has not been recorded yet; call it once.")
        return next(reversed(self.recordings.values())).program.source

    def recording(self, arguments: tuple[Any, ...]) -> Recording:
        """The recording for arguments arranged like these, made now if it is missing."""
        if state.recording:
            raise NotRecordable(
                f"gradients of {self.name} inside of another compiled function cannot be recorded; "
                "take those of the outer one."
            )
        key = arranged(arguments)
        try:
            return self.recordings[key]
        except KeyError:
            from micrograd_plus.recording import Recording  # here: few programs compile

            recording = self.recordings[key] = Recording(self.func, self.name, key)
            return recording

    def positional(self, arguments: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
        """The arguments in the order of the function's parameters."""
        bound = inspect.signature(self.func).bind(*arguments, **named)
        bound.apply_defaults()
        if bound.kwargs:
            raise TypeError(
                f"{self.name} takes {', '.join(bound.kwargs)} by name only; compile() needs "
                "arguments that have a position."
            )
        return bound.args

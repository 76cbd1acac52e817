"""What stands for arrays and numbers while a step is recorded: they compute, and write it down.

A stand-in holds the real numbers, so a recorded step is an ordinary step, too. But whoever asks
for them in a way that could not be repeated (`float(x)`, `np.asarray(x)`) gets an error. What both
kinds, `numbers` and `arrays`, have in common is here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

import numpy as np

from microgradx.compiling.tape import NUMBER, PURE, NotRecordable, Var
from microgradx.freezing import Recorded

if TYPE_CHECKING:
    from microgradx.compiling.recorder import Recorder

__all__ = ["LOOKED", "StandIn", "values", "variables"]

LOOKED = (
    "compile() cannot repeat a step that takes a number out of an array (item(), float(), int(), "
    "tolist(), print): it would stay what it was when it was recorded. Let the step return the "
    "array, and look at it outside."
)

COUNTED = (
    "compile() cannot repeat a step in which a number out of an array is an index or a length "
    "(x[y[0]], x[:n], range(n)). Index with a whole array (x[y]), or hand the number in as an int: "
    "the step is then recorded for each."
)


def looked(function: Callable[..., Any]) -> Any:
    """A method that takes the number out, which ends the recording once the step is through.

    Not at once: a step that raises an error of its own should be able to say what it got.
    """

    def method(self: StandIn, *arguments: Any) -> Any:
        self.tape.looked = True
        value = self.value
        if isinstance(value, np.generic) and getattr(np.ndarray, function.__name__, 0) is function:
            value = np.asarray(value)
        return function(value, *arguments)

    return method


class StandIn(Recorded):
    """A quantity, and the tape on which it is written what becomes of it.

    Attributes:
        takes_writes: whether something can be written into it, as into arrays.
    """

    __slots__ = ("tape", "var")

    takes_writes: ClassVar[bool] = False

    def __init__(self, tape: Recorder, var: Var) -> None:
        self.tape = tape
        self.var = var

    @property
    def value(self) -> Any:
        """What it stands for in this run."""
        return self.var.value

    def __bool__(self) -> bool:
        return self.tape.guard(self.var, bool(self.value))

    __float__ = looked(float)
    __int__ = looked(int)
    __complex__ = looked(complex)
    __format__ = looked(format)
    __str__ = looked(str)
    __repr__ = looked(repr)
    item = looked(np.ndarray.item)
    tolist = looked(np.ndarray.tolist)
    tobytes = looked(np.ndarray.tobytes)
    __hash__ = None  # type: ignore[assignment]

    def __index__(self) -> NoReturn:
        raise NotRecordable(COUNTED)  # at once: an operation is then done as a whole

    def whole(self, function: Callable[..., Any], arguments: Any) -> Any:
        """Do `function`, which could not be looked into, as one call."""
        return self.tape.record(PURE, function, tuple(arguments), {})

    def number(self, function: Callable[..., Any], arguments: Any) -> Any:
        """The same for a function that gives a number of Python's."""
        return self.tape.record(NUMBER, function, tuple(arguments), {})

    def __deepcopy__(self, memo: Any) -> Any:
        return self.__copy__()

    def __copy__(self) -> Any:
        return type(self)(self.tape, self.var)

    def __reduce__(self) -> NoReturn:
        raise NotRecordable(LOOKED)


def replaced(x: Any, kind: type, new: Callable[[Any], Any]) -> Any:
    """The arguments with everything of a kind replaced, also within lists, tuples and dicts."""
    if isinstance(x, kind):
        return new(x)
    if type(x) is tuple or type(x) is list:
        return type(x)([replaced(part, kind, new) for part in x])
    if type(x) is dict:
        return {key: replaced(part, kind, new) for key, part in x.items()}
    return x


def values(x: Any) -> Any:
    """The arguments with what stands in them for a number or an array."""
    return replaced(x, StandIn, lambda part: part.value)


def variables(x: Any) -> Any:
    """The arguments as quantities."""
    return replaced(x, StandIn, lambda part: part.var)

"""What a recorded step did: a list of calls, and the quantities that went from one to the next.

A quantity (`Var`) never changes: what is written into an array in place becomes a new one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from micrograd_plus.unknown import NotRecordable

__all__ = [
    "DRAW",
    "GUARD",
    "NUMBER",
    "PURE",
    "Call",
    "NotRecordable",
    "Tape",
    "Var",
    "state",
    "vars_in",
]

PURE = "pure"  # the same arguments give the same result
NUMBER = "number"  # so, too, and it is one of Python's numbers
DRAW = "draw"  # takes the next random numbers
GUARD = "guard"  # the step decided by this value; another one would take another way


class Var:
    """An array or a number that is another in every replay.

    Attributes:
        value: what it was while it was recorded.
        call: the call that gave it; None if it came from outside.
    """

    __slots__ = ("call", "value")

    def __init__(self, value: Any, call: Call | None = None) -> None:
        self.value = value
        self.call = call


class Call:
    """One call: `function(*arguments, **settings)`; quantities stand in it as `Var`."""

    __slots__ = ("arguments", "function", "kind", "result", "settings")

    def __init__(
        self, kind: str, function: Callable[..., Any], arguments: Any, settings: Any, value: Any
    ) -> None:
        self.kind = kind
        self.function = function
        self.arguments: tuple[Any, ...] = arguments
        self.settings: dict[str, Any] = settings
        self.result = Var(value, self)

    @property
    def generator(self) -> Any:
        """What a draw draws from."""
        method: Any = self.function
        return method.__self__

    def inputs(self) -> Iterator[Var]:
        """The quantities it needs."""
        yield from vars_in(self.arguments)
        yield from vars_in(self.settings)


class Tape:
    """The calls of one run, in order.

    Attributes:
        open: whether the run still goes on.
        looked: whether a number was taken out of an array, which nobody could repeat.
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.open = True
        self.looked = False

    def add(
        self,
        kind: str,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        settings: dict[str, Any],
        value: Any,
    ) -> Var:
        """Write down a call that gave `value`."""
        if not self.open:
            self.refuse()
        call = Call(kind, function, arguments, settings, value)
        self.calls.append(call)
        return call.result

    def refuse(self) -> NoReturn:
        """Raise because an array of another run came along."""
        raise NotRecordable(
            "this array was kept from inside of a compiled step, where it only stood for one; "
            "let the step return what is needed outside."
        )

    def guard(self, var: Var, answer: bool) -> bool:
        """The step is about to decide by a value: replays have to decide alike."""
        self.add(GUARD, bool, (var,), {}, answer)
        return answer


class State(threading.local):
    """The tape on which this thread records now, if it does."""

    tape: Tape | None = None


state = State()


def flat(x: Any) -> Iterator[Any]:
    """What lies in lists, tuples and dicts."""
    if isinstance(x, list | tuple):
        for part in x:
            yield from flat(part)
    elif isinstance(x, dict):
        for part in x.values():
            yield from flat(part)
    else:
        yield x


def vars_in(x: Any) -> Iterator[Var]:
    """The quantities in arguments."""
    return (part for part in flat(x) if isinstance(part, Var))

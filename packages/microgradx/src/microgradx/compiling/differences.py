"""Do two recordings of a step agree? Only what a step does every time can be repeated."""

from __future__ import annotations

from typing import Any

import numpy as np

from microgradx.compiling.operations import may_give_up
from microgradx.compiling.recording import Recording
from microgradx.compiling.results import Tensor
from microgradx.compiling.tape import GUARD, Call, Var

__all__ = ["differences"]


def differences(one: Recording, other: Recording) -> str | None:
    """How two recordings of one step differ, if they do."""
    first, second = one.tape.calls, other.tape.calls
    number = numbered(one) | numbered(other)
    reshaped = False  # from then on it is another way, as after a decision: programs look at shapes
    for a, b in zip(first, second):  # until one ends
        if code(a.function) != code(b.function) or a.kind != b.kind:
            return GUARD if reshaped else f"{name_of(a)} in one run, {name_of(b)} in the next"
        if a.kind == GUARD and a.result.value != b.result.value:
            return GUARD
        arguments = alike(a.arguments, b.arguments, number)
        if not arguments or not alike(a.settings, b.settings, number):
            return GUARD if reshaped else f"other numbers in {name_of(a)}"
        reshaped |= may_give_up(a) and np.shape(a.result.value) != np.shape(b.result.value)
    if len(first) != len(second):
        return (
            GUARD if reshaped else f"{len(first)} operations in one run, {len(second)} in the next"
        )
    left, left_by_other = (
        [(effect.place.ident, effect.new) for effect in recording.effects]
        for recording in (one, other)
    )
    if not alike(left, left_by_other, number):
        return "other things were left behind"
    results = form(one.output), form(other.output)
    return None if alike(*results, number) else "other results were returned"


def numbered(recording: Recording) -> dict[Var, Any]:
    """For each quantity where it comes from: what is the same in two runs has equal ones."""
    number: dict[Var, Any] = {var: ("given", k) for k, var in enumerate(recording.given)}
    number |= {var: ident for ident, (_, var) in recording.found.items()}
    for ident, (_, x) in recording.numbers.items():
        number |= {var: (ident, k) for k, var in enumerate(x if type(x) is tuple else (x,))}
    return number | {call.result: k for k, call in enumerate(recording.tape.calls)}


def form(x: Any) -> Any:
    """What a step returned, as far as two runs can be compared.

    Objects of other kinds may be made anew in every run, and few say when they are equal: of those
    it is only the type.
    """
    if isinstance(x, Tensor):
        return [Tensor, form(x.data)]
    if type(x) is tuple or type(x) is list:
        return type(x)([form(part) for part in x])
    if type(x) is dict:
        return {key: form(part) for key, part in x.items()}
    return x if isinstance(x, Var | np.ndarray | np.generic | int | float | str) else type(x)


def alike(x: Any, y: Any, number: dict[Var, Any]) -> bool:
    """Whether two arguments are the same quantities, or equal constants."""
    if isinstance(x, Var) and isinstance(y, Var):
        return bool(number.get(x) == number.get(y))
    if isinstance(x, np.ndarray | np.generic) and isinstance(y, np.ndarray | np.generic):
        return x.dtype == y.dtype and np.array_equal(x, y, equal_nan=x.dtype.kind == "f")
    if isinstance(x, list | tuple) and type(x) is type(y):
        return len(x) == len(y) and all(alike(a, b, number) for a, b in zip(x, y))
    if isinstance(x, dict) and isinstance(y, dict):
        return x.keys() == y.keys() and all(alike(x[k], y[k], number) for k in x)
    if isinstance(x, slice) and isinstance(y, slice):
        return (x.start, x.stop, x.step) == (y.start, y.stop, y.step)
    return x is y or (type(x) is type(y) and bool(x == y or x != x))


def code(function: Any) -> Any:
    """What two functions are compared by: one made anew in every run has the same code."""
    return getattr(function, "__code__", function)


def name_of(call: Call) -> str:
    """A call, for an error."""
    return str(getattr(call.function, "__name__", call.function))

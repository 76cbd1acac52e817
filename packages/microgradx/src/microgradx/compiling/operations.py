"""What kind of work a call is: in which buffer its result may come, and how it is put there."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from microgradx.compiling.sharing import is_array, is_view
from microgradx.compiling.tape import DRAW, GUARD, NUMBER, PURE, Call, Var, flat, vars_in
from microgradx.compiling.written import added_at, filled, with_item

__all__ = [
    "JOINING",
    "WHOLE",
    "has_out",
    "is_entrywise",
    "is_reduction",
    "is_written_into",
    "is_zero",
    "may_fail",
    "may_give_up",
]

REDUCTIONS = {np.add, np.multiply, np.maximum, np.minimum, np.logical_and, np.logical_or}
JOINING = {np.concatenate, np.stack}
WHOLE: dict[Any, Any] = {np.dtype(np.float32): np.int32, np.dtype(np.float64): np.int64}


def has_out(call: Call) -> bool:
    """Whether the result of a call can be put into a buffer."""
    f, value = call.function, call.result.value
    if call.kind == DRAW:
        return (
            f.__name__ in ("random", "standard_normal")
            and isinstance(value, np.ndarray)
            and len(call.arguments) <= 1
            and set(call.settings) <= {"size", "dtype"}
            and not any(isinstance(x, Var) for x in flat((call.arguments, call.settings)))
        )
    if call.kind != PURE or not isinstance(value, np.ndarray | np.generic):
        return False
    if isinstance(f, np.ufunc):
        return f.nout == 1 and "where" not in call.settings
    if is_reduction(f):
        return set(call.settings) <= {"axis", "keepdims", "initial"}
    if f is np.ndarray.astype:
        return len(call.arguments) == 2 and set(call.settings) <= {"copy"}
    if f in JOINING:
        return set(call.settings) <= {"axis"}
    return f in (filled, with_item, added_at) or is_choice(call)


def may_give_up(call: Call) -> bool:
    """Whether a call makes an array of its own, whose shape may be another one in every run."""
    own = call.kind not in (GUARD, NUMBER) and not has_out(call) and not is_view(call)
    return own and is_array(call.result.value)


def may_fail(call: Call) -> bool:
    """Whether a call writes at places that are others in every run, and may not exist."""
    return call.function in (with_item, added_at) and any(vars_in(call.arguments[1]))


def is_entrywise(call: Call) -> bool:
    """Whether each entry of the result needs only the entries at the same place."""
    f = call.function
    return isinstance(f, np.ufunc) and f.signature is None and f.nout == 1 and f.nin <= 2


def is_written_into(call: Call) -> bool:
    """Whether the result is the first argument with something written into it."""
    first = call.arguments[0] if call.arguments else None
    return call.function in (filled, with_item, added_at) and [
        x for x in flat((call.arguments, call.settings)) if x is first
    ] == [first]


def is_reduction(f: Any) -> bool:
    """Whether `f` is np.add.reduce or one of its like."""
    return getattr(f, "__name__", "") == "reduce" and getattr(f, "__self__", None) in REDUCTIONS


def is_choice(call: Call) -> bool:
    """Whether a call is `where` between a number and 0.0, to be done by bits."""
    if call.function is not np.where or len(call.arguments) != 3 or call.settings:
        return False
    condition, a, b = call.arguments
    kept = b if is_zero(a) else a if is_zero(b) else None
    value = getattr(kept, "value", kept)
    asked = getattr(condition, "value", condition)
    return (
        isinstance(value, np.ndarray)
        and value.dtype in WHOLE
        and isinstance(asked, np.ndarray)
        and asked.dtype == bool
        and asked.shape == value.shape == call.result.value.shape
        and value.flags.c_contiguous
        and asked.flags.c_contiguous
    )


def is_zero(x: Any) -> bool:
    """Whether `x` is 0.0, and not -0.0."""
    return type(x) is float and x == 0.0 and math.copysign(1.0, x) > 0

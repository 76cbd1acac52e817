"""NumPy's functions of stand-ins: which are written down, how, and which cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from microgradx.compiling.standins import StandIn, values
from microgradx.compiling.tape import PURE, NotRecordable
from microgradx.compiling.written import added_at, filled

if TYPE_CHECKING:
    from microgradx.compiling.recorder import Recorder

__all__ = ["function_call", "reduction", "ufunc_call"]

STATIC = {np.shape, np.ndim, np.size, np.result_type, np.can_cast, np.iscomplexobj, np.isrealobj}
REDUCTIONS: dict[Any, Any] = {
    np.all: np.logical_and.reduce,
    np.any: np.logical_or.reduce,
    np.sum: np.add.reduce,
    np.max: np.maximum.reduce,
    np.min: np.minimum.reduce,
    np.prod: np.multiply.reduce,
}


def function_call(tape: Recorder, function: Any, arguments: Any, settings: Any) -> Any:
    """One call of a function that is no ufunc."""
    if function in STATIC:
        return function(*values(arguments), **values(settings))
    if function in WRITING:
        return WRITING[function](*arguments, **settings)
    if "out" in settings and settings["out"] is not None:
        raise NotRecordable(f"np.{function.__name__}(..., out=...) cannot be recorded.")
    if function in REDUCTIONS:
        return reduction(tape, REDUCTIONS[function], *arguments, **settings)
    return tape.record(PURE, function, arguments, settings)


def reduction(
    tape: Recorder,
    function: Any,
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    **settings: Any,
) -> Any:
    """A sum or the like as NumPy's methods define it: over all axes unless one is named."""
    if out is not None:
        raise NotRecordable("compile() cannot record out= in a sum or its like.")
    if dtype is not None:
        settings["dtype"] = dtype
    return tape.record(PURE, function, (x,), {"axis": axis, "keepdims": keepdims, **settings})


def ufunc_call(tape: Recorder, ufunc: Any, method: str, inputs: Any, settings: Any) -> Any:
    """One call of a ufunc, or of one of its methods."""
    out = settings.pop("out", None)
    if method == "at":
        if ufunc is np.add and takes_writes(inputs[0]):
            inputs[0].write(tape.record(PURE, added_at, inputs, {}))
            return None
        raise NotRecordable("compile() cannot record ufunc.at on an array of the outside.")
    function = ufunc if method == "__call__" else getattr(ufunc, method)
    if out is None:
        return tape.record(PURE, function, inputs, settings)
    target = out[0]
    if len(out) > 1 or not takes_writes(target):
        raise NotRecordable(
            "compile() cannot record what is written into an array of the outside; write "
            "x = x + y instead of x += y."
        )
    if settings.get("where", True) is not True:
        raise NotRecordable("compile() cannot record where= together with out=.")
    return target.write(tape.record(PURE, function, inputs, settings))


def takes_writes(x: Any) -> bool:
    """Whether `x` stands for an array: what is written into another one cannot be repeated."""
    return isinstance(x, StandIn) and x.takes_writes


def copied_into(target: Any, source: Any, casting: str = "same_kind", where: Any = True) -> None:
    """np.copyto, into a stand-in."""
    if not takes_writes(target):
        target.__setitem__(..., source)  # the array cannot take it, and says why
    new = target.tape.record(PURE, filled, (target, source, where), {})
    target.write(new)


def refuse_to_write(target: Any, *args: Any, **kwargs: Any) -> NoReturn:
    """A function that writes into its first argument."""
    raise NotRecordable("compile() cannot record np.put, np.place and their like; use np.where.")


WRITING: dict[Any, Any] = {
    np.copyto: copied_into,
    np.put: refuse_to_write,
    np.place: refuse_to_write,
    np.putmask: refuse_to_write,
    np.fill_diagonal: refuse_to_write,
    np.put_along_axis: refuse_to_write,
}

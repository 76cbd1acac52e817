"""What stands for an array: it has the methods, attributes and signs of one."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from microgradx.compiling.functions import function_call, reduction, ufunc_call
from microgradx.compiling.standins import StandIn
from microgradx.compiling.tape import PURE, NotRecordable, Var
from microgradx.compiling.written import filled, with_item

if TYPE_CHECKING:
    from microgradx.compiling.recorder import Recorder

__all__ = ["Array"]


def reduced(ufunc: Any) -> Any:
    """A method that sums, or does the like, as a ufunc reduces."""

    def method(self: Array, *args: Any, **kwargs: Any) -> Any:
        return reduction(self.tape, ufunc.reduce, self, *args, **kwargs)

    return method


class Array(StandIn, NDArrayOperatorsMixin):
    """An array, or one of NumPy's scalars.

    What is written into it in place makes it stand for a new quantity. That is done only where no
    view of it can be around.
    """

    __slots__ = ("base", "seen", "writeable")
    __hash__ = None  # type: ignore[assignment]
    takes_writes = True

    def __init__(self, tape: Recorder, var: Var, base: Any = None) -> None:
        super().__init__(tape, var)
        self.base = base  # the array that it is a view of
        self.writeable = True
        self.seen = False  # whether there are views of it

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **settings: Any) -> Any:
        return ufunc_call(self.tape, ufunc, method, inputs, settings)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return function_call(self.tape, func, args, kwargs)

    def __array__(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotRecordable(
            "compile() cannot follow an array into np.asarray, np.array or their like, nor into a "
            "plain array as its index (np.eye(3)[y], np.take). Use functions of arrays (np.where, "
            "x.astype, one_hot, ...), index a tensor (TensorValue(table)[y]), or do it outside of "
            "the step and hand the result in."
        )

    shape = property(lambda self: self.value.shape)
    ndim = property(lambda self: self.value.ndim)
    size = property(lambda self: self.value.size)
    dtype = property(lambda self: self.value.dtype)
    itemsize = property(lambda self: self.value.itemsize)
    nbytes = property(lambda self: self.value.nbytes)
    flags = property(lambda self: Flags(self))
    T = property(lambda self: self.transpose())

    def setflags(self, write: bool = True) -> None:
        """Freeze, or thaw."""
        self.writeable = bool(write)

    def __pow__(self, n: Any) -> Any:
        if type(n) in (int, float) and n in POWERS and self.dtype.kind == "f":
            return POWERS[n](self)  # as NumPy's own ** does
        return np.power(self, n)

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Iterator[Any]:
        return (self[k] for k in range(len(self)))

    def __getitem__(self, index: Any) -> Any:
        return self.tape.record(PURE, operator.getitem, (self, index), {})

    def __setitem__(self, index: Any, new: Any) -> None:
        self.write(self.tape.record(PURE, with_item, (self, index, new), {}))

    def write(self, new: Any) -> Array:
        """Stand for another quantity from now on."""
        if not self.writeable:
            raise ValueError("assignment destination is read-only")
        if self.base is not None or self.seen:
            raise NotRecordable(
                "compile() cannot follow writes into an argument, or into an array of which there "
                "are views; write x = x * 2 instead of x *= 2."
            )
        value = new.value
        if value.shape != self.shape or value.dtype != self.dtype:
            new = self.tape.record(PURE, filled, (self, new), {})
        self.var = new.var
        return self

    def copy(self, order: str = "C") -> Any:
        """The same quantity, which nobody can change by writing into this array."""
        value: Any = np.asarray(self.value)
        if value.copy(order).strides != value.strides:
            return self.tape.record(PURE, np.ndarray.copy, (self, order), {})
        return Array(self.tape, self.var)

    def astype(self, dtype: Any, *args: Any, copy: bool = True, **kwargs: Any) -> Any:
        """Numbers of another type."""
        if np.dtype(dtype) == self.dtype and not args and not kwargs:
            return self.copy("K") if copy else self
        return self.tape.record(PURE, np.ndarray.astype, (self, dtype, *args), kwargs)

    def fill(self, x: Any) -> None:
        """Write one number everywhere."""
        self[...] = x

    all = reduced(np.logical_and)
    any = reduced(np.logical_or)
    sum = reduced(np.add)
    max = reduced(np.maximum)
    min = reduced(np.minimum)

    def __getattr__(self, name: str) -> Any:
        method = getattr(np.ndarray, name, None)
        if name.startswith("__") or method is None:
            raise AttributeError(f"a recorded array has no attribute {name!r}")
        if name not in METHODS:
            raise NotRecordable(f"compile() cannot record the method {name} of an array.")
        return lambda *args, **kwargs: self.tape.record(PURE, method, (self, *args), kwargs)


class Flags:
    """As much of an array's flags as the engine asks for."""

    def __init__(self, array: Array) -> None:
        self.writeable = array.writeable
        flags = np.asarray(array.value).flags
        self.c_contiguous, self.f_contiguous = flags.c_contiguous, flags.f_contiguous


POWERS: dict[Any, Any] = {2: np.square, 0.5: np.sqrt, 1: np.positive, -1: np.reciprocal}

KNOWN = (
    "argmax, argmin, argsort, clip, conj, cumprod, cumsum, diagonal, dot, flatten, mean, prod, "
    "ptp, ravel, repeat, reshape, round, squeeze, std, swapaxes, take, trace, transpose, var, view"
)
METHODS = frozenset(KNOWN.split(", "))

"""What stands for arrays and numbers while a step is recorded: they compute, and write it down.

A stand-in holds the real numbers, so a recorded step is an ordinary step, too. But whoever asks
for them in a way that could not be repeated (`float(x)`, `np.asarray(x)`) gets an error.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from microgradx.compiling.tape import NUMBER, PURE, NotRecordable, Tape, Var, flat
from microgradx.freezing import Recorded

__all__ = ["LOOKED", "Array", "Number", "StandIn", "stand_in"]

LOOKED = (
    "compile() cannot repeat a step that takes a number out of an array (item(), float(), int(), "
    "tolist(), print): it would stay what it was when it was recorded. Let the step return the "
    "array, and look at it outside."
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
    """Base of both: a quantity, and the tape on which it is written what becomes of it."""

    __slots__ = ("tape", "var")

    def __init__(self, tape: Tape, var: Var) -> None:
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
        raise NotRecordable(LOOKED)  # at once: an operation is then done as a whole

    def whole(self, function: Callable[..., Any], arguments: Any) -> Any:
        """Do `function`, which could not be looked into, as one call."""
        return recorded(self.tape, PURE, function, tuple(arguments), {})

    def number(self, function: Callable[..., Any], arguments: Any) -> Any:
        """The same for a function that gives a number of Python's."""
        return recorded(self.tape, NUMBER, function, tuple(arguments), {})

    def __deepcopy__(self, memo: Any) -> Any:
        return self.__copy__()

    def __copy__(self) -> Any:
        return type(self)(self.tape, self.var)

    def __reduce__(self) -> NoReturn:
        raise NotRecordable(LOOKED)


class Number(StandIn):
    """One of Python's numbers, such as the learning rate."""

    __slots__ = ()

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **settings: Any) -> Any:
        return ufunc_call(self.tape, ufunc, method, inputs, settings)


def number_operator(function: Callable[..., Any], reflected: bool) -> Callable[..., Any]:
    """A method that computes with Python's numbers, and leaves arrays to NumPy."""

    def method(self: Number, *others: Any) -> Any:
        for x in others:
            if not isinstance(x, Number) and type(x) not in (int, float, bool):
                return NotImplemented
        operands = (*others, self) if reflected else (self, *others)
        return recorded(self.tape, NUMBER, function, operands, {})

    return method


for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow"):
    setattr(Number, f"__{name}__", number_operator(getattr(operator, name), False))
    setattr(Number, f"__r{name}__", number_operator(getattr(operator, name), True))
for name in ("neg", "pos", "abs", "lt", "le", "gt", "ge", "eq", "ne"):
    setattr(Number, f"__{name}__", number_operator(getattr(operator, name), False))


class Flags:
    """As much of an array's flags as the engine asks for."""

    def __init__(self, array: Array) -> None:
        self.writeable = array.writeable
        flags = np.asarray(array.value).flags
        self.c_contiguous, self.f_contiguous = flags.c_contiguous, flags.f_contiguous


class Array(StandIn, NDArrayOperatorsMixin):
    """An array, or one of NumPy's scalars.

    What is written into it in place makes it stand for a new quantity. That is done only where no
    view of it can be around.
    """

    __slots__ = ("base", "seen", "writeable")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, tape: Tape, var: Var, base: Any = None) -> None:
        super().__init__(tape, var)
        self.base = base  # the array that it is a view of
        self.writeable = True
        self.seen = False  # whether there are views of it

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **settings: Any) -> Any:
        return ufunc_call(self.tape, ufunc, method, inputs, settings)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if func in STATIC:
            return func(*values(args), **values(kwargs))
        if func in WRITING:
            return WRITING[func](*args, **kwargs)
        if "out" in kwargs and kwargs["out"] is not None:
            raise NotRecordable(f"np.{func.__name__}(..., out=...) cannot be recorded.")
        if func in REDUCTIONS:
            return reduction(self.tape, REDUCTIONS[func], *args, **kwargs)
        return recorded(self.tape, PURE, func, args, kwargs)

    def __array__(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotRecordable(
            "compile() cannot follow an array into np.asarray, np.array or their like; "
            "use functions of arrays (np.where, x.astype, ...), or do it outside of the step and "
            "hand the result in."
        )

    shape = property(lambda self: self.value.shape)
    ndim = property(lambda self: self.value.ndim)
    size = property(lambda self: self.value.size)
    dtype = property(lambda self: self.value.dtype)
    itemsize = property(lambda self: self.value.itemsize)
    nbytes = property(lambda self: self.value.nbytes)
    flags = property(Flags)
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
        return recorded(self.tape, PURE, operator.getitem, (self, index), {})

    def __setitem__(self, index: Any, new: Any) -> None:
        self.write(recorded(self.tape, PURE, with_item, (self, index, new), {}))

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
            new = recorded(self.tape, PURE, filled, (self, new), {})
        self.var = new.var
        return self

    def copy(self, order: str = "C") -> Any:
        """The same quantity, which nobody can change by writing into this array."""
        value: Any = np.asarray(self.value)
        if value.copy(order).strides != value.strides:
            return recorded(self.tape, PURE, np.ndarray.copy, (self, order), {})
        return Array(self.tape, self.var)

    def astype(self, dtype: Any, *args: Any, copy: bool = True, **kwargs: Any) -> Any:
        """Numbers of another type."""
        if np.dtype(dtype) == self.dtype and not args and not kwargs:
            return self.copy("K") if copy else self
        return recorded(self.tape, PURE, np.ndarray.astype, (self, dtype, *args), kwargs)

    def fill(self, x: Any) -> None:
        """Write one number everywhere."""
        self[...] = x

    def all(self, *args: Any, **kwargs: Any) -> Any:
        """Whether all are true."""
        return reduction(self.tape, np.logical_and.reduce, self, *args, **kwargs)

    def any(self, *args: Any, **kwargs: Any) -> Any:
        """Whether one is true."""
        return reduction(self.tape, np.logical_or.reduce, self, *args, **kwargs)

    def sum(self, *args: Any, **kwargs: Any) -> Any:
        """The sum."""
        return reduction(self.tape, np.add.reduce, self, *args, **kwargs)

    def max(self, *args: Any, **kwargs: Any) -> Any:
        """The largest."""
        return reduction(self.tape, np.maximum.reduce, self, *args, **kwargs)

    def min(self, *args: Any, **kwargs: Any) -> Any:
        """The smallest."""
        return reduction(self.tape, np.minimum.reduce, self, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        method = getattr(np.ndarray, name, None)
        if name.startswith("__") or method is None:
            raise AttributeError(f"a recorded array has no attribute {name!r}")
        if name not in METHODS:
            raise NotRecordable(f"compile() cannot record the method {name} of an array.")
        return lambda *args, **kwargs: recorded(self.tape, PURE, method, (self, *args), kwargs)


POWERS: dict[Any, Any] = {2: np.square, 0.5: np.sqrt, 1: np.positive, -1: np.reciprocal}

KNOWN = (
    "argmax, argmin, argsort, clip, conj, cumprod, cumsum, diagonal, dot, flatten, mean, prod, "
    "ptp, ravel, repeat, reshape, round, squeeze, std, swapaxes, take, trace, transpose, var, view"
)
METHODS = frozenset(KNOWN.split(", "))

STATIC = {np.shape, np.ndim, np.size, np.result_type, np.can_cast, np.iscomplexobj, np.isrealobj}
REDUCTIONS: dict[Any, Any] = {
    np.all: np.logical_and.reduce,
    np.any: np.logical_or.reduce,
    np.sum: np.add.reduce,
    np.max: np.maximum.reduce,
    np.min: np.minimum.reduce,
    np.prod: np.multiply.reduce,
}


def copied_into(target: Any, source: Any, casting: str = "same_kind", where: Any = True) -> None:
    """np.copyto, into a stand-in."""
    if not isinstance(target, Array):
        target.__setitem__(..., source)  # the array cannot take it, and says why
    new = recorded(target.tape, PURE, filled, (target, source, where), {})
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


def filled(target: Any, source: Any, where: Any = True) -> Any:
    """A copy of `target` with `source` written into it."""
    new = target.copy("K")
    np.copyto(new, source, where=where)
    return new


def with_item(target: Any, index: Any, new: Any) -> Any:
    """A copy of `target` with `new` at `index`."""
    copy = target.copy("K")
    copy[index] = new
    return copy


def added_at(target: Any, index: Any, new: Any) -> Any:
    """A copy of `target` with `new` added at `index`, again where it is named again."""
    copy = target.copy("K")
    np.add.at(copy, index, new)
    return copy


def reduction(
    tape: Tape,
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
    return recorded(tape, PURE, function, (x,), {"axis": axis, "keepdims": keepdims, **settings})


def ufunc_call(tape: Tape, ufunc: Any, method: str, inputs: Any, settings: Any) -> Any:
    """One call of a ufunc, or of one of its methods."""
    out = settings.pop("out", None)
    if method == "at":
        if ufunc is np.add and isinstance(inputs[0], Array):
            inputs[0].write(recorded(tape, PURE, added_at, inputs, {}))
            return None
        raise NotRecordable("compile() cannot record ufunc.at on an array of the outside.")
    function = ufunc if method == "__call__" else getattr(ufunc, method)
    if out is None:
        return recorded(tape, PURE, function, inputs, settings)
    target = out[0]
    if len(out) > 1 or not isinstance(target, Array):
        raise NotRecordable(
            "compile() cannot record what is written into an array of the outside; write "
            "x = x + y instead of x += y."
        )
    if settings.get("where", True) is not True:
        raise NotRecordable("compile() cannot record where= together with out=.")
    return target.write(recorded(tape, PURE, function, inputs, settings))


def recorded(tape: Tape, kind: str, function: Any, arguments: Any, settings: Any) -> Any:
    """Call, write it down, and give what stands for the result."""
    for x in flat((arguments, settings)):
        if isinstance(x, StandIn) and x.tape is not tape:
            tape.refuse()
    value = function(*values(arguments), **values(settings))
    if value is NotImplemented:
        return value
    if isinstance(value, tuple | list):
        var = tape.add(kind, function, variables(arguments), variables(settings), value)
        parts = [
            stand_in(tape, tape.add(PURE, operator.getitem, (var, k), {}, part))
            for k, part in enumerate(value)
        ]
        return type(value)(parts)
    if kind != NUMBER and not isinstance(value, np.ndarray | np.generic):
        raise NotRecordable(
            f"compile() cannot record {getattr(function, '__name__', function)!r}, which gave "
            f"{type(value).__name__} instead of an array."
        )
    var = tape.add(kind, function, variables(arguments), variables(settings), value)
    base = None
    for x in arguments:
        if isinstance(x, Array) and shares(x.value, value):
            base = x if x.base is None else x.base
            base.seen = True
            break
    return stand_in(tape, var, base)


def shares(a: Any, b: Any) -> bool:
    """Whether two arrays lie in the same memory."""
    return isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and np.may_share_memory(a, b)


def stand_in(tape: Tape, var: Var, base: Any = None) -> Any:
    """An array or a number, after what its value is."""
    if isinstance(var.value, np.ndarray | np.generic):
        array = Array(tape, var, base)
        if base is not None:
            array.writeable = base.writeable
        return array
    return Number(tape, var)


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

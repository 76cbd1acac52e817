"""Operations on arrays: they do not warn, and they say what is wrong with a shape."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec

import numpy as np

from micrograd.graph import Node, latest_class
from micrograd.graph import Op as Stage1Op
from micrograd_plus.op import Op
from microgradx import functions
from microgradx.freezing import Recorded, as_it_is
from microgradx.functions import silence
from microgradx.limits import beyond
from microgradx.recording import OF_CONSTANTS

__all__ = ["ArrayOp", "by_float32", "on_arrays", "with_settings"]

P = ParamSpec("P")

# For the classes of an operation's inputs: what makes the result, what makes constants (None where
# there are none), and which inputs are nodes.
KNOWN: dict[tuple[type, ...], tuple[Callable[..., Any], Any, tuple[bool, ...]]] = {}
MANY = 4  # with more inputs, as of `stack`, it is found out every time


class ArrayOp(Op):
    """An operation of stage 2 for arrays.

    Args:
        name: how the operation is drawn and printed.
        forward: raw inputs to raw result.
        backward: one rule `(g, out, *inputs) -> gradient` per input. The gradient may be of the
            broadcast shape: `TensorValue.accumulate` sums it.
        expected: what an error says the operation expected of its inputs.
        warns: whether NumPy could warn of a number; what only moves numbers is called directly.

    Attributes:
        maker: the function that made it `with_settings`, else None.
        settings: what that was called with, in order.
    """

    __slots__ = ("expected", "loud", "maker", "settings")

    def __init__(
        self,
        name: str,
        forward: Callable[..., Any],
        *backward: Callable[..., Any] | None,
        expected: str = "shapes that broadcast: from the last axis on, equal lengths or 1",
        warns: bool = True,
    ) -> None:
        super().__init__(name, functions.quiet(forward) if warns else forward, *backward)
        self.expected = expected
        self.loud = forward if warns else None  # what is to be called in silence
        self.maker: Callable[..., ArrayOp] | None = None
        self.settings: tuple[Any, ...] = ()

    def __call__(self, *inputs: Any) -> Any:
        """As at stage 1; who makes the result of inputs of these classes is found out once."""
        known = KNOWN.get(tuple(map(type, inputs)))
        if known is None:
            return self.of_new_classes(inputs)
        result, constant, are_nodes = known
        if constant is None:
            raw = [x._array for x in inputs]
        else:
            inputs = tuple([x if n else constant(x) for x, n in zip(inputs, are_nodes)])
            raw = [x._array if n else x for x, n in zip(inputs, are_nodes)]
        try:
            # as `self.forward`, without its frame of Python: 0.2 µs
            data = silence.run(self.loud, *raw) if self.loud else self.forward(*raw)
        except (ArithmeticError, ValueError):
            data = self.at_edge(self.forward, raw)
        except RuntimeError as error:
            if not silence.is_entered(error):
                raise
            data = self.forward(*raw)  # one operation within another: see `quiet`
        return result(data, self, inputs)

    def of_new_classes(self, inputs: tuple[Any, ...]) -> Any:
        """As at stage 1, for inputs of classes that have not met before."""
        nodes = [x for x in inputs if isinstance(x, Node)]
        if nodes and len(inputs) <= MANY:
            cls = latest_class(self, nodes)
            are_nodes = tuple([isinstance(x, Node) for x in inputs])
            constant = None if all(are_nodes) else cls.constant
            if cls.holds == "an array":
                KNOWN[tuple(map(type, inputs))] = cls.result, constant, are_nodes
        return super().__call__(*inputs)

    def push(self, node: Any) -> None:
        """As at stage 1, spelled out. The gradient of `node` is dropped: it has been handed on."""
        inputs, g, out = node.inputs, node.grad, node._array
        node.grad = None
        raw = [x._array if isinstance(x, Node) else x for x in inputs]  # type: ignore[attr-defined]
        for x, rule in zip(inputs, self.backward, strict=True):
            if rule is not None and isinstance(x, Node):
                try:
                    to_x = rule(g, out, *raw)
                except (ArithmeticError, ValueError):
                    to_x = self.at_edge(rule, (g, out, *raw))
                x.accumulate(to_x)

    def of_constants(self, inputs: tuple[Any, ...]) -> Any:
        """A tensor without a graph: nothing that went in can receive a gradient."""
        from microgradx.tensor import TensorValue, as_array

        numbers = [isinstance(x, int | float | np.generic) for x in inputs]
        raw = [
            TensorValue.constant(x)
            # an index stays whole; a number takes the dtype of the arrays, if there are any
            if rule is None or (number and not all(numbers))
            else as_array(TensorValue.constant(x))
            for x, number, rule in zip(inputs, numbers, self.backward, strict=True)
        ]
        try:
            data = as_it_is(self.forward(*raw))
        except ValueError:
            data = as_it_is(self.at_edge(self.forward, raw))
        return TensorValue.result(data if data.dtype.kind == "f" else data + 0.0, OF_CONSTANTS)

    def at_edge(self, function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
        """Say in the terms of this operation why NumPy refused; arrays have no other edges."""
        error = sys.exception()
        for x in arguments:
            if isinstance(x, Recorded):
                return x.whole(function, arguments)  # it cannot be looked into, so as one call
        if function is not self.forward or not isinstance(error, ValueError):
            raise  # the error that brought us here
        shapes = " and ".join(str(np.shape(x)) for x in arguments)
        got = f"shape {shapes}" if len(arguments) == 1 else f"shapes {shapes}"
        if beyond(error):
            text = f"'{self.name}' reached a limit of NumPy: {error}; got {got}."
            raise type(error)(text) from None
        raise type(error)(f"'{self.name}' expected {self.expected}; got {got}.") from None


def on_arrays(op: Stage1Op) -> ArrayOp:
    """An operation of an earlier stage, its rules unchanged, on NumPy's functions."""
    spoken = op.on(functions) if isinstance(op, Op) else op
    made = ArrayOp(op.name, spoken.forward, *spoken.backward)
    made.definition = getattr(spoken, "definition", None)
    return made


HALF, SINGLE = np.dtype(np.float16), np.dtype(np.float32)


def by_float32(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function of arrays, computed in float32 where the last of them is float16.

    For means and their like: the result fits float16, but sums and counts on the way to it end at
    65504. NumPy's own mean does so, too.

    Example:
        >>> mean = by_float32(lambda x: np.add.reduce(x) / x.size)
        >>> float(mean(np.full(70_000, 3.0, np.float16)))
        3.0
    """

    @functools.wraps(function)
    def wider(*arrays: Any) -> Any:
        if arrays[-1].dtype is not HALF:
            return function(*arrays)
        return function(*[x.astype(SINGLE) for x in arrays]).astype(HALF)

    return wider


def with_settings(make: Callable[P, ArrayOp]) -> Callable[P, ArrayOp]:
    """Decorate a function that makes an operation: equal settings give the same operation.

    Example:
        >>> from microgradx.ops import sum_over
        >>> sum_over(1) is sum_over(axis=1, keepdims=False)
        True
        >>> sum_over(1).maker is sum_over, sum_over(1).settings
        (True, (1, False))
    """
    signature = inspect.signature(make)
    defaults = tuple([p.default for p in signature.parameters.values()])
    wanted, needed = len(defaults), defaults.count(inspect.Parameter.empty)

    @functools.lru_cache(maxsize=1024, typed=True)
    def made(*settings: Any) -> ArrayOp:
        for setting in settings:
            if isinstance(setting, Node):
                raise TypeError(
                    f"{make.__name__} needs plain numbers as settings, got a "
                    f"{type(setting).__name__}, whose gradient would be lost."
                )
        op = make(*settings)  # type: ignore[call-arg]  # bound to the parameters below
        op.maker, op.settings = once, settings
        return op

    @functools.wraps(make)
    def once(*args: P.args, **kwargs: P.kwargs) -> ArrayOp:
        settings: Any = args + defaults[len(args) :]
        if kwargs or not needed <= len(args) <= wanted:  # slower by three microseconds
            given = signature.bind(*args, **kwargs)
            given.apply_defaults()
            settings = given.args
        try:
            return made(*settings)
        except TypeError as error:
            if "unhashable" not in str(error):
                raise
            return made(*map(as_tuples, settings))

    return once


def as_tuples(setting: Any) -> Any:
    """Lists and arrays as tuples: a setting has to be hashed."""
    if isinstance(setting, np.ndarray):
        setting = setting.tolist()
    return tuple(map(as_tuples, setting)) if isinstance(setting, list | tuple) else setting

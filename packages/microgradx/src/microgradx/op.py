"""Operations on arrays: they do not warn, and they say what is wrong with a shape."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec

import numpy as np

from micrograd.graph import Node
from micrograd.graph import Op as Stage1Op
from micrograd_plus.op import Op
from microgradx import functions
from microgradx.freezing import Recorded, as_it_is
from microgradx.recording import OF_CONSTANTS

__all__ = ["ArrayOp", "on_arrays", "with_settings"]

P = ParamSpec("P")


class ArrayOp(Op):
    """An operation of stage 2 for arrays.

    Args:
        name: how the operation is drawn and printed.
        forward: raw inputs to raw result.
        backward: one rule `(g, out, *inputs) -> gradient` per input. The gradient may be of the
            broadcast shape: `TensorValue.accumulate` sums it.
        expected: what an error says the operation expected of its inputs.
        warns: whether NumPy could warn of a number; what only moves numbers is called directly.
    """

    __slots__ = ("expected",)

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

    def __call__(self, *inputs: Any) -> Any:
        """As at stage 2, and spelled out for a tensor beside a constant: half the time."""
        if len(inputs) == 2 and type(inputs[0]) is not type(inputs[1]):
            a, b = inputs
            if isinstance(a, Node) and not isinstance(b, Node):
                b = a.constant(b)
                return a.result(self.apply(self.forward, (a.data, b)), self, (a, b))
            if isinstance(b, Node) and not isinstance(a, Node):
                a = b.constant(a)
                return b.result(self.apply(self.forward, (a, b.data)), self, (a, b))
        return super().__call__(*inputs)

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
        raise type(error)(f"'{self.name}' expected {self.expected}; got {got}.") from None


def on_arrays(op: Stage1Op) -> ArrayOp:
    """An operation of an earlier stage, its rules unchanged, on NumPy's functions."""
    spoken = op.on(functions) if isinstance(op, Op) else op
    made = ArrayOp(op.name, spoken.forward, *spoken.backward)
    made.definition = getattr(spoken, "definition", None)
    return made


def with_settings(make: Callable[P, ArrayOp]) -> Callable[P, ArrayOp]:
    """Decorate a function that makes an operation: equal settings give the same operation.

    Example:
        >>> from microgradx.ops import sum_over
        >>> sum_over(1) is sum_over(axis=1, keepdims=False)
        True
    """
    signature = inspect.signature(make)
    wanted = len(signature.parameters)

    @functools.lru_cache(maxsize=1024, typed=True)
    def made(*settings: Any) -> ArrayOp:
        for setting in settings:
            if isinstance(setting, Node):
                raise TypeError(
                    f"{make.__name__} needs plain numbers as settings, got a "
                    f"{type(setting).__name__}, whose gradient would be lost."
                )
        return make(*settings)  # type: ignore[call-arg]  # bound to the parameters below

    @functools.wraps(make)
    def once(*args: P.args, **kwargs: P.kwargs) -> ArrayOp:
        settings: Any = args
        if kwargs or len(args) != wanted:
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

"""`compile`: run a function once to see what it does, then repeat it without the graph."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from micrograd.graph import Node, Op, topological_order
from micrograd_plus import functions
from micrograd_plus.arrangement import arranged, leaves, mapped, plain, refilled
from micrograd_plus.program import Program
from micrograd_plus.symbols import Unknown
from micrograd_plus.value import Value

__all__ = ["Compiled", "compile"]

GENERATED = re.compile(r"v\d+|d_.*|captured_\d+|function\d+")  # names that programs use


def compile(func: Callable[..., Any]) -> Compiled:
    """Make a fast copy of a function of numbers.

    The function is run once for each arrangement of its arguments, on numbers that are not known
    yet, and what it did becomes a straight-line Python program: results and gradients are those of
    the eager engine to the last bit.

    It may capture Values, such as a model's parameters: they are read afresh at every call, and
    `backward()` of a result reaches them. Everything else that it captures (numbers, lists, random
    draws) stays as it was at the recording. It may not look at numbers: `if x > 0` is an error.

    Args:
        func: takes numbers, Values, or lists, tuples and dicts of them; returns Values likewise.

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


class Recorder(Value):
    """A Value whose number is not known yet."""

    __slots__ = ()


class Compiled:
    """A function together with the programs recorded from it, one per arrangement of arguments."""

    def __init__(self, func: Callable[..., Any]) -> None:
        self.func = func
        self.name = getattr(func, "__name__", "function")
        self.recordings: dict[Any, Recording] = {}

    def __call__(self, *arguments: Any) -> Any:
        """What `func` returns: Values if there are any among what goes in, else numbers."""
        return self.recording(arguments).replay(arguments)

    def value_and_gradients(self, *arguments: Any) -> tuple[float, Any]:
        """The result, and its derivatives by all numbers in the arguments, arranged like them.

        Raises:
            TypeError: if the function has not exactly one number as its result.
        """
        return self.recording(arguments).value_and_gradients(arguments)

    @property
    def source(self) -> str:
        """The generated Python of the latest recording; call the function first."""
        if not self.recordings:
            raise ValueError(f"{self.name} has not been recorded yet; call it once.")
        return next(reversed(self.recordings.values())).program.source

    def recording(self, arguments: tuple[Any, ...]) -> Recording:
        """The recording for arguments arranged like these, made now if it is missing."""
        key = arranged(arguments)
        try:
            return self.recordings[key]
        except KeyError:
            recording = self.recordings[key] = Recording(self.func, self.name, key)
            return recording


class Recording:
    """One run of a function on unknown numbers, and the program that repeats it.

    Args:
        func: the function.
        name: what the program is called.
        key: the arrangement of the arguments.
    """

    def __init__(self, func: Callable[..., Any], name: str, key: Any) -> None:
        inputs: dict[Node, str] = {}

        def unknown(path: str) -> Recorder:
            node = Recorder.result(Unknown())
            inputs[node] = path
            return node

        arguments = mapped(unknown, key, "x")
        rename(inputs, func, len(arguments))
        self.key = key
        results = func(*arguments)
        self.result_key = arranged(results)
        outputs = leaves(results, self.result_key)
        self.captured = captured(outputs)
        inputs |= {node: f"captured_{k}" for k, node in enumerate(self.captured)}
        self.program = Program(name, inputs, outputs)
        one = len(outputs) == 1
        self.ops = [
            Replay(name, self.program if one else Program(name, inputs, [x])) for x in outputs
        ]

    def numbers(self, arguments: tuple[Any, ...]) -> list[float]:
        """All that the program takes: the numbers in the arguments, and the captured ones."""
        return [*plain(arguments, self.key), *[node.data for node in self.captured]]

    def replay(self, arguments: tuple[Any, ...]) -> Any:
        """The function's results for these arguments."""
        results: list[Any] = self.program.run(self.numbers(arguments))
        inputs = (*leaves(arguments, self.key), *self.captured)
        if any(isinstance(x, Node) for x in inputs):
            results = [Value.result(data, op, inputs) for data, op in zip(results, self.ops)]
        return refilled(self.result_key, iter(results))

    def value_and_gradients(self, arguments: tuple[Any, ...]) -> tuple[float, Any]:
        """The one result and its gradients."""
        if self.result_key is not Recorder:
            raise TypeError("value_and_gradients needs a function whose result is one number.")
        found = iter(self.program.run_back(1.0, self.numbers(arguments)))
        return next(found), refilled(self.key, found)


class Replay(Op):
    """A whole recorded function as one operation: one run of its program gives all gradients."""

    __slots__ = ("program",)

    def __init__(self, name: str, program: Program) -> None:
        super().__init__(name, lambda *numbers: program.run(numbers)[0])
        self.program = program

    def push(self, node: Node) -> None:
        """Send the gradient on to all inputs at once."""
        numbers = [x.data if isinstance(x, Node) else float(x) for x in node.inputs]
        for x, g in zip(node.inputs, self.program.run_back(node.grad, numbers)[1:]):
            if isinstance(x, Node):
                x.accumulate(g)


def rename(inputs: dict[Node, str], func: Callable[..., Any], count: int) -> None:
    """Call the arguments in the program as the function does, where it says: `x_0` becomes `a`."""
    code = getattr(func, "__code__", None)
    names = code.co_varnames[: code.co_argcount] if code else ()
    if len(names) != count:
        return
    paths = [path.split("_", 2)[1:] for path in inputs.values()]
    spoken = ["_".join([names[int(position)], *rest]) for position, *rest in paths]
    taken = {"g", "inf", "nan", "values", "gradients", *vars(functions)}
    if len({*spoken}) == len(spoken) and not any(
        name in taken or GENERATED.fullmatch(name) for name in spoken
    ):
        inputs.update(zip(inputs, spoken))


def captured(outputs: list[Any]) -> list[Node]:
    """The nodes from outside that recorded operations took as inputs."""
    found: dict[Node, None] = {}
    for out in outputs:
        for node in topological_order(out) if isinstance(out, Node) else ():
            for x in node.inputs if isinstance(node, Recorder) else ():
                if isinstance(x, Node) and not isinstance(x, Recorder):
                    found[x] = None
    return list(found)

"""`compile`: run a function once to see what it does, then repeat it without the graph."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

from micrograd.graph import Node, Op, topological_order
from micrograd_plus import functions
from micrograd_plus.arrangement import arranged, leaves, mapped, plain, refilled
from micrograd_plus.program import Program
from micrograd_plus.symbols import NotRecordable, Unknown, state
from micrograd_plus.value import Value

__all__ = ["Compiled", "compile"]

GENERATED = re.compile(r"v\d+|d_.*|captured_\d+|function\d+")  # names that programs use

INSIDE = (
    "a compiled function cannot call backward() inside; let it return the result, and write "
    "f.backward(...) outside."
)


def compile(func: Callable[..., Any]) -> Compiled:
    """Make a fast copy of a function of numbers.

    The function is run for each new arrangement of its arguments, on numbers that are not known
    yet, and what it did becomes a straight-line Python program: results and gradients are those of
    the eager engine to the last bit.

    It may capture Values, such as a model's parameters: they are read afresh at every call, and
    `backward()` of a result reaches them. Everything else that it captures (numbers, lists, random
    draws) stays as it was at the recording. It may not look at numbers: `if x > 0` is an error.
    It may call other compiled functions, and itself; they become part of its program.

    `f.backward(x, y)` is `func(x, y).backward()` without the graph: a training step in which the
    parameters are captured. `f.value_and_gradients(x, y)` returns the gradients instead.

    Args:
        func: takes numbers, Values, or lists, tuples and dicts of them; returns Values likewise.
            Other collections (arrays, sets, named tuples) are an error.

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

    def backward(self) -> None:
        """An error: there are no numbers to send back, and the program would not repeat it."""
        raise NotRecordable(INSIDE)


class Compiled:
    """A function together with the programs recorded from it, one per arrangement of arguments."""

    def __init__(self, func: Callable[..., Any]) -> None:
        self.func = func
        self.name = getattr(func, "__name__", "function")
        self.recordings: dict[Any, Recording] = {}

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """What `func` returns: Values if there are any among what goes in, else numbers."""
        if state.recording:  # inside of another compiled function: a part of that one
            return self.func(*arguments, **named)
        if named:
            arguments = self.positional(arguments, named)
        return self.recording(arguments).replay(arguments)

    def value_and_gradients(self, *arguments: Any) -> tuple[float, Any]:
        """The result, and its derivatives by all numbers in the arguments, arranged like them.

        Raises:
            TypeError: if the function has not exactly one number as its result.
        """
        return self.recording(arguments).value_and_gradients(arguments)

    def backward(self, *arguments: Any) -> float:
        """As `func(*arguments).backward()`, without the graph: gradients add up in the leaves.

        Those are the Values in the arguments and the captured ones, such as a model's parameters.
        Returns the result as a number.
        """
        return self.recording(arguments).backward(arguments)

    @property
    def source(self) -> str:
        """The generated Python of the latest recording; call the function first."""
        if not self.recordings:
            raise ValueError(f"{self.name} has not been recorded yet; call it once.")
        return next(reversed(self.recordings.values())).program.source

    def recording(self, arguments: tuple[Any, ...]) -> Recording:
        """The recording for arguments arranged like these, made now if it is missing."""
        if state.recording:
            raise NotRecordable(
                f"gradients of {self.name} inside of another compiled function cannot be recorded; "
                "take those of the outer one."
            )
        key = arranged(arguments)
        try:
            return self.recordings[key]
        except KeyError:
            recording = self.recordings[key] = Recording(self.func, self.name, key)
            return recording

    def positional(self, arguments: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
        """The arguments in the order of the function's parameters."""
        bound = inspect.signature(self.func).bind(*arguments, **named)
        bound.apply_defaults()
        if bound.kwargs:
            raise TypeError(
                f"{self.name} takes {', '.join(bound.kwargs)} by name only; compile() needs "
                "arguments that have a position."
            )
        return bound.args


class Recording:
    """One run of a function on unknown numbers, and the program that repeats it.

    Args:
        func: the function.
        name: what the program is called.
        key: the arrangement of the arguments.
    """

    def __init__(self, func: Callable[..., Any], name: str, key: Any) -> None:
        # Run twice: what both runs met was there before, and what they did must be the same.
        first = Trace(func, key)
        gradients = [(node, node.grad) for node in first.met]
        second = Trace(func, key)
        if any(node.grad is not g for node, g in gradients):
            raise NotRecordable(INSIDE)
        before = first.met & second.met
        self.key = key
        self.result_key = arranged(first.results)
        self.captured = first.nearest(before)
        self.goes_on = any(node.op is not None for node in self.captured)
        programs = []
        for trace in (first, second):
            captured = {node: f"captured_{k}" for k, node in enumerate(self.captured)}
            inputs = {**trace.inputs, **captured}
            outputs = leaves(trace.results, arranged(trace.results))
            programs.append(
                [Program(name, inputs, out) for out in (outputs, *([x] for x in outputs))]
            )
        if [p.source for p in programs[0]] != [p.source for p in programs[1]]:
            raise NotRecordable(
                f"{name} did different things when it was run twice; compile() needs a function "
                "that does the same each time: hand random numbers and the like in as arguments."
            )
        self.program, *parts = programs[0]
        self.ops = [Replay(name, part) for part in parts]

    def numbers(self, arguments: tuple[Any, ...]) -> list[float]:
        """All that the program takes: the numbers in the arguments, and the captured ones."""
        return [*plain(arguments, self.key), *[node.data for node in self.captured]]

    def replay(self, arguments: tuple[Any, ...]) -> Any:
        """The function's results for these arguments."""
        results: list[Any] = self.program.run(self.numbers(arguments))
        inputs = (*leaves(arguments, self.key), *self.captured)
        if any(isinstance(x, Node) for x in inputs):
            results = [
                Value.result(data, op, inputs) if isinstance(out, Node) else data
                for data, op, out in zip(results, self.ops, self.program.outputs)
            ]
        return refilled(self.result_key, iter(results))

    def value_and_gradients(self, arguments: tuple[Any, ...]) -> tuple[float, Any]:
        """The one result and its gradients."""
        found = iter(self.gradients(arguments))
        return next(found), refilled(self.key, found)

    def backward(self, arguments: tuple[Any, ...]) -> float:
        """The one result; its gradients are added to the leaves."""
        given = leaves(arguments, self.key)
        if self.goes_on or any(isinstance(x, Node) and x.op is not None for x in given):
            raise TypeError(
                "backward(...) of a compiled function ends at its inputs, and one of them is "
                "computed; write f(...).backward() to go on from there."
            )
        value, *gradients = self.gradients(arguments)
        for x, g in zip(given, gradients):
            if isinstance(x, Node):
                x.grad += g
        for x, g in zip(self.captured, gradients[len(given) :]):
            x.grad += g
        return value

    def gradients(self, arguments: tuple[Any, ...]) -> list[float]:
        """The one result, and after it the gradients of all inputs."""
        if not (isinstance(self.result_key, type) and issubclass(self.result_key, Node)):
            raise TypeError("gradients need a function whose result is one number.")
        return self.program.run_back(1.0, self.numbers(arguments))


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


class Trace:
    """One run of a function on unknown numbers.

    Attributes:
        inputs: the arguments, with what they are called.
        results: what the function returned.
        met: the nodes that the results were made from.
    """

    def __init__(self, func: Callable[..., Any], key: Any) -> None:
        self.inputs: dict[Node, str] = {}
        arguments = mapped(self.unknown, key, "x")
        rename(self.inputs, func, len(arguments))
        state.recording = True
        try:
            self.results = func(*arguments)
        finally:
            state.recording = False
        roots = leaves(self.results, arranged(self.results))
        self.roots = [root for root in roots if isinstance(root, Node)]
        self.met = {node for root in self.roots for node in topological_order(root)}

    def nearest(self, before: set[Node]) -> list[Node]:
        """Those of the nodes `before` that the run itself used, not what lies behind them."""
        found: dict[Node, None] = {}
        for root in self.roots:
            for node in topological_order(root):
                used = (root, *node.inputs) if node not in before else (root,)
                found.update((x, None) for x in used if x in before)
        return list(found)

    def unknown(self, path: str) -> Recorder:
        """A place for a number that comes later."""
        node = Recorder.result(Unknown())
        self.inputs[node] = path
        return node


def rename(inputs: dict[Node, str], func: Callable[..., Any], count: int) -> None:
    """Call the arguments in the program as the function does, where it says: `x_0` becomes `a`."""
    code = getattr(func, "__code__", None)
    names = code.co_varnames[: code.co_argcount] if code else ()
    if len(names) != count:
        return
    paths = [path.split("_", 2)[1:] for path in inputs.values()]
    spoken = ["_".join([names[int(position)], *rest]) for position, *rest in paths]
    taken = {"abs", "g", "inf", "nan", "values", "gradients", *vars(functions)}
    if len({*spoken}) == len(spoken) and not any(
        name in taken or GENERATED.fullmatch(name) for name in spoken
    ):
        inputs.update(zip(inputs, spoken))

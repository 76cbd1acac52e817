"""What a compiled function does for one arrangement of its arguments, and how it is repeated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from micrograd.graph import Node, Op
from micrograd_plus.arrangement import arranged, leaves, plain, refilled
from micrograd_plus.program import Program
from micrograd_plus.tracing import INSIDE, Trace
from micrograd_plus.unknown import NotRecordable
from micrograd_plus.value import Value

__all__ = ["Recording"]


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

"""One run of a model, with a note of which module made which operation.

Operations do not know who made them, so that training pays nothing for drawings. A copy of the
model is run instead, whose modules report when they are called and what they return.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from micrograd.graph import Node, Op, topological_order
from microgradx import TensorValue, default_generator
from vhgrad.nn import Module

__all__ = ["Call", "Run", "with_shapes"]

# what a module that returns its very input does
PASS = Op("same", lambda x: x, lambda g, out, x: g)


@dataclass(eq=False)
class Call:
    """One call of a module.

    Attributes:
        path: where the module is in the model; the model itself is at "".
        module: the module.
        outer: the call within which it happened.
        repeats: how often the module had been called before.
        takes: the numbers of those inputs of the model that it was handed and that are no tensors,
            such as indices.
    """

    path: str
    module: Module
    outer: Call | None
    repeats: int = 0
    takes: tuple[int, ...] = ()

    @property
    def depth(self) -> int:
        """How many calls it is within."""
        return 0 if self.outer is None else self.outer.depth + 1

    def around(self) -> Iterator[Call]:
        """This call and those around it, inner before outer."""
        call: Call | None = self
        while call is not None:
            yield call
            call = call.outer


@dataclass(eq=False)
class Run:
    """What happened when the model was called.

    Attributes:
        calls: all calls of modules, in order.
        inputs: the inputs, tensors or plain arrays of whole numbers.
        outputs: the results.
        made_by: the innermost call that made a tensor.
        open: the calls that have not returned, the innermost last.
    """

    calls: list[Call] = field(default_factory=list)
    inputs: list[Any] = field(default_factory=list)
    outputs: list[Node] = field(default_factory=list)
    made_by: dict[Node, Call] = field(default_factory=dict)
    open: list[Call] = field(default_factory=list)

    def claim(self, call: Call, results: Sequence[Node], given: set[int]) -> None:
        """Everything between what a call was given and its results is its own, or of calls within.

        Those have claimed theirs already, because they returned before.
        """
        pending, seen = list(results), set(given)
        while pending:
            node = pending.pop()
            if node.op is not None and id(node) not in seen:
                seen.add(id(node))
                self.made_by.setdefault(node, call)
                pending += nodes_in(node.inputs)


def recorded(model: Module, inputs: Sequence[Any], dtype: DTypeLike) -> Run:
    """Run a copy of a model in its mode for use; nothing about the model itself changes.

    Args:
        model: the model.
        inputs: arrays or tensors, or shapes of zeros as tuples of whole numbers.
        dtype: of the zeros.
    """
    run = Run()
    twin = deepcopy(model).eval()
    given = [np.zeros(x, dtype) if isinstance(x, tuple) else x for x in inputs]
    arrays = [np.asarray(x.data if isinstance(x, Node) else x) for x in given]
    # whole numbers are indices and stay as they are; other inputs become tensors, to be drawn
    run.inputs = [TensorValue(x) if x.dtype.kind == "f" else x for x in arrays]
    for path, module in twin.named_modules():
        watch(run, path, module)
    with generator_kept():
        run.outputs = list(nodes_in(twin(*run.inputs)))
    return run


def with_shapes(
    model: Module, inputs: Sequence[Any], dtype: DTypeLike
) -> tuple[Run, dict[Any, str]]:
    """A run, and what the shapes of its tensors are, with None along the batch.

    Where a shape has None, the model is run with two sizes of batch, to see what changes with it;
    beside an array, None is as long as the array.
    """
    given = [np.asarray(x) if isinstance(x, list) else x for x in inputs]
    arrays = [x.shape[0] for x in given if not isinstance(x, tuple) and x.shape]
    batches = arrays[:1] or [2, 3]
    runs = [
        recorded(model, [sized(x, n) if isinstance(x, tuple) else x for x in given], dtype)
        for n in batches
    ]
    orders = [[x for root in run.outputs for x in topological_order(root)] for run in runs]
    shapes = {}
    for nodes in zip(*orders):
        sizes = [m if len({m, *rest}) == 1 else None for m, *rest in zip(*(x.shape for x in nodes))]
        shapes[nodes[0]] = str(tuple(sizes))
    return runs[0], shapes


def sized(shape: tuple[int | None, ...], batch: int) -> tuple[int, ...]:
    """A shape with the size of a batch in place of None."""
    if not all(n is None or isinstance(n, int) for n in shape):
        raise TypeError(f"model_graph needs shapes such as (None, 784) or arrays, got {shape!r}.")
    return tuple(batch if n is None else n for n in shape)


def watch(run: Run, path: str, module: Module) -> None:
    """Let a module report its calls."""
    forward = module.forward

    def watched(*inputs: Any, **named: Any) -> Any:
        repeats = sum(call.module is module for call in run.calls)
        plain = {id(x): k for k, x in enumerate(run.inputs) if not isinstance(x, Node)}
        takes = tuple(plain[id(x)] for x in inputs if id(x) in plain)
        call = Call(path, module, run.open[-1] if run.open else None, repeats, takes)
        run.calls.append(call)
        run.open.append(call)
        outputs = forward(*inputs, **named)
        run.open.pop()
        given = {id(node) for node in nodes_in((inputs, named))}
        outputs = passed(outputs, given)
        run.claim(call, list(nodes_in(outputs)), given)
        return outputs

    vars(module)["forward"] = watched


def passed(outputs: Any, given: set[int]) -> Any:
    """The outputs; an input that is returned as it is becomes a node of its own, to be drawn."""
    if isinstance(outputs, list | tuple):
        parts = [passed(part, given) for part in outputs]
        return type(outputs)(*parts) if hasattr(outputs, "_fields") else type(outputs)(parts)
    if isinstance(outputs, Node) and id(outputs) in given:
        return type(outputs).result(outputs.data, PASS, (outputs,))
    return outputs


def nodes_in(whole: Any) -> Iterator[Node]:
    """The nodes in lists, tuples and dicts."""
    if isinstance(whole, Node):
        yield whole
    elif isinstance(whole, list | tuple | dict):
        for part in whole.values() if isinstance(whole, dict) else whole:
            yield from nodes_in(part)


@contextmanager
def generator_kept() -> Iterator[None]:
    """Use no random numbers of the default generator."""
    bits = default_generator().bit_generator
    before = bits.state
    try:
        yield
    finally:
        bits.state = before

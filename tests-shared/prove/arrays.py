"""Random programs on arrays: broadcasting, sums, products of matrices, shapes, indices.

Each operation has two spellings: stage 3's own, and one for NumPy arrays of stage 2's numbers,
where NumPy does nothing but move them. So what undoes broadcasting at stage 3 is compared with
thousands of scalar nodes that know nothing of shapes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import micrograd_plus
import micrograd_plus.ops as scalar
import microgradx as mx
from prove.comparing import moved

__all__ = ["ArrayProgram", "ArrayStep", "ask_arrays", "ask_numbers", "random_program"]

SHAPES = [(), (3,), (1,), (2, 3), (2, 1), (1, 3), (3, 2), (4, 2, 3), (4, 1, 1)]


def each(op: Any) -> Callable[..., Any]:
    """A scalar operation on every entry."""
    return np.frompyfunc(op, len(op.backward), 1)


def as_objects(x: Any) -> Any:
    """An array of nodes, also where NumPy gives a single node for an array without axes."""
    return np.asarray(x, object)


def soft(x: Any) -> Any:
    """Softmax along the last axis, as the textbook writes it."""
    powers = each(scalar.exp)(x)
    return powers / np.sum(powers, axis=-1, keepdims=True)


# name: at stage 3, on arrays of numbers of stage 2, how many inputs
SPELLINGS: dict[str, tuple[Callable[..., Any], Callable[..., Any], int]] = {
    "add": (mx.add, np.add, 2),
    "sub": (mx.sub, np.subtract, 2),
    "mul": (mx.mul, np.multiply, 2),
    "div": (mx.div, np.divide, 2),
    "maximum": (mx.maximum, each(scalar.maximum), 2),
    "matmul": (mx.matmul, np.matmul, 2),
    "tanh": (mx.tanh, each(scalar.tanh), 1),
    "exp": (mx.exp, each(scalar.exp), 1),
    "sigmoid": (mx.sigmoid, each(scalar.sigmoid), 1),
    "sum": (mx.sum, np.sum, 1),
    "sum 0": (lambda x: mx.sum(x, axis=0), lambda x: np.sum(x, axis=0), 1),
    "sum -1, kept": (
        lambda x: mx.sum(x, axis=-1, keepdims=True),
        lambda x: np.sum(x, axis=-1, keepdims=True),
        1,
    ),
    "mean -1": (lambda x: mx.mean(x, axis=-1), lambda x: np.sum(x, axis=-1) / x.shape[-1], 1),
    "max -1": (lambda x: mx.max(x, axis=-1), lambda x: each(scalar.maximum).reduce(x, axis=-1), 1),
    "softmax": (lambda x: mx.softmax(x, axis=-1), soft, 1),
    "logsumexp": (
        lambda x: mx.logsumexp(x, axis=-1),
        lambda x: each(scalar.log)(as_objects(np.sum(each(scalar.exp)(x), axis=-1))),
        1,
    ),
    "transpose": (mx.transpose, np.transpose, 1),
    "flatten": (lambda x: mx.reshape(x, -1), lambda x: np.reshape(x, -1), 1),
    "take, twice": (lambda x: x[np.array([0, -1, 0])], lambda x: x[np.array([0, -1, 0])], 1),
    "reversed": (lambda x: x[::-1], lambda x: x[::-1], 1),
    "new axis": (lambda x: mx.expand_dims(x, 0), lambda x: np.expand_dims(x, 0), 1),
    "joined": (lambda x, y: mx.concatenate([x, y]), lambda x, y: np.concatenate([x, y]), 2),
}


ALONG_AN_AXIS = ("sum 0", "sum -1, kept", "mean -1", "max -1", "softmax", "logsumexp")


@dataclass(frozen=True)
class ArrayStep:
    """An operation by name, and where its inputs stand."""

    name: str
    inputs: tuple[int, ...]


@dataclass(frozen=True)
class ArrayProgram:
    """Arrays, what is done with them, and the gradient that arrives at the end."""

    leaves: tuple[np.ndarray, ...]
    steps: tuple[ArrayStep, ...]
    upstream: np.ndarray

    def __len__(self) -> int:
        return len(self.leaves) + len(self.steps)


def random_program(rng: np.random.Generator, nodes: int) -> ArrayProgram:
    """A program of about so many nodes whose numbers stay within reach."""
    count = int(rng.integers(1, 5))
    leaves = [rng.uniform(-2, 2, SHAPES[rng.integers(len(SHAPES))]) for _ in range(count)]
    known, steps, names = list(leaves), [], list(SPELLINGS)
    for _ in range(6 * nodes):
        if len(known) >= nodes:
            break
        name = names[rng.integers(len(names))]
        function, _, arity = SPELLINGS[name]
        newest = max(0, len(known) - 4) if rng.random() < 0.7 else 0
        inputs = tuple(int(k) for k in rng.integers(newest, len(known), arity))
        given = [known[k] for k in inputs]
        if not given[0].ndim and name in ALONG_AN_AXIS:  # nothing to go along
            continue
        try:
            result = function(*given)
        except (ValueError, IndexError, TypeError):  # shapes that do not go together
            continue
        data = result if isinstance(result, np.ndarray) else result.data
        smooth = name != "div" or np.all(np.abs(given[1]) > 0.3)
        if smooth and apart(name, given) and 0 < data.size < 200 and np.all(np.abs(data) < 30):
            known.append(data)
            steps.append(ArrayStep(name, inputs))
    return ArrayProgram(tuple(leaves), tuple(steps), rng.uniform(0.5, 2.0, known[-1].shape))


def apart(name: str, given: list[np.ndarray]) -> bool:
    """Whether the largest number is the largest by a margin: at a tie there is a kink."""
    if name == "maximum":
        return bool(np.all(np.abs(given[0] - given[1]) > 0.01))
    if name == "max -1" and given[0].shape[-1] > 1:
        return bool(np.all(np.diff(np.sort(given[0], axis=-1), axis=-1) > 0.01))
    return True


def ask_arrays(
    leaf: Callable[[Any], Any], program: ArrayProgram, nudged: int | None = None
) -> list[np.ndarray]:
    """The result and the gradient of every leaf, at stage 3 or 4."""
    inputs = [leaf(array) for array in program.leaves]
    known: list[Any] = []
    for place in range(len(program)):
        if place < len(inputs):
            known.append(inputs[place])
        else:
            step = program.steps[place - len(inputs)]
            known.append(SPELLINGS[step.name][0](*[known[k] for k in step.inputs]))
        if nudged in (place, again(place, program)):
            known[place] = moved(known[place], again=nudged != place)
    (known[-1] * program.upstream).sum().backward()
    return [known[-1].data, *(np.zeros(x.shape) if x.grad is None else x.grad for x in inputs)]


def again(place: int, program: ArrayProgram) -> int:
    """The second number of a step, for its other way to be moved; that of a leaf is its own."""
    steps = len(program.steps)
    return place + steps if place >= len(program.leaves) else place


def ask_numbers(program: ArrayProgram) -> list[np.ndarray]:
    """The same with one node of stage 2 for every number."""
    make = np.frompyfunc(micrograd_plus.Value, 1, 1)
    inputs = [as_objects(make(array)) for array in program.leaves]
    known = list(inputs)
    for step in program.steps:
        result = SPELLINGS[step.name][1](*[known[k] for k in step.inputs])
        known.append(as_objects(result))
    total = np.sum(as_objects(known[-1] * program.upstream))
    total.backward()
    return [read(known[-1], "data"), *(read(x, "grad") for x in inputs)]


def read(nodes: np.ndarray, what: str) -> np.ndarray:
    """The data or gradients of an array of nodes."""
    return np.array([getattr(node, what) for node in nodes.ravel()], float).reshape(nodes.shape)

"""A model as a table: its parts, the shapes of what they give, and where its parameters are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from microgradx import default_generator, no_grad
from vhgrad.nn.module import Module
from vhgrad.nn.parameter import Frozen
from vhgrad.nn.walking import is_parameter, walk

__all__ = ["Row", "Summary", "summary"]

Shape = Sequence[int | None]


@dataclass(frozen=True)
class Row:
    """One part of a model.

    Attributes:
        path: where it is, such as `0` or `layers.0`; the model itself is at "".
        kind: the name of its class.
        shape: of what it gave, with None along the batch; None if it was not called.
        parameters: numbers that it holds itself, not in its parts, and not counted before.
        shared: whether it has a row already.
    """

    path: str
    kind: str
    shape: Any
    parameters: int
    shared: bool


@dataclass(frozen=True)
class Summary:
    """What `summary` found; it prints as a table.

    Attributes:
        rows: the model, then its parts, outer before inner.
        trainable: numbers in parameters that are trained.
        frozen: numbers in frozen parameters.
        buffers: numbers in buffers.
        nbytes: what parameters and buffers take.
    """

    rows: tuple[Row, ...]
    trainable: int
    frozen: int
    buffers: int
    nbytes: int

    def __repr__(self) -> str:
        cells = [["part", "output", "parameters"]]
        depths = {"": 0}
        for row in self.rows:
            name = row.kind
            if row.path:
                outer = owner(row.path.rpartition(".")[0], depths)
                depths[row.path] = depths[outer] + 1
                inner = row.path.removeprefix(f"{outer}.")
                name = f"{'  ' * depths[row.path]}{inner}: {row.kind}"
            shape = "" if row.shape is None else str(row.shape)
            count = "shared" if row.shared else f"{row.parameters:,}" if row.parameters else ""
            cells.append([name, shape, count])
        widths = [max(map(len, column)) for column in zip(*cells)]
        head, *lines = ["  ".join(map(str.ljust, line, widths)).rstrip() for line in cells]
        total = f"{self.trainable + self.frozen:,} parameters"
        total += f" ({self.frozen:,} frozen)" if self.frozen else ""
        total += f", {self.buffers:,} numbers in buffers" if self.buffers else ""
        total += f", {self.nbytes:,} bytes"
        rule = "-" * max(map(len, [head, *lines, total]))
        return "\n".join([head, rule, *lines, rule, total])


def summary(
    model: Module, input_shape: Shape | Sequence[Shape], *, dtype: DTypeLike = np.float32
) -> Summary:
    """Run a copy of a model on zeros, in its mode for use, and tell what each part gives and holds.

    Nothing about the model changes, and no random numbers are used up.

    Args:
        model: the model.
        input_shape: shape of the whole input, with None along the batch; or several shapes for
            several inputs.
        dtype: of the input. Indices, as an embedding takes them, are whole numbers.

    Returns:
        The table; print it.

    Raises:
        TypeError: if `model` is not a module, or `input_shape` no shape.

    Example:
        >>> from vhgrad import Linear, ReLU, Sequential
        >>> summary(Sequential(Linear(4, 8), ReLU(), Linear(8, 3)), (None, 4))
        part         output     parameters
        ----------------------------------
        Sequential   (None, 3)
          0: Linear  (None, 8)  40
          1: ReLU    (None, 8)
          2: Linear  (None, 3)  27
        ----------------------------------
        67 parameters, 268 bytes
    """
    if not isinstance(model, Module):
        raise TypeError(f"summary needs a module, got {type(model).__name__}.")
    twin = deepcopy(model)
    given = shapes_given(twin, shapes_in(input_shape), dtype)
    places = list(walk(twin))
    modules = {"": twin, **{p.path: p.part for p in places if isinstance(p.part, Module)}}
    held: dict[str, int] = dict.fromkeys(modules, 0)
    counted: set[int] = set()
    for place in filter(is_parameter, places):
        if id(place.part) not in counted:
            counted.add(id(place.part))
            held[owner(place.path, modules)] += place.part.size
    rows, seen = [], set()
    for path, module in modules.items():
        shared = id(module) in seen
        seen.add(id(module))
        rows.append(Row(path, type(module).__name__, given.get(id(module)), held[path], shared))
    parameters, buffers = twin.parameters(), twin.buffers()
    frozen = sum(p.size for p in parameters if isinstance(p, Frozen))
    return Summary(
        rows=tuple(rows),
        trainable=sum(p.size for p in parameters) - frozen,
        frozen=frozen,
        buffers=sum(buffer.size for buffer in buffers),
        nbytes=sum(array.nbytes for array in [*(p.data for p in parameters), *buffers]),
    )


def owner(path: str, modules: Collection[str]) -> str:
    """The path of the innermost module that has `path` in it."""
    while path not in modules:
        path = path.rpartition(".")[0]
    return path


def shapes_in(input_shape: Any) -> list[tuple[int | None, ...]]:
    """One shape or several, as a list of shapes."""
    if isinstance(input_shape, list | tuple):
        several = input_shape and all(isinstance(shape, list | tuple) for shape in input_shape)
        shapes = [tuple(shape) for shape in (input_shape if several else [input_shape])]
        if all(isinstance(n, int | None) for shape in shapes for n in shape):
            return shapes
    raise TypeError(f"summary needs a shape such as (None, 784), got {input_shape!r:.40}.")


def shapes_given(
    model: Module, shapes: list[tuple[int | None, ...]], dtype: DTypeLike
) -> dict[int, Any]:
    """Run the model with two sizes of batch; by module, the shape of what it gave."""
    runs: list[dict[int, Any]] = []

    def watch(path: str, module: Module) -> None:
        forward = module.forward

        def watched(*inputs: Any, **named: Any) -> Any:
            try:
                output = forward(*inputs, **named)
            except Exception as error:
                if not hasattr(error, "__notes__"):  # the innermost part says where it was
                    error.add_note(f"in `{path}` ({type(module).__name__}), in a summary")
                    if all(None not in shape for shape in shapes):
                        error.add_note(f"a batch of such inputs is of shape {(None, *shapes[0])}")
                raise
            runs[-1][id(module)] = shape_of(output)
            return output

        vars(module)["forward"] = watched

    for path, module in model.eval().named_modules():
        watch(path, module)
    random = default_generator().bit_generator
    before = random.state
    try:
        for batch in (2, 3):
            runs.append({})
            arrays = [np.zeros([batch if n is None else n for n in s], dtype) for s in shapes]
            with no_grad():
                model(*arrays)
    finally:
        random.state = before
    return {key: merged(shape, runs[1].get(key)) for key, shape in runs[0].items()}


def shape_of(output: Any) -> Any:
    """The shape of an array or tensor, or of each in a list; of all else the type."""
    if isinstance(output, list | tuple):
        return tuple(shape_of(part) for part in output)
    return getattr(output, "shape", type(output).__name__)


def merged(first: Any, second: Any) -> Any:
    """A shape with None where it differs between the two sizes of batch."""
    if isinstance(first, tuple) and isinstance(second, tuple) and len(first) == len(second):
        return tuple(merged(a, b) for a, b in zip(first, second))
    return first if first == second else None

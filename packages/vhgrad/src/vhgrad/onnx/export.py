"""`export_onnx`: a model becomes a file for other programs.

The model is not translated layer by layer. It is run on an example, and every operation that it
does is written down as the ONNX operators that do the same (`operators`). So any `forward` can be
exported that is made of operations which ONNX has, too.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from micrograd import Module as Stage1Module
from micrograd_plus.unknown import NotRecordable
from microgradx import TensorValue
from microgradx.freezing import plain_array
from vhgrad.checkpoint.paths import path_given
from vhgrad.checkpoint.replacing import replacement
from vhgrad.nn.module import Module
from vhgrad.onnx.file import check_onnx, content
from vhgrad.onnx.graph import Graph
from vhgrad.onnx.operators import add
from vhgrad.onnx.steps import Step, Steps, steps
from vhgrad.onnx.tracing import another, run

__all__ = ["export_onnx"]


def export_onnx(path: str | os.PathLike[str], model: Any, *examples: Any) -> None:
    """Write a model as an ONNX file, as it is in use: `model.eval()`.

    The length of the first axis, the batch, stays open; all other lengths are the example's.
    Inputs are called `input`, or `input_0`, `input_1`, outputs `output` likewise, and weights have
    their names of `state_dict()`. The model stays as it was, and the file is replaced in one step,
    as by `save`. It needs the extra `vhgrad[onnx]`.

    What the model does is written down as it does it for the example. To notice what would not
    be the same for other inputs (an `if` that asks for their numbers, NumPy on `x.data`, random
    numbers), it is run twice, on batches of two lengths.

    Args:
        path: the file.
        model: a module, or a function of tensors.
        examples: an array for each input, with the batch as first axis. Floats take the dtype of
            the model's first parameter; whole numbers, for an `Embedding`, stay what they are.

    Raises:
        ImportError: without the package onnx.
        TypeError: if `model` or an example is something else.
        NotRecordable: if the model depends on numbers of its input, or their number, in another
            way than through operations on tensors.
        ValueError: with all operations that have no ONNX operators here, or if an input has no
            batch, or the weights are more than the 2 GiB that an ONNX file can hold.
        OSError: as the system reports it.

    Source:
        The ONNX operators, opset 20: https://onnx.ai/onnx/operators/

    Example:
        >>> import tempfile
        >>> from vhgrad import MLP
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     export_onnx(f"{folder}/model.onnx", MLP(2, [16, 3]), np.zeros((1, 2)))
    """
    if isinstance(model, str | os.PathLike) or hasattr(path, "forward"):  # PyTorch's order
        raise TypeError("export_onnx takes the path first: export_onnx(path, model, example).")
    check_model(model)
    check_onnx()
    if not examples:
        raise TypeError("export_onnx needs an example for each input, such as x[:1].")
    order, inputs, outputs = traced(model, [as_input(example, model) for example in examples])
    graph = Graph(
        named("input", inputs),
        named("output", outputs),
        dict(model.named_parameters()) if isinstance(model, Stage1Module) else {},
    )
    operations = [step for step in order if step.op]
    missing = dict.fromkeys(step.op.name for step in operations if not add(graph, step))
    if missing:
        raise ValueError(
            f"export_onnx has no ONNX operators for {', '.join(map(repr, missing))}; say it with "
            "other operations, or export what comes before and after."
        )
    written = content(graph)
    with replacement(path_given(path)) as new, open(new, "wb") as file:
        file.write(written)


def traced(model: Any, examples: list[NDArray[Any]]) -> Steps:
    """What a model does with batches of any length, found out with batches of 2 and 5."""
    if len({len(x) for x in examples}) > 1:
        got = ", ".join(str(len(x)) for x in examples)
        raise ValueError(f"export_onnx needs examples with batches of one length, got {got}.")
    one = run(model, [np.resize(x, (2, *x.shape[1:])) for x in examples])
    try:
        two = run(model, [another(x, 5) for x in examples])
    except Exception as error:
        raise NotRecordable(
            f"the model takes a batch of 2, but not one of 5: {error} The first axis of an example "
            "has to be the batch."
        ) from error
    return steps(one, two)


def check_model(model: Any) -> None:
    """Raise for what cannot be called with tensors."""
    if not callable(model):
        raise TypeError(f"export_onnx needs a module, got {type(model).__name__}.")
    if isinstance(model, Stage1Module) and not isinstance(model, Module):
        for parameter in model.parameters():
            if not isinstance(parameter, TensorValue):
                kind = type(model)
                raise TypeError(
                    f"export_onnx needs a model of arrays, got a {kind.__name__} of "
                    f"{kind.__module__}; load_state_dict(vhgrad_model, state_dict(this_one))."
                )


def as_input(example: Any, model: Any) -> NDArray[Any]:
    """An example as an array; floats in the dtype in which the model computes."""
    array = example.data if isinstance(example, TensorValue) else plain_array(example)
    if not array.ndim or not array.size:
        raise ValueError(
            "export_onnx needs examples with a batch as first axis, and no axis of length 0; got "
            f"shape {array.shape}."
        )
    if array.dtype.kind == "f" and not isinstance(example, TensorValue):
        parameters = model.parameters() if isinstance(model, Stage1Module) else []
        array = array.astype(parameters[0].dtype if parameters else array.dtype)
    return np.asarray(array)


def named(name: str, some: list[Step]) -> dict[str, Step]:
    """Steps by name: one for one, a name with a number for each of several."""
    return {name if len(some) == 1 else f"{name}_{k}": step for k, step in enumerate(some)}

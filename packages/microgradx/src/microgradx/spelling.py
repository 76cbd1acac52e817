"""What other libraries call the methods of a tensor: asked for such a name, the error says ours.

No name here does anything: an operation has one spelling, and who comes from elsewhere is told it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import numpy as np

__all__ = ["NUMPYS", "PYTORCHS", "hint", "refuse_numpy"]

ONE_DEVICE = "leave it out: everything is computed on the CPU"
DTYPE = "the dtype is chosen where arrays are made: np.asarray(x, np.float32)"
NO_WRITES = "tensors are not written into; give a leaf all new numbers: t.data = array"
ALWAYS = "leave it out: tensors get a gradient, plain arrays are constants, detach() makes one"

# names in PyTorch and what to write here, if there is no method of that name
PYTORCHS: Mapping[str, str] = {
    "abs": "write abs(t)",
    "add_": NO_WRITES,
    "astype": DTYPE,
    "bmm": "write a @ b",
    "chunk": "write .split(sections)",
    "clamp": "write .clip(low, high)",
    "clone": "write t.detach() for the numbers; a tensor is never changed by others",
    "copy_": NO_WRITES,
    "cpu": ONE_DEVICE,
    "cuda": ONE_DEVICE,
    "device": ONE_DEVICE,
    "dim": "write .ndim",
    "div_": NO_WRITES,
    "double": DTYPE,
    "eq": "write a == b",
    "expand": "write .broadcast_to(shape)",
    "fill_": NO_WRITES,
    "float": DTYPE,
    "gather": "write .take_along_axis(indices, axis)",
    "ge": "write a >= b",
    "grad_fn": "write .op",
    "gt": "write a > b",
    "half": DTYPE,
    "int": DTYPE,
    "is_leaf": "write t.op is None",
    "le": "write a <= b",
    "long": "labels stay NumPy arrays of whole numbers",
    "lt": "write a < b",
    "masked_fill": "write where(mask, number, t)",
    "matmul": "write a @ b",
    "mm": "write a @ b",
    "mul_": NO_WRITES,
    "ne": "write a != b",
    "pow": "write t ** exponent",
    "requires_grad": ALWAYS,
    "requires_grad_": ALWAYS,
    "retain_grad": "write loss.backward(keep=True)",
    "sub_": NO_WRITES,
    "t": "write .T",
    "to": ONE_DEVICE + "; " + DTYPE,
    "tolist": "write .numpy().tolist()",
    "type": "write .dtype",
    "uniform_": NO_WRITES,
    "unsqueeze": "write .expand_dims(axis)",
    "zero_": NO_WRITES,
}

# what NumPy may tell of a tensor without losing its graph
NUMPYS: Mapping[Callable[..., Any], str] = {np.shape: "shape", np.ndim: "ndim", np.size: "size"}


def hint(kind: type, name: str) -> str:
    """The text of the error for an attribute that is not there."""
    if name in PYTORCHS:
        return f"a {kind.__name__} has no `{name}`; {PYTORCHS[name]}."
    return f"{kind.__name__!r} object has no attribute {name!r}"


def refuse_numpy(kind: type, function: Callable[..., Any]) -> NoReturn:
    """The error for a function of NumPy that was given a tensor."""
    name = function.__name__
    raise TypeError(
        f"np.{name} would lose the graph of a {kind.__name__}; use `{name}` of this package, where "
        f"there is one, or take the plain array: np.{name}(t.numpy())."
    )

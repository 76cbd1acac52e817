"""PyTorch's names that vhgrad does not have: asked for one, the error says what to write.

The whole list of differences, with reasons, is the page `docs/from-pytorch.md`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import NoReturn

from microgradx.spelling import DTYPE, ONE_DEVICE

__all__ = ["MODULE", "NN", "TOP", "hint", "hinted"]

SET_IT = "set an attribute: parameters and modules are found there, in lists and in dicts, too"
LIST = "put them into a plain list: what is in it is found and trained"
DICT = "put them into a plain dict: what is in it is found and trained"
RANDOM = "draw an array: np.random.default_rng(seed)"

TOP: Mapping[str, str] = {
    "Tensor": "its name is TensorValue",
    "arange": "write np.arange",
    "argmax": "write t.argmax(axis=1)",
    "backends": ONE_DEVICE,
    "bmm": "write a @ b",
    "cat": "write concatenate(tensors, axis=0)",
    "clamp": "write clip(t, low, high)",
    "cuda": ONE_DEVICE,
    "device": ONE_DEVICE,
    "enable_grad": "leave it out: a graph is recorded wherever no_grad() does not reach",
    "eye": "write np.eye",
    "flip": "write t[::-1]",
    "float32": "write np.float32",
    "float64": "write np.float64",
    "from_numpy": "leave it out: NumPy arrays are taken as they are",
    "inference_mode": "write no_grad()",
    "int64": "write np.int64",
    "linspace": "write np.linspace",
    "long": "write np.int64",
    "mm": "write a @ b",
    "ones": "write np.ones",
    "rand": RANDOM,
    "randint": RANDOM,
    "randn": RANDOM,
    "randperm": RANDOM,
    "tensor": "pass NumPy arrays and lists as they are; TensorValue(x) is one that gets a gradient",
    "unsqueeze": "write expand_dims(t, axis)",
    "utils": "DataLoader and its kin stand in vhgrad.data",
    "zeros": "write np.zeros",
}

NN: Mapping[str, str] = {
    "ModuleDict": DICT,
    "ModuleList": LIST,
    "ParameterDict": DICT,
    "ParameterList": LIST,
    "utils": "clip_grad_norm_ stands in vhgrad.optim",
}

MODULE: Mapping[str, str] = {
    "add_module": SET_IT,
    "compile": "write vhgrad.compile",
    "cpu": ONE_DEVICE,
    "cuda": ONE_DEVICE,
    "device": ONE_DEVICE,
    "double": "give the layers dtype=np.float64",
    "float": "layers are float32 unless they are given another dtype",
    "half": "give the layers dtype=np.float16",
    "register_module": SET_IT,
    "register_parameter": SET_IT,
    "to": f"{ONE_DEVICE}; {DTYPE}",
}


def hint(of: str, name: str, table: Mapping[str, str]) -> str:
    """The text of the error for a name that there is not, known to PyTorch or not."""
    if name in table:
        return f"{of} has no `{name}`; {table[name]}."
    return f"{of} has no attribute {name!r}"


def hinted(module: str, table: Mapping[str, str]) -> Callable[[str], NoReturn]:
    """The `__getattr__` of a module that knows PyTorch's names.

    Example:
        >>> import vhgrad
        >>> vhgrad.nn.utils
        Traceback (most recent call last):
        AttributeError: vhgrad.nn has no `utils`; clip_grad_norm_ stands in vhgrad.optim.
    """

    def __getattr__(name: str) -> NoReturn:
        raise AttributeError(hint(module, name, table), name=name, obj=sys.modules[module])

    return __getattr__

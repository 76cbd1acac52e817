"""Weights alone: a safetensors file with the names of `state_dict()`, for all programs."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping
from typing import Any

import numpy as np

from micrograd import Module as Stage1Module
from vhgrad.checkpoint import files
from vhgrad.checkpoint.contents import read, write
from vhgrad.checkpoint.errors import CheckpointError
from vhgrad.checkpoint.packing import pack
from vhgrad.checkpoint.parts import restore, state_of
from vhgrad.checkpoint.paths import path_given

__all__ = ["load", "save"]


def save(path: str | bytes | os.PathLike[Any], model: Any) -> None:
    """Save weights, or any arrays by name.

    The file replaces an old one in one step, as in `save_checkpoint`. PyTorch reads it with
    `safetensors.torch.load_file`, NumPy with `safetensors.numpy.load_file`.

    Args:
        path: the file.
        model: a module of any stage, or a dict of arrays by name; stages 1 to 3 are saved under
            stage 4's names, as by `vhgrad.nn.state_dict`.

    Raises:
        TypeError: if it is neither, or an array has a dtype that the format does not have.
        OSError: as the system reports it.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save(f"{folder}/two.safetensors", {"x": np.arange(3), "y": np.float32([0.5])})
        ...     load(f"{folder}/two.safetensors")
        {'x': array([0, 1, 2]), 'y': array([0.5], dtype=float32)}
    """
    if isinstance(model, str | os.PathLike):  # PyTorch's order
        raise TypeError(f"save takes the path first: save({str(model)!r}, model).")
    is_model = hasattr(model, "state_dict") or isinstance(model, Stage1Module)
    state = state_of(model, "model") if is_model else model
    if not isinstance(state, Mapping):
        raise TypeError(f"save needs a module or a dict of arrays, got {type(model).__name__}.")
    for name, array in state.items():
        if name == "__metadata__":
            raise TypeError("safetensors files keep the name '__metadata__' for themselves.")
        if type(name) is not str or not isinstance(array, np.ndarray):
            advice = "save_checkpoint saves other data"
            raise TypeError(
                f"save needs arrays by name, got {type(array).__name__} under {name!a}; "
                f"{'take its .numpy()' if hasattr(array, 'numpy') else advice}."
            )
    arrays: dict[str, Any] = {}
    packed = pack(dict(state), "state", "", arrays)
    write(path_given(path), {"model": packed}, arrays)


def load(path: str | bytes | os.PathLike[Any], model: Any = None) -> dict[str, Any]:
    """Load weights: of a file of `save`, of another program, or the model's of a checkpoint.

    A file of another program has no sum of its bytes; its structure is checked all the same.

    Args:
        path: the file.
        model: a module of any stage to load them into, if there is one.

    Returns:
        The arrays by name.

    Raises:
        CheckpointError: if the file is damaged, or no file of tensors, or with all that does not
            fit the model, which is then as it was.
        OSError: if it cannot be opened.

    Example:
        >>> import tempfile
        >>> from vhgrad import Linear
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save(f"{folder}/a.safetensors", Linear(3, 2))
        ...     weights = load(f"{folder}/a.safetensors", Linear(3, 2))
        >>> list(weights)
        ['weight', 'bias']
    """
    path = path_given(path)
    if stat.S_ISDIR(files.mode(path) or 0):
        problem = "load needs a file, not a folder; load_checkpoint takes the newest of a folder"
        raise IsADirectoryError(errno.EISDIR, problem, path)
    contents = read(path)
    weights = contents.tensors if contents.state is None else contents.state.get("model")
    if not isinstance(weights, dict) or not all(
        isinstance(array, np.ndarray) for array in weights.values()
    ):
        raise CheckpointError(f"cannot load {path}: it has no model whose state is arrays by name.")
    if model is not None:
        try:
            restore({"model": model}, {"model": weights})
        except CheckpointError as error:
            error.args = (f"cannot load {path}: {error}",)
            raise
    return weights

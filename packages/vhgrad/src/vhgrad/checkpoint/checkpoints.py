"""Save a run and load it: all that it takes to go on as if nothing had been."""

from __future__ import annotations

import copy
import os
from collections.abc import Mapping
from typing import Any

from vhgrad.checkpoint.contents import write
from vhgrad.checkpoint.errors import TOO_DEEP, CheckpointError
from vhgrad.checkpoint.folder import read_newest
from vhgrad.checkpoint.packing import pack
from vhgrad.checkpoint.parts import PARTS, restore, state_of
from vhgrad.checkpoint.paths import path_given

__all__ = ["load_checkpoint", "save_checkpoint"]

Path = str | bytes | os.PathLike[Any]


def save_checkpoint(
    path: Path,
    *,
    model: Any = None,
    optimizer: Any = None,
    scheduler: Any = None,
    loader: Any = None,
    generator: Any = None,
    early_stopping: Any = None,
    history: Any = None,
    metadata: Mapping[str, Any] | None = None,
) -> None:
    """Save the state of a run in one file.

    The file is replaced in one step: whatever happens, the old one is there, or the new one. Other
    programs read its tensors with the safetensors library; the model's stand there as
    `model/layers.0.weight`. `"~"` in the path is your home folder; a symbolic link stays, what it
    leads to is replaced; permission bits are kept.

    Args:
        path: the file.
        model: and all others: anything with `state_dict()`, a model of any stage, a NumPy
            generator, or a dict or list of such. What is None is left out.
        optimizer: what moves the model.
        scheduler: what sets its rate.
        loader: what gives the batches.
        generator: where random numbers come from.
        early_stopping: when to stop.
        history: what was measured.
        metadata: plain data of your own.

    Raises:
        TypeError: if something has no state, or there is something in it that is no plain data.
        ValueError: if there is nothing to save.
        CheckpointError: if `path` is something else than a file.
        OSError: as the system reports it.

    Example:
        >>> import tempfile
        >>> from vhgrad import MLP
        >>> model, other = MLP(2, [3, 1], seed=1), MLP(2, [3, 1], seed=2)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save_checkpoint(f"{folder}/run.safetensors", model=model, metadata={"epoch": 3})
        ...     load_checkpoint(f"{folder}/run.safetensors", model=other)
        {'epoch': 3}
        >>> other([1.0, 2.0]).item() == model([1.0, 2.0]).item()
        True
    """
    given = (model, optimizer, scheduler, loader, generator, early_stopping, history)
    parts = {name: part for name, part in zip(PARTS, given) if part is not None}
    if not parts and metadata is None:
        raise ValueError("save_checkpoint needs something to save, such as model=model.")
    arrays: dict[str, Any] = {}
    state = {name: pack(state_of(part, name), name, name, arrays) for name, part in parts.items()}
    if metadata is not None:
        if not isinstance(metadata, Mapping):
            raise TypeError(f"`metadata` needs to be a dict, got {type(metadata).__name__}.")
        state["metadata"] = pack(dict(metadata), "metadata", "metadata", arrays)
    write(path_given(path), state, arrays)


def load_checkpoint(
    path: Path,
    *,
    model: Any = None,
    optimizer: Any = None,
    scheduler: Any = None,
    loader: Any = None,
    generator: Any = None,
    early_stopping: Any = None,
    history: Any = None,
) -> dict[str, Any]:
    """Load a checkpoint into what is given: all of it, or nothing.

    Nothing in a file is run, and nothing is believed before it has been checked. Saved settings
    win over those that an optimizer or scheduler was made with.

    Args:
        path: a file, or a folder of a `Checkpoint`: then the newest file that is whole.
        model: and all others: what to load into, made as when it was saved. Parts of the
            checkpoint that are not asked for are passed over.
        optimizer: what moves the model. It knows parameters by their order: loaded with a model
            that has them in another than when it was saved, it is refused.
        scheduler: what sets its rate.
        loader: what gives the batches.
        generator: where random numbers come from.
        early_stopping: when to stop.
        history: what was measured.

    Returns:
        The metadata that were saved, or an empty dict.

    Raises:
        CheckpointError: if the file is damaged or no checkpoint, or with all that does not fit;
            everything is then as it was.
        OSError: if it cannot be opened.

    Warns:
        UserWarning: for every file of a folder that was skipped, with what is wrong with it.

    Example:
        >>> import tempfile
        >>> from vhgrad import Linear
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save_checkpoint(f"{folder}/a", model=Linear(3, 2), metadata={"epoch": 4})
        ...     load_checkpoint(f"{folder}/a", model=Linear(3, 2))
        {'epoch': 4}
    """
    given = (model, optimizer, scheduler, loader, generator, early_stopping, history)
    parts = {name: part for name, part in zip(PARTS, given) if part is not None}
    path, contents = read_newest(path_given(path))
    if contents.state is None:
        raise CheckpointError(
            f"cannot load {path}: vhgrad did not write it; load(path) gives its tensors."
        )
    metadata = contents.state.get("metadata", {})
    if not isinstance(metadata, dict):
        raise CheckpointError(f"cannot load {path}: its metadata are no dict.")
    try:
        metadata = copy.deepcopy(metadata)  # its arrays would keep the memory of all others
        restore(parts, contents.state)  # last: once it is done, nothing may fail
    except CheckpointError as error:
        error.args = (f"cannot load {path}: {error}",)
        raise
    except RecursionError:
        raise CheckpointError(f"cannot load {path}: {TOO_DEEP}") from None
    return metadata

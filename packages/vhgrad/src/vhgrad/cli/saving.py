"""What `vhgrad train` writes into a checkpoint beside the states, and how it is read back."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from vhgrad.checkpoint import CheckpointError, load_checkpoint, save_checkpoint
from vhgrad.cli.settings import Settings
from vhgrad.cli.tasks import TASKS, Task
from vhgrad.cli.values import READERS
from vhgrad.data import Normalize

__all__ = [
    "RunCheckpoint",
    "TimelessHistory",
    "metadata_of",
    "normalize_of",
    "read_settings",
    "row",
]


class TimelessHistory:
    """A history to be saved without the seconds: the same seed gives the same bytes."""

    def __init__(self, history: Any) -> None:
        self.history = history

    def state_dict(self) -> dict[str, Any]:
        """The state, as if it had taken no time."""
        state = self.history.state_dict()
        columns = {
            name: [0.0] * len(column) if name == "seconds" else column
            for name, column in state["columns"].items()
        }
        return {**state, "columns": columns, "seconds": 0.0}


class RunCheckpoint:
    """One file, written after every epoch and where the run is stopped."""

    def __init__(self, path: Path, metadata: Mapping[str, Any]) -> None:
        self.path, self.metadata = path, metadata

    def save(self, *, history: Any, **parts: Any) -> str:
        """Replace the file by the state of now."""
        timeless = TimelessHistory(history)
        save_checkpoint(self.path, history=timeless, metadata=self.metadata, **parts)
        return os.fspath(self.path)


def metadata_of(settings: Settings, normalize: Normalize | None) -> dict[str, Any]:
    """What it takes to build the network again, and to prepare its inputs."""
    kept: dict[str, Any] = {"program": "vhgrad train", "settings": asdict(settings)}
    if normalize is not None:
        kept["mean"], kept["std"] = normalize.mean.tolist(), normalize.std.tolist()
    return kept


def read_settings(path: str) -> tuple[Settings, dict[str, Any]]:
    """The settings of a run, and all its metadata.

    Raises:
        CheckpointError: if the file is damaged, or `vhgrad train` did not write it.
    """
    metadata = load_checkpoint(path)
    found = metadata.get("settings")
    names = set(Settings.__annotations__)
    if metadata.get("program") != "vhgrad train" or not isinstance(found, dict):
        raise CheckpointError(f"cannot load {path}: vhgrad train did not write it.")
    if set(found) != names:
        raise CheckpointError(f"cannot load {path}: its settings are not those of a run.")
    try:
        for name, value in found.items():
            if value is not None or name != "samples":
                READERS[name](str(value))
    except ValueError as error:
        raise CheckpointError(f"cannot load {path}: {name} {error}.") from None
    return Settings(**found), metadata


def row(settings: Settings) -> Task:
    """The task of a run."""
    return TASKS[settings.task]


def normalize_of(path: str, metadata: Mapping[str, Any], task: Task) -> Normalize | None:
    """How inputs are prepared, as the metadata say.

    Raises:
        CheckpointError: if they say it wrongly.
    """
    if not task.images:
        return None
    try:
        made = Normalize(metadata["mean"], metadata["std"])
        made(np.zeros((1, *task.shape), np.float32))
    except (KeyError, ValueError, TypeError) as error:
        raise CheckpointError(f"cannot load {path}: its mean and std do not fit.") from error
    return made

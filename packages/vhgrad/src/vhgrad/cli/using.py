"""A trained network from its checkpoint: the table of tasks builds it, the file fills it."""

from __future__ import annotations

from dataclasses import dataclass

from vhgrad.checkpoint import load_checkpoint
from vhgrad.cli.folder import checkpoint_at
from vhgrad.cli.saving import normalize_of, read_settings
from vhgrad.cli.settings import Settings
from vhgrad.cli.tasks import TASKS, Task
from vhgrad.data import Normalize
from vhgrad.nn import Module

__all__ = ["Trained", "trained"]


@dataclass(frozen=True)
class Trained:
    """A network and what belongs to it."""

    model: Module
    task: Task
    settings: Settings
    normalize: Normalize | None


def trained(place: str) -> Trained:
    """The network in a checkpoint of `vhgrad train`, or in the folder of its run.

    Raises:
        CheckpointError: if the file is damaged, or another program wrote it.
        OSError: if it cannot be read.
    """
    path = checkpoint_at(place)
    settings, metadata = read_settings(path)
    task = TASKS[settings.task]
    model = task.network(0)
    load_checkpoint(path, model=model)
    return Trained(model.eval(), task, settings, normalize_of(path, metadata, task))

"""The optimiser and the schedule of a run, by name."""

from __future__ import annotations

from typing import Any

from vhgrad.cli.settings import Settings
from vhgrad.optim import SGD, Adam, AdamW, Optimizer, RMSprop
from vhgrad.optim.lr_scheduler import CosineAnnealingLR, OneCycleLR, StepLR

__all__ = ["optimizer_of", "schedule_of"]


def optimizer_of(settings: Settings, parameters: Any) -> Optimizer:
    """The optimiser, with its usual settings and the rate that was asked for."""
    if settings.optimizer == "sgd":
        return SGD(parameters, lr=settings.lr, momentum=0.9)
    kinds = {"adam": Adam, "adamw": AdamW, "rmsprop": RMSprop}
    return kinds[settings.optimizer](parameters, lr=settings.lr)


def schedule_of(settings: Settings, optimizer: Optimizer, steps: int) -> Any:
    """How the rate goes on; `steps` are those of an epoch. None where it stays, or nothing is done.

    Constant; along half a cosine to 0; up for 30 % of the run and down again; or a tenth after two
    thirds of the epochs.
    """
    epochs = settings.epochs
    if settings.schedule == "constant" or not epochs:
        return None
    if settings.schedule == "onecycle":
        return OneCycleLR(optimizer, max_lr=settings.lr, total_steps=epochs * steps)
    if settings.schedule == "step":
        return StepLR(optimizer, step_size=max(1, 2 * epochs // 3))
    return CosineAnnealingLR(optimizer, T_max=epochs)

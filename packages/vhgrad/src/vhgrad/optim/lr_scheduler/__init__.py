"""Schedules: learning rates that change with the number of epochs or batches.

Every rate is computed from the initial one and the number of the epoch, not from the rate before,
so nothing drifts, and any epoch can be jumped to. Call `step()` after the optimiser's steps of each
epoch; `OneCycleLR` after each batch.
"""

from vhgrad.optim.lr_scheduler.cosine import CosineAnnealingLR, CosineAnnealingWarmRestarts
from vhgrad.optim.lr_scheduler.cycle import OneCycleLR
from vhgrad.optim.lr_scheduler.decay import ExponentialLR, LambdaLR, MultiStepLR, StepLR
from vhgrad.optim.lr_scheduler.plateau import ReduceLROnPlateau
from vhgrad.optim.lr_scheduler.ramp import ConstantLR, LinearLR, PolynomialLR
from vhgrad.optim.lr_scheduler.scheduler import Scheduler
from vhgrad.optim.lr_scheduler.sequence import SequentialLR

__all__ = [
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "ExponentialLR",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "OneCycleLR",
    "PolynomialLR",
    "ReduceLROnPlateau",
    "Scheduler",
    "SequentialLR",
    "StepLR",
]

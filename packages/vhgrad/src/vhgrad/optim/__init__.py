"""Optimisers, schedules of their learning rates, and limits on gradients."""

import vhgrad.optim.lr_scheduler as lr_scheduler
from microgradx import SGD, Adam, Optimizer
from vhgrad.optim.adamw import AdamW
from vhgrad.optim.clip import clip_grad_norm_, clip_grad_value_
from vhgrad.optim.rmsprop import RMSprop

__all__ = [
    "SGD",
    "Adam",
    "AdamW",
    "Optimizer",
    "RMSprop",
    "clip_grad_norm_",
    "clip_grad_value_",
    "lr_scheduler",
]

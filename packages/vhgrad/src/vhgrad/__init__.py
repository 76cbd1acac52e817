"""Stage 4: the framework. Everything a training script needs stands here."""

from microgradx import (
    TensorValue,
    cross_entropy,
    default_generator,
    draw_dot,
    manual_seed,
    mse,
    to_dot,
)
from vhgrad.metrics import accuracy
from vhgrad.nn import MLP, Layer, Linear, Module, Parameter, ReLU, Sequential, Tanh
from vhgrad.optim import SGD, Adam, Optimizer
from vhgrad.training import History, evaluate, fit, predict

__version__ = "1.0.0"

__all__ = [
    "MLP",
    "SGD",
    "Adam",
    "History",
    "Layer",
    "Linear",
    "Module",
    "Optimizer",
    "Parameter",
    "ReLU",
    "Sequential",
    "Tanh",
    "TensorValue",
    "accuracy",
    "cross_entropy",
    "default_generator",
    "draw_dot",
    "evaluate",
    "fit",
    "manual_seed",
    "mse",
    "predict",
    "to_dot",
]

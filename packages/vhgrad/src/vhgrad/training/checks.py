"""What `fit` is given, looked at before the first step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from vhgrad.nn import Module

__all__ = ["check_epochs", "check_loss", "check_model", "check_optimizer"]


def check_model(function: str, model: Any, data: Any) -> None:
    """Raise TypeError if the model is no module, or stands where the data belong."""
    if not isinstance(model, Module):
        hint = f"; the model comes first: {function}(model, ...)" * isinstance(data, Module)
        got = f"the class {model.__name__}" if isinstance(model, type) else type(model).__name__
        raise TypeError(f"{function} needs a Module, got {got}{hint}.")


def check_epochs(epochs: Any) -> None:
    """Raise ValueError if that is no number of epochs."""
    if isinstance(epochs, bool) or not isinstance(epochs, int) or epochs < 0:
        raise ValueError(f"fit needs a whole number of epochs, 0 or more, got {epochs!r}.")


def check_loss(loss: Any) -> None:
    """Raise TypeError if the loss cannot be called with targets and outputs."""
    if isinstance(loss, type):
        raise TypeError(f"`loss` got the class {loss.__name__}; write {loss.__name__}().")
    if not callable(loss):
        raise TypeError(
            f"`loss` needs a function (targets, outputs), such as vhgrad.mse, got {loss!r}."
        )


def check_optimizer(optimizer: Any, parameters: Iterable[Any]) -> None:
    """Raise if the optimizer is none, or none that moves this model."""
    if isinstance(optimizer, type) or not hasattr(optimizer, "param_groups"):
        raise TypeError(
            "`optimizer` needs an optimizer such as SGD(model.parameters(), lr=0.1), got "
            f"{optimizer!r}."
        )
    moved = {id(p) for group in optimizer.param_groups for p in group["params"]}
    if moved.isdisjoint(map(id, parameters)):
        raise ValueError(
            "`optimizer` holds none of the model's parameters; make it from this model: "
            f"{type(optimizer).__name__}(model.parameters(), ...)."
        )

"""Optimisers: what to do with the parameters once their gradients are known.

`Optimizer` holds the parameters and walks them; an optimiser is one pure formula, `update`, that
works on numbers and on arrays.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from numbers import Real
from typing import Any

from micrograd.graph import Node

__all__ = ["SGD", "Optimizer"]


class Optimizer:
    """Base of all optimisers: parameters in groups, each group with its own settings.

    Args:
        params: parameters, or groups of them: `[{"params": [...], "lr": 0.1}, ...]`.
        settings: the settings of groups that do not bring their own.

    Raises:
        TypeError: if something among `params` is not a parameter.
        ValueError: if there are none, one is not a leaf or stands in two groups, or a setting is
            out of range.
    """

    def __init__(self, params: Iterable[Any], **settings: Any) -> None:
        if isinstance(params, Node) or not isinstance(params, Iterable):
            raise TypeError(
                f"{self.name} needs a list of parameters, got {type(params).__name__}; "
                "write model.parameters() or [p]."
            )
        members = list(params)
        groups = members if members and isinstance(members[0], dict) else [{"params": members}]
        self.param_groups: list[dict[str, Any]] = []
        self.state: dict[Any, dict[str, Any]] = {}
        for group in groups:
            self.add_param_group({**settings, **group})
        if not self.state:
            raise ValueError(f"{self.name} needs at least one parameter, got none.")

    @property
    def name(self) -> str:
        """The optimiser's name in errors."""
        return type(self).__name__

    def add_param_group(self, group: dict[str, Any]) -> None:
        """Check a group and its parameters, then take it in."""
        self.check(group)
        if "params" not in group:
            raise ValueError(f"{self.name} needs 'params' in every group, got {list(group)}.")
        members: dict[Any, None] = {}  # in order, and quick to ask: nodes are hashed by identity
        params = group["params"]
        for p in [params] if isinstance(params, Node) else params:
            if not isinstance(p, Node):
                raise TypeError(f"{self.name} needs parameters, got {type(p).__name__}.")
            if p.op is not None:
                raise ValueError(f"{self.name} moves leaves, this one is computed ('{p.op.name}').")
            if p in self.state:
                raise ValueError(f"{self.name} got a parameter that is already in another group.")
            if p in members:
                warnings.warn(f"{self.name} got a parameter twice; it moves once.", stacklevel=3)
            else:
                members[p] = None
        self.state.update((p, {}) for p in members)
        self.param_groups.append({**group, "params": list(members)})

    def check(self, group: dict[str, Any]) -> None:
        """Raise ValueError where a setting is out of range."""
        for setting in ("lr", "momentum", "dampening", "weight_decay", "eps"):
            value = group.get(setting, 0.0)
            if isinstance(value, bool) or not isinstance(value, Real):
                raise TypeError(f"{self.name} needs a number as {setting}, got {value!r}.")
            if not 0 <= float(value) < float("inf") and setting != "dampening":
                raise ValueError(
                    f"{self.name} needs {setting} of 0 or more, got {setting}={value}."
                )

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for p in self.state:
            p.grad = p.initial_grad

    def step(self) -> None:
        """Move every parameter that has a gradient."""
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    p.data = self.update(p.data, p.grad, self.state[p], group)

    def update(self, data: Any, g: Any, state: dict[str, Any], group: dict[str, Any]) -> Any:
        """The new value of one parameter; `state` is its memory from step to step."""
        raise NotImplementedError(f"{self.name} needs a method update(data, g, state, group).")


class SGD(Optimizer):
    """Stochastic gradient descent: a step downhill, with momentum if wanted.

    Args:
        params: parameters or groups of them.
        lr: learning rate, the length of a step per unit of gradient.
        momentum: share of the last movement that is kept.
        dampening: share of the gradient that is left out of the movement.
        weight_decay: pull towards 0, as a share of the parameter.
        nesterov: look ahead by one momentum step; needs momentum and no dampening.

    Raises:
        ValueError: if a setting is out of range.

    Source:
        Sutskever et al., On the importance of initialization and momentum (2013), as in PyTorch.

    Example:
        >>> from micrograd_plus import Value
        >>> w = Value(1.0)
        >>> optimizer = SGD([w], lr=0.1)
        >>> (w * w).backward()
        >>> optimizer.step()
        >>> w.data
        0.8
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            momentum=momentum,
            dampening=dampening,
            weight_decay=weight_decay,
            nesterov=nesterov,
        )

    def check(self, group: dict[str, Any]) -> None:
        """Also: Nesterov's look ahead needs a momentum to look along."""
        super().check(group)
        if group["nesterov"] and (group["momentum"] == 0 or group["dampening"] != 0):
            raise ValueError("SGD needs momentum and no dampening for nesterov=True.")

    def update(self, data: Any, g: Any, state: dict[str, Any], group: dict[str, Any]) -> Any:
        """`data - lr * v` with `v = momentum * v + (1 - dampening) * g`; at first `v = g`."""
        momentum = group["momentum"]
        if group["weight_decay"]:
            g = g + group["weight_decay"] * data
        if momentum:
            if "velocity" in state:
                state["velocity"] = momentum * state["velocity"] + (1 - group["dampening"]) * g
            else:
                state["velocity"] = +g  # of an array, a copy: the user may change the gradient
            g = g + momentum * state["velocity"] if group["nesterov"] else state["velocity"]
        return data - group["lr"] * g

"""What all optimisers share: parameters in groups, and the walk over them.

What an optimiser remembers can be saved as plain data; the checks stand in `remembering`.
"""

from __future__ import annotations

import operator
import warnings
from collections.abc import Iterable
from numbers import Real
from typing import Any, ClassVar

from micrograd.graph import Node
from micrograd_plus.remembering import plain, saved_groups, saved_memories

__all__ = ["Optimizer"]


class Optimizer:
    """Base of all optimisers: parameters in groups, each group with its own settings.

    Args:
        params: parameters, or groups of them: `[{"params": [...], "lr": 0.1}, ...]`.
        settings: the settings of groups that do not bring their own.

    Raises:
        TypeError: if something among `params` is not a parameter.
        ValueError: if there are none, one is not a leaf or stands in two groups, or a setting is
            out of range.

    Example:
        >>> from micrograd_plus import SGD, Value
        >>> optimizer = SGD([Value(1.0)], lr=0.1)
        >>> isinstance(optimizer, Optimizer), optimizer.param_groups[0]["lr"]
        (True, 0.1)
    """

    entrywise: ClassVar[Any] = None  # an `update` that moves each entry by its own gradient alone
    remembers: ClassVar[tuple[str, ...]] = ()  # what that one keeps in `state` for each entry
    counts: ClassVar[tuple[str, ...]] = ()  # and what it counts there

    def __init__(self, params: Iterable[Any], **settings: Any) -> None:
        if isinstance(params, Node) or not isinstance(params, Iterable):
            raise TypeError(
                f"{self.name} needs a list of parameters, got {type(params).__name__}; "
                "write model.parameters() or [p]."
            )
        members = list(params)
        groups = members if members and isinstance(members[0], dict) else [{"params": members}]
        self.defaults = settings
        self.param_groups: list[dict[str, Any]] = []
        self.state: dict[Any, dict[str, Any]] = {}
        self.stepped = False  # schedules warn where they come before the first step
        for group in groups:
            self.add_param_group(group)
        if not self.state:
            raise ValueError(f"{self.name} needs at least one parameter, got none.")

    @property
    def name(self) -> str:
        """The optimiser's name in errors."""
        return type(self).__name__

    def __repr__(self) -> str:
        """The settings of each group, as in `SGD(lr=0.1, ..., params=2)`."""
        groups = ({**group, "params": len(group["params"])} for group in self.param_groups)
        texts = [", ".join(f"{name}={x!r}" for name, x in group.items()) for group in groups]
        return f"{self.name}({'; '.join(texts)})"

    def add_param_group(self, group: dict[str, Any]) -> None:
        """Check a group and its parameters, then take it in; defaults fill what it leaves out."""
        if not isinstance(group, dict) or "params" not in group:
            got = list(group) if isinstance(group, dict) else type(group).__name__
            raise ValueError(f"{self.name} needs a dict with 'params' as a group, got {got}.")
        self.check_names(group)
        group = {**self.defaults, **group}
        self.check(group)
        members: dict[Any, None] = {}  # in order, and quick to ask: nodes are hashed by identity
        params = group["params"]
        for p in [params] if isinstance(params, Node) else params:
            if not isinstance(p, Node):
                raise TypeError(
                    f"{self.name} needs parameters, got {type(p).__name__}; "
                    "write model.parameters() or [p]."
                )
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

    def check_names(self, group: dict[str, Any]) -> None:
        """Raise TypeError for a setting that changes nothing; an `update` of yours may know it."""
        unknown = [k for k in group if k not in self.defaults and k not in ("params", "name")]
        if unknown and self.is_entrywise:
            raise TypeError(
                f"{self.name} has no setting {', '.join(map(repr, unknown))} for a group, only "
                f"{', '.join(self.defaults)}; what is only a label goes under 'name'."
            )

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

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters. Numbers go back to 0.0 either way."""
        for p in self.state:
            p.grad = p.initial_grad

    def step(self, closure: None = None) -> None:
        """Move every parameter that has a gradient.

        Raises:
            TypeError: if a closure is passed: no optimiser here evaluates the loss itself.
        """
        if closure is not None:
            raise TypeError(
                f"{self.name}.step() takes no closure, got {type(closure).__name__}; "
                "call loss.backward() first, then step()."
            )
        self.stepped = True
        for group in self.param_groups:
            self.move([p for p in group["params"] if p.grad is not None], group)

    def move(self, params: list[Any], group: dict[str, Any]) -> None:
        """Move the parameters of one group that have gradients."""
        for p in params:
            p.data = self.update(p.data, p.grad, self.state[p], group)

    def update(self, data: Any, g: Any, state: dict[str, Any], group: dict[str, Any]) -> Any:
        """The new value of one parameter; `state` is its memory from step to step."""
        raise NotImplementedError(f"{self.name} needs a method update(data, g, state, group).")

    def state_dict(self) -> dict[str, Any]:
        """All that is remembered, as a copy in plain data: dicts, lists, numbers and arrays.

        Parameters go by their number: 0, 1, ... in the order of the groups.

        Example:
            >>> from micrograd_plus import SGD, Value
            >>> SGD([Value(1.0)], lr=0.1).state_dict()["param_groups"][0]["params"]
            [0]
        """
        number = {p: k for k, p in enumerate(self.state)}
        groups = [
            {
                **plain({k: x for k, x in group.items() if k != "params"}),
                "params": [number[p] for p in group["params"]],
            }
            for group in self.param_groups
        ]
        memories = {str(number[p]): plain(memory) for p, memory in self.state.items() if memory}
        return {"state": memories, "param_groups": groups}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over what `state_dict` gave; saved settings win over those of the constructor.

        Raises:
            ValueError: if it does not fit these groups and parameters, with all that does not;
                then nothing has changed.
        """
        problems: list[str] = []
        groups = saved_groups(self, state, problems)
        memories = saved_memories(self, state, problems)
        if problems:
            raise ValueError(f"{self.name} cannot load this state: {'; '.join(problems)}.")
        for group, saved in zip(self.param_groups, groups):
            params = group["params"]
            group.clear()
            group.update(saved, params=params)
        self.state.update(zip(self.state, memories))
        self.stepped = True  # as far as a state tells: plain SGD remembers nothing

    def restored(self, p: Any, memory: dict[str, Any]) -> dict[str, Any]:
        """A copy of what was remembered of `p`; ValueError if it is not of this parameter.

        An `update` of your own may remember what it likes.
        """
        if not self.is_entrywise:
            return plain(memory)
        unknown = [name for name in memory if name not in self.remembers + self.counts]
        if unknown:
            raise ValueError(
                f"{self.name} remembers {', '.join(self.counts + self.remembers)}, not "
                f"{', '.join(map(str, unknown))}"
            )
        return {
            name: self.count(name, x) if name in self.counts else self.one_per_entry(p, name, x)
            for name, x in memory.items()
        }

    def count(self, name: str, x: Any) -> int:
        """Check a number of steps."""
        try:
            number = operator.index(x)
        except TypeError:
            number = -1
        if number < 0:
            raise ValueError(f"{name} needs to be a whole number, 0 or more, got {x!r:.40}")
        return number

    def one_per_entry(self, p: Any, name: str, x: Any) -> Any:
        """A copy of what is remembered for each entry of `p`, checked: a number, as `p` is one."""
        if isinstance(x, bool) or not isinstance(x, Real):
            raise ValueError(f"{name} needs to be a number, got {type(x).__name__}")
        return x

    @property
    def is_entrywise(self) -> bool:
        """Whether `update` is the one that is known to move every entry by itself."""
        return self.entrywise is not None and type(self).update is type(self).entrywise

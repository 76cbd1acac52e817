"""Many small parameters that move as if they were one.

A formula of a dozen operations takes a dozen microseconds for two numbers as for a thousand. So
small parameters and their gradients are joined, the formula is called once, and each parameter gets
its part of the result. What is remembered of them stays joined from step to step.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import is_
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microgradx.tensor import clock, set_data

__all__ = ["Together", "batches"]

State = dict[Any, dict[str, Any]]


def batches(params: Sequence[Any], state: State) -> list[Together]:
    """The parameters, put together where dtype and counts (such as Adam's steps) are the same."""
    found: dict[Any, list[Any]] = {}
    for p in params:
        form = [(name, getattr(x, "dtype", x)) for name, x in state[p].items()]
        found.setdefault((p.data.dtype, *form), []).append(p)
    return [Together(members, state) for members in found.values()]


class Together:
    """Parameters of one dtype whose memories have the same form.

    Args:
        params: the parameters.
        state: what is remembered of each. Its arrays become views of the joined ones.
    """

    def __init__(self, params: Sequence[Any], state: State) -> None:
        self.params = params
        self.parts = []  # where each parameter lies, and its shape
        size = 0
        for p in params:
            self.parts.append((slice(size, size + p.data.size), p.data.shape))
            size += p.data.size
        self.data = joined([p.data for p in params])
        self.views: list[NDArray[Any]] = []
        self.spare = np.empty_like(self.data)
        first = state[params[0]]
        self.memory = {
            name: joined([state[p][name] for p in params]) if isinstance(x, np.ndarray) else x
            for name, x in first.items()
        }
        self.share(state)

    def share(self, state: State) -> None:
        """Give every parameter its part of what is remembered of all."""
        self.memories = []  # for each parameter what we left there
        for p, (part, shape) in zip(self.params, self.parts):
            for name, x in self.memory.items():
                state[p][name] = x[part].reshape(shape) if isinstance(x, np.ndarray) else x
            self.memories.append(list(state[p].values()))

    def holds(self, state: State) -> bool:
        """Whether the parameters' memories are as we left them.

        A run that is resumed, a user, or another optimiser may have put other things there.
        """
        for p, left in zip(self.params, self.memories):
            found = state[p].values()
            if len(found) != len(left) or not all(map(is_, found, left)):
                return False
        return True

    def move(self, optimizer: Any, group: dict[str, Any]) -> None:
        """One call of the formula for all; then each parameter gets its part."""
        if not self.views or not all(map(is_, [p.data for p in self.params], self.views)):
            self.data = joined([p.data for p in self.params])
        g = joined([p.grad for p in self.params])
        memory = dict(self.memory)
        try:
            new = np.empty_like(g)
            optimizer.in_place(self.data, g, memory, group, new, self.spare)
        except KeyError:  # nothing is remembered yet; nothing has been written
            new = optimizer.update(self.data, g, memory, group)
        new.setflags(write=False)  # so its parts cannot be written into, either
        self.data = new
        self.views = [new[part].reshape(shape) for part, shape in self.parts]
        stamp = clock.tick()
        for p, view in zip(self.params, self.views):
            set_data(p, view)
            p.stamp = stamp
        changed = {name: x for name, x in memory.items() if x is not self.memory.get(name)}
        self.memory = memory
        if any(isinstance(x, np.ndarray) for x in changed.values()):
            self.share(optimizer.state)
        elif changed:
            for p, left in zip(self.params, self.memories):
                optimizer.state[p].update(changed)
                left[:] = optimizer.state[p].values()


def joined(arrays: list[NDArray[Any]]) -> NDArray[Any]:
    """All entries of all arrays, one after the other."""
    return np.concatenate(arrays, axis=None)

"""Many small parameters that move as if they were one.

A formula of a dozen operations takes a dozen microseconds for two numbers as for a thousand. So
small parameters and their gradients are joined, the formula is called once, and each parameter gets
its part of the result. What is remembered of them stays joined from step to step.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from operator import is_
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microgradx.optim.holders import are_alone
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
        self.places = []  # where each parameter lies, and its shape
        size = 0
        for p in params:
            self.places.append((slice(size, size + p.data.size), p.data.shape))
            size += p.data.size
        self.data = joined([p.data for p in params])
        self.parts: list[NDArray[Any]] = []
        self.spare = np.empty((2, size), self.data.dtype)
        first = state[params[0]]
        self.memory = {
            name: joined([state[p][name] for p in params]) if isinstance(x, np.ndarray) else x
            for name, x in first.items()
        }
        self.share(state)

    def share(self, state: State) -> None:
        """Give every parameter its part of what is remembered of all."""
        self.memories = [state[p] for p in self.params]
        for memory, (part, shape) in zip(self.memories, self.places):
            for name, x in self.memory.items():
                memory[name] = x[part].reshape(shape) if isinstance(x, np.ndarray) else x
        self.left = self.found()

    def found(self) -> list[Any]:
        """All that is remembered of the parameters, one thing after the other."""
        return list(chain.from_iterable(map(dict.values, self.memories)))

    def holds(self, state: State) -> bool:
        """Whether the parameters' memories are as we left them.

        A run that is resumed, a user, or another optimiser may have put other things there.
        """
        found = self.found()
        return (
            all(map(is_, map(state.get, self.params), self.memories))
            and len(found) == len(self.left)
            and all(map(is_, found, self.left))
        )

    def move(self, optimizer: Any, group: dict[str, Any]) -> None:
        """One call of the formula for all; then each parameter has its part."""
        mine = bool(self.parts) and all(map(is_, [p.data for p in self.params], self.parts))
        if not mine:
            self.data = joined([p.data for p in self.params])
        again = mine and are_alone(self)
        g = joined([p.grad for p in self.params])
        memory = dict(self.memory)
        new = self.data if again else np.empty_like(g)
        try:
            new.setflags(write=True)
            optimizer.in_place(self.data, g, memory, group, new, self.spare)
        except KeyError:  # nothing is remembered yet; nothing has been written
            new[...] = optimizer.update(self.data, g, memory, group)
        finally:
            new.setflags(write=False)  # so its parts cannot be written into, either
            if again:  # even if we were interrupted, graphs made before are out of date
                self.stamp()
        if not again:
            self.data = new
            self.parts = [new[part].reshape(shape) for part, shape in self.places]
            for p, view in zip(self.params, self.parts):
                set_data(p, view)
            self.stamp()
        self.remember(memory, optimizer.state)

    def stamp(self) -> None:
        """Note that all of them have been written."""
        now = clock.tick()
        for p in self.params:
            p.stamp = now

    def remember(self, memory: dict[str, Any], state: State) -> None:
        """Take over what the formula left; what it counts is told to every parameter."""
        changed = {name: x for name, x in memory.items() if x is not self.memory.get(name)}
        self.memory = memory
        for x in changed.values():
            if isinstance(x, np.ndarray):
                self.share(state)
                return
        for own in self.memories:
            own.update(changed)
        self.left = self.found()


def joined(arrays: list[NDArray[Any]]) -> NDArray[Any]:
    """All entries of all arrays, one after the other."""
    return np.concatenate(arrays, axis=None)

"""`DataLoader`: batches of a dataset, in an order that can be repeated and resumed.

Epoch number k is shuffled by a generator made from `(seed, k)` alone, and batch number b of it is
transformed with one made from `(seed, k, b)`. So neither depends on other randomness, a position is
two small numbers, and an epoch that is broken off and resumed is the same to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from microgradx.data.dataset import Array, Dataset, as_dataset
from microgradx.random import as_generator

__all__ = ["DataLoader"]


class DataLoader:
    """Batches of a dataset: tuples of read-only arrays. Every loop over it is one epoch.

    Args:
        data: a `Dataset`, a tuple of arrays such as `(X, y)`, one array, or a sequence of items.
        batch_size: examples in a batch; the last batch of an epoch may be smaller.
        shuffle: whether each epoch comes in a new random order.
        drop_last: whether a smaller last batch is left out.
        generator: a seed, or a generator that one seed is drawn from; None draws it
            from the default generator (see `manual_seed`).
        collate: makes a batch of a list of items, for datasets that are not arrays; what it returns
            is handed on as it is.
        transform: changes the inputs of every batch, its first array: a function
            `(inputs, generator) -> inputs` that draws from the generator it is handed and no other.

    Raises:
        TypeError: if the data is none of these, or does not hold numbers.
        ValueError: if `batch_size` is not a positive whole number, or arrays differ in length.

    Example:
        >>> X, y = np.arange(10.0).reshape(5, 2), np.arange(5)
        >>> for inputs, labels in DataLoader((X, y), batch_size=2, shuffle=True, generator=0):
        ...     print(inputs.shape, labels)
        (2, 2) [2 4]
        (2, 2) [3 0]
        (1, 2) [1]
    """

    def __init__(
        self,
        data: Any,
        batch_size: int = 32,
        *,
        shuffle: bool = False,
        drop_last: bool = False,
        generator: int | np.random.Generator | None = None,
        collate: Callable[[list[Any]], Any] | None = None,
        transform: Callable[[Array, np.random.Generator], Array] | None = None,
    ) -> None:
        if (
            isinstance(batch_size, bool)
            or not isinstance(batch_size, int | np.integer)
            or batch_size < 1
        ):
            raise ValueError(
                f"`batch_size` needs to be a whole number, 1 or more, got {batch_size!r}."
            )
        self.dataset: Dataset = as_dataset(data)
        self.batch_size = int(batch_size)
        self.shuffle = shuffle
        self.drop_last = drop_last
        if collate is not None and transform is not None:
            raise ValueError("DataLoader takes `collate` or `transform`: let collate transform.")
        self.collate = collate
        self.transform = transform
        self._seed = seed_from(generator)
        self._next = (0, 0)  # epoch and batch that a new loop starts with
        self._position = (0, 0)  # epoch and batch that come next

    def __len__(self) -> int:
        """Number of batches in an epoch."""
        size = len(self.dataset)
        return size // self.batch_size if self.drop_last else -(-size // self.batch_size)

    def __iter__(self) -> Iterator[Any]:
        epoch, start = self._next
        self._next = (epoch + 1, 0)
        self._position = (epoch, start)
        return self._batches(epoch, start)

    def _batches(self, epoch: int, start: int) -> Iterator[Any]:
        order = self._order(epoch)
        count = len(self)
        for number in range(start, count):
            # Set before the batch leaves: during the last one, the next epoch is what comes next.
            self._position = (epoch, number + 1) if number + 1 < count else (epoch + 1, 0)
            indices = order[number * self.batch_size : (number + 1) * self.batch_size]
            yield self._batch(indices, epoch, number)

    def _order(self, epoch: int) -> Array:
        """All indices, in the order of one epoch."""
        size = len(self.dataset)
        if not self.shuffle:
            return np.arange(size)
        return np.random.default_rng([self._seed, epoch]).permutation(size)

    def _batch(self, indices: Array, epoch: int, number: int) -> Any:
        if self.collate is not None:
            return self.collate([self.dataset[int(index)] for index in indices])
        # views, because a dataset of yours may hand out an array that it goes on writing into
        batch = tuple(array.view() for array in self.dataset.take(indices))
        for array in batch:
            array.setflags(write=False)
        return batch if self.transform is None else self._transformed(batch, epoch, number)

    def _transformed(self, batch: tuple[Array, ...], epoch: int, number: int) -> tuple[Array, ...]:
        assert self.transform is not None
        # a spawn key, because the seed [a, b, 0] gives the same numbers as [a, b]
        seed = np.random.SeedSequence(self._seed, spawn_key=(epoch, number))
        inputs = self.transform(batch[0], np.random.default_rng(seed)).view()
        inputs.setflags(write=False)
        return inputs, *batch[1:]

    def state_dict(self) -> dict[str, int | bool]:
        """The position in plain numbers: which batch of which epoch comes next, in which order.

        Example:
            >>> loader = DataLoader(np.arange(6), batch_size=2, shuffle=True, generator=7)
            >>> batches = iter(loader)
            >>> first = next(batches)
            >>> state = loader.state_dict()
            >>> again = DataLoader(np.arange(6), batch_size=2, shuffle=True)
            >>> again.load_state_dict(state)
            >>> [batch[0].tolist() for batch in again] == [batch[0].tolist() for batch in batches]
            True
        """
        epoch, batch = self._position
        return {"epoch": epoch, "batch": batch, "seed": self._seed, **self._shape()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go to a saved position: the next loop gives what was left of that epoch.

        The order is the saved one, whatever `generator` this loader was made with.

        Raises:
            ValueError: if the data or the batches have another size than when the state was saved,
                or something is missing, with all that does not fit; then nothing is changed.
        """
        if not isinstance(state, dict):
            raise ValueError(f"State needs to be a dict, got {type(state).__name__}.")
        shape, place = self._shape(), ("epoch", "batch", "seed")
        wrong = [f"it has no {name!r}" for name in (*place, *shape) if name not in state]
        wrong += [f"it has {name!a}" for name in state if name not in (*place, *shape)]
        wrong += [
            f"it was saved with {name}={state[name]!r:.40}, here it is {here}"
            for name, here in shape.items()
            if name in state and (np.ndim(state[name]) or state[name] != here)
        ]
        wrong += [
            f"{name} needs to be a whole number, 0 or more, got {state[name]!r:.40}"
            for name in place
            if name in state and (type(state[name]) is not int or state[name] < 0)
        ]
        if not wrong and state["batch"] >= max(len(self), 1):
            wrong = [f"it is at batch {state['batch']}, but an epoch has {len(self)} batches"]
        if wrong:
            raise ValueError(f"State does not fit: {'; '.join(wrong)}.")
        self._seed = state["seed"]
        self._next = self._position = (state["epoch"], state["batch"])

    def _shape(self) -> dict[str, int | bool]:
        """What a position means nothing without."""
        return {
            "samples": len(self.dataset),
            "batch_size": self.batch_size,
            "shuffle": self.shuffle,
            "drop_last": self.drop_last,
        }


def seed_from(generator: int | np.random.Generator | None) -> int:
    """One seed: the number itself, or one drawn from the generator, or from the default one."""
    rng = as_generator(generator)
    return int(generator) if isinstance(generator, int | np.integer) else int(rng.integers(2**63))

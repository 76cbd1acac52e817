"""Parts of a dataset: some of its items by index, and random parts that share none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from microgradx.data.dataset import Array, Dataset, as_dataset
from microgradx.data.loader import seed_from

__all__ = ["Subset", "random_split"]


class Subset(Dataset):
    """The items of a dataset at some indices, without a copy.

    Example:
        >>> evens = Subset(np.arange(10), [0, 2, 4])
        >>> evens[1], len(evens)
        ((np.int64(2),), 3)
    """

    def __init__(self, data: Any, indices: Sequence[int] | Array) -> None:
        self.dataset = as_dataset(data)
        self.indices = np.arange(len(self.dataset))[np.asarray(indices, dtype=np.intp)]

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, index: int) -> Any:
        return self.dataset[int(self.indices[index])]

    def take(self, indices: Array) -> tuple[Array, ...]:
        """A batch: the items at `indices` of this part."""
        return self.dataset.take(self.indices[indices])


def random_split(
    data: Any, sizes: Sequence[float], *, generator: int | np.random.Generator | None = None
) -> list[Subset]:
    """Divide a dataset into random parts that have no item in common.

    Args:
        data: what a `DataLoader` takes.
        sizes: numbers of items that add up to the length, or fractions that add up to 1.
        generator: a seed, or a generator that one seed is drawn from; None draws it
            from the default generator.

    Returns:
        One `Subset` per size.

    Raises:
        ValueError: if the sizes do not add up, or a part would be empty.

    Example:
        >>> train, test = random_split(np.arange(10), [0.8, 0.2], generator=0)
        >>> len(train), len(test)
        (8, 2)
    """
    dataset = as_dataset(data)
    ends = np.cumsum(counts(sizes, len(dataset)))
    order = np.random.default_rng(seed_from(generator)).permutation(len(dataset))
    return [Subset(dataset, part) for part in np.split(order, ends[:-1])]


def counts(sizes: Sequence[float], total: int) -> list[int]:
    """Sizes as numbers of items; what rounding leaves over goes to the first parts."""
    if not sizes:
        raise ValueError("`sizes` needs one size or more, such as [0.8, 0.2].")
    if all(isinstance(size, int | np.integer) for size in sizes) and sum(sizes) == total:
        result = [int(size) for size in sizes]
    elif all(0 < size < 1 for size in sizes) and math.isclose(sum(sizes), 1):
        result = [math.floor(size * total + 1e-9) for size in sizes]
        for part in range(total - sum(result)):
            result[part] += 1
    else:
        raise ValueError(
            f"`sizes` needs numbers of items that add up to {total}, or fractions between 0 and 1 "
            f"that add up to 1, got {list(sizes)}."
        )
    if min(result) < 1:
        raise ValueError(f"A part would be empty: {list(sizes)} of {total} items is {result}.")
    return result

"""Parts of a dataset: some of its items by index, and random parts that share none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from microgradx.data.dataset import Array, Dataset, as_dataset
from microgradx.data.loader import seed_from

__all__ = ["Subset", "random_split"]


class Subset(Dataset):
    """The items of a dataset at some indices, without a copy.

    Example:
        >>> evens = Subset(np.arange(10), [0, 2, 4])
        >>> evens[1], len(evens)
        ((np.int64(2),), 3)
        >>> evens[1:]  # several at once are a batch
        (array([2, 4]),)
    """

    def __init__(self, data: Any, indices: Sequence[int] | Array) -> None:
        self.dataset = as_dataset(data)
        self.indices = np.arange(len(self.dataset))[np.asarray(indices, dtype=np.intp)]

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, index: Any) -> Any:
        picked = self.indices[index]
        return self.dataset.take(picked) if picked.ndim else self.dataset[int(picked)]

    def take(self, indices: Array) -> tuple[Array, ...]:
        """A batch: the items at `indices` of this part."""
        return self.dataset.take(self.indices[indices])


def random_split(
    data: Any,
    sizes: Sequence[float],
    *,
    generator: int | np.random.Generator | None = None,
    stratify: ArrayLike | None = None,
) -> list[Subset]:
    """Divide a dataset into random parts that have no item in common.

    Args:
        data: what a `DataLoader` takes.
        sizes: numbers of items that add up to the length, or fractions that add up to 1.
        generator: a seed, or a generator that one seed is drawn from; None draws it
            from the default generator.
        stratify: the class of every item, shape `(n,)`: each part then has all classes in the same
            proportion, to within one item.

    Returns:
        One `Subset` per size.

    Raises:
        ValueError: if the sizes do not add up, a part would be empty, or a class has fewer items
            than there are parts.

    Example:
        >>> train, test = random_split(np.arange(10), [0.8, 0.2], generator=0)
        >>> len(train), len(test)
        (8, 2)
    """
    dataset = as_dataset(data)
    ends = np.cumsum(counts(sizes, len(dataset)))
    rng = np.random.default_rng(seed_from(generator))
    order = rng.permutation(len(dataset))
    if stratify is not None:
        order = order[evenly(np.asarray(stratify), len(sizes), order)]
    parts = np.split(order, ends[:-1])
    return [Subset(dataset, part if stratify is None else rng.permutation(part)) for part in parts]


def evenly(classes: Array, parts: int, order: Array) -> Array:
    """How to arrange `order` so that every stretch of it has the classes in the same proportion."""
    if classes.shape != order.shape:
        raise ValueError(
            f"`stratify` needs one class for each of {len(order)} items, got shape {classes.shape}."
        )
    names, inverse, sizes = np.unique(classes[order], return_inverse=True, return_counts=True)
    if sizes.min(initial=parts) < parts:
        raise ValueError(
            f"`stratify` needs {parts} items or more of every class to divide into {parts} parts; "
            f"class {names[sizes.argmin()]} has {sizes.min()}."
        )
    place = np.empty(len(order))
    for number, size in enumerate(sizes):
        place[inverse == number] = (np.arange(size) + 0.5) / size  # spread over the whole length
    return np.argsort(place, kind="stable")


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

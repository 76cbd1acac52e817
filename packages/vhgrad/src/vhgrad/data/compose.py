"""Several transforms in a row."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vhgrad.data.transform import Array, Transform

__all__ = ["Compose"]


class Compose(Transform):
    """Transforms in a row, all drawing from the same generator.

    Args:
        transforms: a list of them, or of functions `(inputs, generator) -> inputs`; the first is
            applied first.

    Example:
        >>> scale = Compose([lambda x, generator: x + 1, lambda x, generator: x * 10])
        >>> scale(np.array([1, 2]))
        array([20, 30])
    """

    def __init__(self, transforms: list[Callable[[Array, np.random.Generator], Array]]) -> None:
        self.transforms = list(transforms)
        for transform in self.transforms:
            if not callable(transform):
                raise TypeError(f"Compose needs a list of transforms, got {transform!r} in it.")

    def apply(self, inputs: Array, generator: np.random.Generator) -> Array:
        """One after the other."""
        for transform in self.transforms:
            inputs = transform(inputs, generator)
        return inputs

    def __repr__(self) -> str:
        return f"Compose({self.transforms})"

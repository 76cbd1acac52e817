"""Mirroring images at random: most things are as likely seen from the other side."""

from __future__ import annotations

import numpy as np

from vhgrad.data.transform import Array, ImageTransform

__all__ = ["RandomHorizontalFlip"]


class RandomHorizontalFlip(ImageTransform):
    """Left and right swapped, for every image with probability `p`. Not for digits or letters.

    Source:
        Krizhevsky, Sutskever and Hinton, ImageNet classification with deep convolutional neural
        networks (2012), section 4.1.

    Example:
        >>> RandomHorizontalFlip(p=1.0)(np.arange(3).reshape(1, 1, 1, 3))
        array([[[[2, 1, 0]]]])
    """

    def __init__(self, p: float = 0.5) -> None:
        if not 0 <= p <= 1:
            raise ValueError(f"RandomHorizontalFlip needs a probability from 0 to 1, got p={p}.")
        self.p = p

    def apply(self, inputs: Array, generator: np.random.Generator) -> Array:
        """Images `(n, c, h, w)`, some of them mirrored."""
        chosen = generator.random(len(inputs)) < self.p
        result = inputs.copy()
        result[chosen] = inputs[chosen, ..., ::-1]
        return result

    def __repr__(self) -> str:
        return f"RandomHorizontalFlip({self.p})"

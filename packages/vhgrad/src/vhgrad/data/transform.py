"""What a transform is: a function of a batch and a generator that gives a new batch.

It keeps no state and no generator of its own. The loader hands it one made from its seed, the epoch
and the batch, so an epoch that is broken off and resumed gets the same crops and flips, with
nothing to save.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from microgradx.random import as_generator

__all__ = ["Array", "ImageTransform", "Transform"]

Array = NDArray[Any]


class Transform:
    """Inputs to inputs: write `apply`. A plain function `(inputs, generator) -> inputs` does too.

    Example:
        >>> class Noise(Transform):
        ...     def apply(self, inputs, generator):
        ...         return inputs + generator.normal(0.0, 0.1, inputs.shape)
        >>> Noise()(np.zeros(2), 0).round(3)
        array([ 0.013, -0.013])
    """

    def __call__(self, inputs: Array, generator: int | np.random.Generator | None = None) -> Array:
        """New inputs; yours stay as they are.

        Args:
            inputs: a batch, its first axis the examples.
            generator: a seed or a generator; None takes the default one. The loader gives its own.
        """
        return self.apply(inputs, as_generator(generator))

    def apply(self, inputs: Array, generator: np.random.Generator) -> Array:
        """What this transform does to a batch."""
        raise NotImplementedError(f"{type(self).__name__} needs a method apply.")


class ImageTransform(Transform):
    """A transform whose `apply` takes images `(n, c, h, w)`; a single one `(c, h, w)` is allowed.

    Raises:
        ValueError: when called, if the inputs are no images.

    Example:
        >>> class Mirror(ImageTransform):
        ...     def apply(self, inputs, generator):
        ...         return inputs[..., ::-1]
        >>> Mirror()(np.array([[[1, 2]]]))  # one image of one channel
        array([[[2, 1]]])
    """

    def __call__(self, inputs: Array, generator: int | np.random.Generator | None = None) -> Array:
        """New images, as many as were given."""
        if inputs.ndim not in (3, 4):
            raise ValueError(
                f"{type(self).__name__} needs images of shape (n, c, h, w) or one of shape "
                f"(c, h, w), got {inputs.shape}; rows of MNIST become images with "
                "X.reshape(-1, 1, 28, 28)."
            )
        rng = as_generator(generator)
        return self.apply(inputs, rng) if inputs.ndim == 4 else self.apply(inputs[None], rng)[0]

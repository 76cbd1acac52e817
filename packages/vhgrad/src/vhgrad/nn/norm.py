"""Batch normalising: each channel gets mean 0 and variance 1, over all examples of a batch."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from microgradx import TensorValue
from microgradx.calls import tensor
from microgradx.freezing import as_one_call, converted, plain_array
from vhgrad import ops
from vhgrad.nn.module import Module
from vhgrad.nn.parameter import Parameter

__all__ = ["BatchNorm1d", "BatchNorm2d", "batch_norm", "of_dtype"]


class BatchNorm(Module):
    """What both have: each channel is normalised over the batch, then scaled and shifted."""

    shapes: ClassVar[dict[int, str]]  # by number of axes, what stands after the channels

    running_mean: NDArray[Any] | None
    running_var: NDArray[Any] | None
    num_batches_tracked: NDArray[Any] | None

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        *,
        dtype: DTypeLike = np.float32,
    ) -> None:
        if num_features < 1:
            raise ValueError(f"{type(self).__name__} needs a channel or more, got {num_features}.")
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.dtype = np.dtype(dtype)
        self.weight = Parameter(np.ones(num_features), dtype=dtype) if affine else None
        self.bias = Parameter(np.zeros(num_features), dtype=dtype) if affine else None
        self.running_mean = self.running_var = self.num_batches_tracked = None
        if track_running_stats:
            self.running_mean = np.zeros(num_features, dtype)
            self.running_var = np.ones(num_features, dtype)
            self.num_batches_tracked = np.array(0)

    def forward(self, x: Any) -> Any:
        """The same shape as `x`."""
        x = of_dtype(x, self.dtype)
        if x.ndim not in self.shapes or x.shape[1] != self.num_features:
            known = [f"(batch, {self.num_features}{more})" for more in self.shapes.values()]
            raise ValueError(
                f"{type(self).__name__} expected inputs of shape {' or '.join(known)}, got "
                f"{x.shape}."
            )
        seen, momentum = self.num_batches_tracked, self.momentum
        if momentum is None:  # every batch counts the same
            momentum = 0.0 if seen is None else share_of_next(seen)
        # copies, because an array that somebody set here is written into
        mean, variance = (
            None if old is None else old.copy() for old in (self.running_mean, self.running_var)
        )
        out = batch_norm(
            x,
            mean,
            variance,
            self.weight,
            self.bias,
            self.training or mean is None,
            momentum,
            self.eps,
        )
        if self.training and seen is not None:
            self.running_mean, self.running_var = mean, variance
            self.num_batches_tracked = seen + 1
        return out

    def settings(self) -> str:
        """Channels, and how they are normalised."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, "
            f"affine={self.weight is not None}, "
            f"track_running_stats={self.running_mean is not None}"
        )


@as_one_call
def share_of_next(seen: Any) -> float:
    """What the next batch counts for in the mean of all, after so many."""
    return 1 / (int(seen) + 1)


class BatchNorm1d(BatchNorm):
    """Each feature is normalised over the batch, then scaled and shifted.

    In use (`model.eval()`) mean and variance are those of training, kept as running averages.

    Args:
        num_features: number of features, or of channels.
        eps: added to the variance, so that equal numbers do not divide by 0.
        momentum: share of a new batch in the running averages; None for the mean over all batches.
        affine: whether there is a weight and a bias per feature.
        track_running_stats: False keeps no averages: a batch is normalised by itself in use, too.
        dtype: of parameters and averages.

    Attributes:
        weight: shape `(num_features,)`, 1 at the start.
        bias: shape `(num_features,)`, 0 at the start.
        running_mean: shape `(num_features,)`.
        running_var: shape `(num_features,)`; of n numbers, with n - 1 in place of n.
        num_batches_tracked: how many batches went into them.

    Source:
        Ioffe and Szegedy, Batch normalization (2015), algorithms 1 and 2.

    Example:
        >>> BatchNorm1d(2)([[1.0, 5.0], [3.0, 9.0]]).data.round(3)
        array([[-1., -1.],
               [ 1.,  1.]], dtype=float32)
    """

    shapes = {2: "", 3: ", length"}  # noqa: RUF012  # never written into


class BatchNorm2d(BatchNorm):
    """Each channel is normalised over all images and places, then scaled and shifted.

    Args:
        num_features: number of channels.
        eps: as for `BatchNorm1d`, like all that follow.
        momentum: share of a new batch in the running averages.
        affine: whether there is a weight and a bias per channel.
        track_running_stats: whether running averages are kept.
        dtype: of parameters and averages.

    Example:
        >>> BatchNorm2d(3)(np.zeros((8, 3, 5, 5))).shape
        (8, 3, 5, 5)
    """

    shapes = {4: ", height, width"}  # noqa: RUF012  # never written into


def batch_norm(
    x: Any,
    running_mean: NDArray[Any] | None,
    running_var: NDArray[Any] | None,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Any:
    """Each channel normalised over the batch, or by averages that are given.

    Args:
        x: shape `(n, channels, ...)`.
        running_mean: shape `(channels,)`; None keeps no averages.
        running_var: shape `(channels,)`.
        weight: scale per channel.
        bias: shift per channel, after the scale.
        training: True normalises by the batch, and writes its share into both averages.
        momentum: that share.
        eps: added to the variance.

    Raises:
        ValueError: in training, if there are not two numbers per channel.
    """
    x = tensor(x)
    axes = (0, *range(2, x.ndim))
    shape = (-1, *[1] * (x.ndim - 2))  # of one number per channel
    if not training:
        if running_mean is None or running_var is None:
            raise ValueError("batch_norm needs running averages, or training=True.")
        with np.errstate(all="ignore"):  # averages may be inf, or without any spread
            scale = 1 / np.sqrt(running_var + eps)
            scale = scale if weight is None else weight * scale
            shift = -running_mean * scale
        shift = shift if bias is None else shift + bias
        return x * scale.reshape(shape) + shift.reshape(shape)
    n = x.size // max(1, x.shape[1])
    if n < 2:
        raise ValueError(
            f"batch_norm needs more than one number per channel in training, got shape {x.shape}; "
            "give a larger batch, or use model.eval()."
        )
    both = ops.moments(axes)(x)
    if running_mean is not None and running_var is not None:
        mean, variance = both.data.reshape(2, -1)
        with np.errstate(all="ignore"):  # the loss tells of inf; once per call of the layer
            running_mean += momentum * (mean - running_mean)
            running_var += momentum * (variance * (n / (n - 1)) - running_var)
    out = ops.standardise(axes, eps)(x, both)
    out = out if weight is None else out * weight.reshape(shape)
    return out if bias is None else out + bias.reshape(shape)


def of_dtype(x: Any, dtype: DTypeLike) -> Any:
    """A tensor as it is; a plain array in the dtype of the layer."""
    return x if isinstance(x, TensorValue) else tensor(converted(plain_array(x), dtype))

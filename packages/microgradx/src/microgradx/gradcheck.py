"""Stage 2's gradient check for arrays: every entry of every input is moved a little."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from micrograd_plus.gradcheck import GradientError, checked, compare, named
from microgradx.recording import no_grad
from microgradx.tensor import TensorValue, plain_array

__all__ = ["GradientError", "gradcheck"]


def gradcheck(
    func: Callable[..., Any],
    inputs: Sequence[ArrayLike | TensorValue],
    *,
    eps: float = 1e-6,
    atol: float = 1e-6,
    rtol: float = 1e-4,
    seed: int = 0,
    raise_exception: bool = True,
    leaf: type[TensorValue] = TensorValue,
) -> bool:
    """Check the gradients of all entries of all inputs against the slopes that are measured.

    The gradient that arrives at the result is random, one number per entry: with ones, a mistake
    in one entry could cancel that in another. Everything is computed in float64.

    Args:
        func: takes as many tensors as there are inputs, returns one.
        inputs: the point at which to check; tensors are copied and get no gradient.
        eps: length of a step, as a share of the entry where that is larger than 1.
        atol: difference that is always allowed.
        rtol: difference that is allowed as a share of the slope.
        seed: of the gradient that arrives.
        raise_exception: False returns False instead of raising GradientError.
        leaf: what inputs become; with a class of your own you check an engine of your own.

    Returns:
        True if all gradients are right.

    Raises:
        GradientError: names the function, the entry and both numbers, or says that the function
            has a kink there or is not deterministic.
        ValueError: if `eps` is not positive, or there are no entries to check.
        TypeError: if `func` does not return a tensor.

    Example:
        >>> gradcheck(lambda x, y: (x @ y).tanh(), [np.ones((2, 3)), np.ones(3)])
        True
    """
    arrays = [contiguous(x) for x in inputs]
    point = checked([number for x in arrays for number in x.reshape(-1).tolist()], eps)
    tensors = [leaf(x) for x in arrays]
    result = func(*tensors)
    name = named(func)
    if not isinstance(result, TensorValue):
        raise TypeError(f"gradcheck needs a function that returns a TensorValue, {name} does not.")
    upstream = np.random.default_rng(seed).normal(size=result.shape)
    result.backward(upstream)
    ends = np.cumsum([x.size for x in arrays])

    def evaluate(numbers: list[float]) -> float:
        parts = np.split(np.array(numbers), ends[:-1])
        with no_grad():
            moved = func(*[TensorValue(p.reshape(x.shape)) for p, x in zip(parts, arrays)])
        return float((moved.data * upstream).sum())

    try:
        check_shapes(tensors, name)
        compare(
            evaluate,
            point,
            float((result.data * upstream).sum()),
            [g for t in tensors for g in gradient(t).reshape(-1).tolist()],
            [f"{name}, input {k}, entry {i}" for k, x in enumerate(arrays) for i in places(x)],
            eps=eps,
            atol=atol,
            rtol=rtol,
        )
    except GradientError:
        if raise_exception:
            raise
        return False
    return True


def contiguous(x: Any) -> NDArray[np.float64]:
    """The numbers in reading order in memory, so that every evaluation adds up in one order."""
    array = plain_array(x.data if isinstance(x, TensorValue) else x)
    return np.array(array, np.float64, order="C")


def check_shapes(tensors: Sequence[TensorValue], name: str) -> None:
    """Raise GradientError if a gradient is not in the shape of its input."""
    for k, tensor in enumerate(tensors):
        if gradient(tensor).shape != tensor.shape:
            raise GradientError(
                f"{name}, input {k}: the gradient is of shape {gradient(tensor).shape}, "
                f"the input of shape {tensor.shape}."
            )


def gradient(tensor: TensorValue) -> Any:
    """The gradient, 0 where none has arrived."""
    return np.zeros(tensor.shape) if tensor.grad is None else tensor.grad


def places(array: Any) -> list[tuple[int, ...]]:
    """The index of every entry, in reading order."""
    return list(np.ndindex(array.shape))

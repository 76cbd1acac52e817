"""What all optimisers of arrays share: checks before anything moves, and the fastest way."""

from __future__ import annotations

from collections.abc import Callable
from operator import is_
from typing import Any, ClassVar

import numpy as np

import micrograd_plus
from microgradx.optim.blocks import Blocks
from microgradx.optim.memory import aligned_copy
from microgradx.optim.together import Together, batches

__all__ = ["Optimizer"]

SMALL = 16384  # entries: up to here a parameter moves together with others


class Optimizer(micrograd_plus.Optimizer):
    """Stage 2's optimiser, careful with arrays: nothing moves unless everything can.

    Its memory of a parameter (`state[p]`) is its own: arrays in it are overwritten by later steps.
    An array that was a parameter's `data` is not written into while somebody holds it or a view of
    it, nor while other threads run.

    Example:
        >>> from microgradx import TensorValue
        >>> class SignDescent(Optimizer):
        ...     def update(self, data, g, state, group):
        ...         return data - group["lr"] * np.sign(g)
        >>> w = TensorValue([1.0, -2.0])
        >>> (w * w).sum().backward()
        >>> SignDescent([w], lr=0.5).step()
        >>> w.data
        array([ 0.5, -1.5])
    """

    in_place: ClassVar[Callable[..., None] | None] = None  # `entrywise` again, without new arrays

    def __init__(self, params: Any, **settings: Any) -> None:
        self.together: dict[int, tuple[list[Any], list[Together], list[Any]]] = {}
        self.blocks = Blocks()
        super().__init__(params, **settings)

    def __getstate__(self) -> dict[str, Any]:
        """For copies, which share no memory and find out anew what moves together."""
        return {**vars(self), "together": {}, "blocks": Blocks()}

    def add_param_group(self, group: dict[str, Any]) -> None:
        """Settings as Python's own numbers, which leave float32 arrays float32."""
        super().add_param_group(plain_settings(group) if isinstance(group, dict) else group)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters; with `set_to_none=False`, make them arrays of 0.

        The array that was a gradient stays as it is.
        """
        for p in self.state:
            p.grad = None if set_to_none or p.grad is None else np.zeros_like(p.data, subok=False)

    def step(self, closure: None = None) -> None:
        """Move every parameter that has a gradient; inf and nan come without NumPy's warnings.

        Raises:
            TypeError: if a closure is passed: no optimiser here evaluates the loss itself.
            ValueError: if a gradient of yours has another shape than its parameter.
        """
        for p in self.state:
            g = p.grad
            if g is not None and not (
                type(g) is np.ndarray and g.dtype is p.dtype and g.shape == p.shape
            ):
                self.check_gradient(p)
        with np.errstate(all="ignore"):
            super().step(closure)

    def check_gradient(self, p: Any) -> None:
        """Make the gradient an array as the data of `p` are; what is no such array is an error."""
        g, data = p.grad, p.data
        if type(g) is not np.ndarray or g.dtype != data.dtype:
            g = p.grad = np.array(g, data.dtype)
        if g.shape != data.shape:
            raise ValueError(
                f"{self.name} needs a gradient in the shape of its parameter, {data.shape}; "
                f"got {g.shape}."
            )

    def move(self, params: list[Any], group: dict[str, Any]) -> None:
        """The formula where it is fastest: on all small arrays at once, on large ones in blocks."""
        settings = plain_settings(group)
        if not self.is_entrywise or self.in_place is None:
            super().move(params, settings)
            return
        known, small, large = self.together.get(id(group), ([], [], []))
        if (
            len(known) != len(params)
            or not all(map(is_, known, params))
            or not all(batch.holds(self.state) for batch in small)
        ):
            small = batches([p for p in params if p.data.size <= SMALL], self.state)
            large = [p for p in params if p.data.size > SMALL]
            self.together[id(group)] = params, small, large
        for batch in small:
            batch.move(self, settings)
        for p in large:
            try:
                self.blocks.move(self.in_place, p, self.state[p], settings)
            except KeyError:  # nothing is remembered yet; nothing has been written
                super().move([p], settings)
                self.state[p] |= {
                    name: aligned_copy(x)
                    for name, x in self.state[p].items()
                    if isinstance(x, np.ndarray)
                }

    def one_per_entry(self, p: Any, name: str, x: Any) -> Any:
        """A copy of what is remembered for each entry of `p`, checked: an array like `p`."""
        array = np.asarray(x)
        if array.shape != p.data.shape or array.dtype.kind not in "fiu":
            raise ValueError(
                f"{name} needs to be numbers of shape {p.data.shape}, got {array.dtype} of shape "
                f"{array.shape}"
            )
        return array.astype(p.data.dtype, order="C")

    def state_dict(self) -> dict[str, Any]:
        """As at stage 2; NumPy's scalars become Python's numbers, and arrays in a memory."""
        state = super().state_dict()
        for memory in state["state"].values():
            memory |= {k: np.asarray(x) for k, x in memory.items() if isinstance(x, np.generic)}
        state["param_groups"] = [plain_settings(group) for group in state["param_groups"]]
        return state


def plain_settings(group: dict[str, Any]) -> dict[str, Any]:
    """The settings with Python's numbers in place of NumPy's, which would widen float32."""
    return {name: x if type(x) is float else python(x) for name, x in group.items()}


def python(x: Any) -> Any:
    """A NumPy scalar as Python's number, also in a tuple."""
    if type(x) is tuple:
        return tuple(map(python, x))
    return x.item() if isinstance(x, np.generic) else x

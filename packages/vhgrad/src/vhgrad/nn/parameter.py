"""`Parameter`: a tensor that a module owns and an optimiser moves, unless it is frozen."""

from __future__ import annotations

from typing import Any, NoReturn, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from micrograd.graph import Node
from microgradx import TensorValue
from microgradx.recording import NoGraph

__all__ = ["Frozen", "Parameter"]

OF_FROZEN = NoGraph("frozen", "it was computed from frozen parameters; unfreeze() one of them")


class Parameter(TensorValue):
    """A tensor that is trained. What is computed from it is a plain tensor again.

    Args:
        data: number, nested lists or array. Float arrays keep their dtype; all else is float32.
        label: a name for drawings.
        requires_grad: False freezes it at once.
        dtype: a float dtype to convert to.

    Example:
        >>> w = Parameter([1.0, 2.0])
        >>> w.dtype, type(w * 2).__name__
        (dtype('float32'), 'TensorValue')
    """

    __slots__ = ()

    result = TensorValue.result  # type: ignore[assignment]  # bound: makes tensors, not parameters

    def __init__(
        self,
        data: ArrayLike,
        label: str = "",
        *,
        requires_grad: bool = True,
        dtype: DTypeLike | None = None,
    ) -> None:
        if not isinstance(label, str):  # PyTorch's second argument is another
            raise TypeError(
                f"Parameter needs a text as `label`, got {label!r}; write requires_grad={label!r}."
            )
        given: Any = getattr(data, "dtype", None)
        if dtype is None and (given is None or given.kind != "f"):
            dtype = np.float32
        super().__init__(data, label, dtype=dtype)
        if not requires_grad:
            self.freeze()

    def freeze(self) -> None:
        """Make this a constant: no gradient is computed for it, and no optimiser moves it.

        Example:
            >>> w, b = Parameter(2.0), Parameter(1.0)
            >>> w.freeze()
            >>> (w * 3.0 + b).backward()
            >>> w.grad, b.grad
            (None, array(1., dtype=float32))
        """
        if type(self) is not Parameter and not isinstance(self, Frozen):
            raise TypeError(
                f"freeze() knows Parameter only, not its subclass {type(self).__name__}; "
                "use detach() where it is computed with."
            )
        self.grad = None
        self.__class__ = Frozen

    def unfreeze(self) -> None:
        """Train this again."""

    def requires_grad_(self, mode: bool = True) -> Self:
        """PyTorch's way of saying `unfreeze()`, and with False `freeze()`."""
        if mode:
            self.unfreeze()
        else:
            self.freeze()
        return self

    requires_grad = property(lambda self: not isinstance(self, Frozen), requires_grad_)


class Frozen(Parameter):
    """A frozen parameter, or what was computed from such alone.

    An operation asks the latest class among its inputs to make the result. That is this one, so
    here is the only place that knows of freezing, and who freezes nothing pays nothing.
    """

    __slots__ = ()

    @classmethod
    def result(cls, data: Any, op: Any = None, inputs: tuple[Any, ...] = ()) -> Any:
        """A tensor that remembers frozen inputs as plain arrays, so that no rule is called."""
        kept = tuple(x.data if isinstance(x, Frozen) else x for x in inputs)
        if any(isinstance(x, Node) for x in kept):
            return TensorValue.result(data, op, kept)
        node = TensorValue.result(data, OF_FROZEN if inputs else op)
        node.__class__ = cls  # and what is computed from it costs no gradient either
        return node

    def unfreeze(self) -> None:
        """Train this again."""
        if self.op is not None:
            raise TypeError("unfreeze() is for parameters; this tensor was computed from them.")
        self.__class__ = Parameter  # type: ignore[assignment]  # back to what it was

    def accumulate(self, g: Any) -> None:
        """Take no gradient, also not of a graph made before this was frozen."""

    def backward(self, gradient: ArrayLike | None = None, *, keep: bool = False) -> NoReturn:
        """There is none: everything behind this is constant."""
        raise RuntimeError(
            "backward() found no parameter to train: all that went in here is frozen; unfreeze() "
            "what is to learn."
        )

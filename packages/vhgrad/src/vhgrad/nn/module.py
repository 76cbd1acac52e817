"""`Module`: anything with parameters, with a mode for training and one for use."""

from __future__ import annotations

import reprlib
from collections.abc import Iterator
from typing import Any, ClassVar, Self

from micrograd.graph import Node
from micrograd.module import parts
from micrograd_plus import Module as Stage2Module
from vhgrad.nn.parameter import Parameter

__all__ = ["Module"]


class Module(Stage2Module):
    """Base of all layers and models: define `forward` and call the module.

    Parameters and modules are found wherever they are kept: as attributes, in lists, tuples and
    dicts. Nothing needs registering, and `super().__init__()` need not be called.

    Attributes:
        training: whether layers such as dropout behave as in training.

    Example:
        >>> from vhgrad import Linear
        >>> class Twice(Module):
        ...     def __init__(self):
        ...         self.inner = Linear(2, 2)
        ...
        ...     def forward(self, x):
        ...         return self.inner(self.inner(x))
        >>> [name for name, _ in Twice().named_parameters()]
        ['inner.weight', 'inner.bias']
    """

    parameter: ClassVar[type[Node]] = Parameter
    training: bool = True

    def __call__(self, *inputs: Any) -> Any:
        """Apply the module: `forward` with the same arguments."""
        return self.forward(*inputs)

    def forward(self, *inputs: Any) -> Any:
        """What the module computes; every module defines its own."""
        raise TypeError(f"{type(self).__name__} needs a method forward(self, x).")

    def modules(self) -> Iterator[Module]:
        """This module and all modules within it, each once, outer before inner."""
        seen: set[int] = set()
        pending: list[Any] = [self]
        while pending:
            part = pending.pop()
            if id(part) in seen or isinstance(part, Node):
                continue
            seen.add(id(part))
            if isinstance(part, Module):
                yield part
            pending.extend(child for _, child in reversed(list(parts(part))))

    def train(self, mode: bool = True) -> Self:
        """Set the mode of this module and of all within it: training, or use with `False`."""
        if not isinstance(mode, bool):
            raise ValueError(f"train(mode) needs True or False, got {mode!r}.")
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """The mode for use: the same as `train(False)`."""
        return self.train(False)

    @reprlib.recursive_repr()
    def __repr__(self) -> str:
        lines = [f"{type(self).__name__}("]
        for name, part in vars(self).items():
            for key, module in submodules(name, part):
                lines += f"({key}): {module!r}".splitlines()
        if len(lines) == 1:
            return lines[0] + self.settings() + ")"
        return "\n  ".join(lines) + "\n)"

    def settings(self) -> str:
        """What `repr` shows between the parentheses of a layer."""
        return ""


def submodules(name: str, part: Any) -> Iterator[tuple[str, Module]]:
    """The modules in one attribute, with their paths."""
    if isinstance(part, Module):
        yield name, part
    elif not isinstance(part, Node):
        for key, child in parts(part):
            yield from submodules(f"{name}.{key}", child)

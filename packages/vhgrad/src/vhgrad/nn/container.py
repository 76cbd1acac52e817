"""Modules made of modules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import DTypeLike

import microgradx.nn as stage3
from vhgrad.nn.linear import Layer, seed_from
from vhgrad.nn.module import Module

__all__ = ["MLP", "Sequential"]


class Sequential(Module):
    """Modules one after the other, each fed with the outputs of the one before.

    Args:
        modules: the modules in order, or one dict of modules by name; none is the identity.

    Raises:
        TypeError: if one of them is not a module.
        ValueError: if a name is taken, or has a dot.

    Example:
        >>> from vhgrad import Linear, ReLU
        >>> model = Sequential(Linear(2, 8), ReLU(), Linear(8, 3))
        >>> model(np.zeros((5, 2))).shape
        (5, 3)
        >>> list(model.state_dict())
        ['0.weight', '0.bias', '2.weight', '2.bias']
        >>> Sequential({"hidden": Linear(2, 8), "relu": ReLU()}).hidden
        Linear(2, 8)
    """

    def __init__(self, *modules: Any) -> None:
        named = modules[0] if len(modules) == 1 and isinstance(modules[0], dict) else None
        for name, module in enumerate(modules) if named is None else named.items():
            self.put(str(name), module)

    def put(self, name: str, module: Module) -> None:
        """Keep a module as an attribute; a module in place of another keeps its position."""
        if not isinstance(module, Module):
            got = f"the class {module.__name__}" if isinstance(module, type) else repr(module)
            hint = "; write Sequential(*layers)" if isinstance(module, list | tuple) else ""
            raise TypeError(f"Sequential needs modules, got {got:.60} as `{name}`{hint}.")
        if not name or "." in name or hasattr(type(self), name):
            raise ValueError(f"Sequential cannot call a part {name!r}; choose another name.")
        setattr(self, name, module)

    def named(self) -> dict[str, Module]:
        """The modules by name, in order."""
        return {name: part for name, part in vars(self).items() if isinstance(part, Module)}

    def forward(self, x: Any) -> Any:
        """The output of the last module."""
        for module in self:
            x = module(x)
        return x

    def append(self, module: Module) -> Self:
        """Add a module at the end, called by its number."""
        self.put(str(len(self)), module)
        return self

    def __len__(self) -> int:
        return len(self.named())

    def __iter__(self) -> Iterator[Module]:
        return iter(self.named().values())

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):  # the same modules under the same names, as in PyTorch
            return Sequential(dict(list(self.named().items())[index]))
        return self.named()[self.name_at(index)]

    def __setitem__(self, index: int, module: Module) -> None:
        self.put(self.name_at(index), module)

    def name_at(self, index: int) -> str:
        """The name of the module at a place, which may be counted from the end."""
        names = list(self.named())
        if not -len(names) <= index < len(names):
            raise IndexError(f"this Sequential has {len(names)} modules, got the index {index}.")
        return names[index]


class MLP(Module, stage3.MLP):
    """A multi-layer perceptron: the one of stages 1 to 3, made of parameters.

    Args:
        nin: number of inputs.
        nouts: number of neurons of each layer; the last is the number of outputs.
        activation: of every layer but the last.
        last_activation: of the last layer.
        init: "uniform", "xavier" or "he".
        seed: makes the same network every time, at every stage.
        generator: where the seed comes from if none is given; an integer is the same as `seed`.
        dtype: of the parameters.

    Example:
        >>> model = MLP(2, [3, 1], seed=1)
        >>> model([[0.0, 0.0], [0.0, 1.0]]).shape
        (2,)
    """

    layer = Layer

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        *,
        activation: str = "tanh",
        last_activation: str = "linear",
        init: str = "uniform",
        seed: int | None = None,
        generator: int | np.random.Generator | None = None,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__(
            nin,
            nouts,
            activation=activation,
            last_activation=last_activation,
            init=init,
            seed=seed_from(seed, generator),
            dtype=dtype,
        )

    def forward(self, x: Any) -> Any:
        """Outputs of shape `(batch, nout)`, or `(batch,)` where there is only one."""
        return stage3.MLP.__call__(self, x)

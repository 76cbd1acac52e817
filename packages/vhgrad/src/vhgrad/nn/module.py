"""`Module`: anything with parameters, with a mode for training and one for use."""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from micrograd.graph import Node
from micrograd.module import parts
from micrograd_plus import Module as Stage2Module
from vhgrad.nn.parameter import Parameter
from vhgrad.nn.state import LoadedKeys, load_state, state_of
from vhgrad.nn.walking import Parameters, is_buffer, is_parameter, once, walk
from vhgrad.spelling import MODULE, hint

__all__ = ["Module"]


class Module(Stage2Module):
    """Base of all layers and models: define `forward` and call the module.

    Parameters, buffers and modules are found wherever they are kept: as attributes, in lists and
    dicts. Nothing needs registering, and `super().__init__()` need not be called. A buffer is a
    plain array of numbers under a name that does not begin with `_`: it is saved with the
    parameters and not trained. All other attributes are settings.

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

    def __call__(self, *inputs: Any, **named: Any) -> Any:
        """Apply the module: `forward` with the same arguments."""
        return self.forward(*inputs, **named)

    def forward(self, *inputs: Any, **named: Any) -> Any:
        """What the module computes; every module defines its own."""
        raise TypeError(f"{type(self).__name__} needs a method forward(self, x).")

    def named_parameters(self) -> Iterator[tuple[str, Any]]:
        """Every parameter once, with the path to it, such as `layers.0.weight`.

        Raises:
            TypeError: if a part is a module of an earlier stage, which could not be trained.
            ValueError: if a module contains itself.
        """
        return once(place for place in walk(self) if is_parameter(place))

    def parameters(self) -> Parameters:
        """Every parameter once, in the order of `named_parameters`: a list that `next()` takes.

        Example:
            >>> from vhgrad import Linear
            >>> next(Linear(3, 2).parameters()).shape
            (2, 3)
        """
        return Parameters(parameter for _, parameter in self.named_parameters())

    def named_buffers(self) -> Iterator[tuple[str, NDArray[Any]]]:
        """Every buffer once, with the path to it."""
        return once(place for place in walk(self) if is_buffer(place))

    def buffers(self) -> list[NDArray[Any]]:
        """Every buffer once, in the order of `named_buffers`."""
        return [buffer for _, buffer in self.named_buffers()]

    def register_buffer(self, name: str, array: ArrayLike) -> None:
        """Keep a copy of `array` as an attribute: PyTorch's way of saying `self.name = array`.

        Raises:
            ValueError: if what has this name would be no buffer, or is something else already.
        """
        if not name.isidentifier() or name.startswith("_"):
            raise ValueError(
                f"a buffer needs a name without dots and without _ first, got {name!r}."
            )
        if hasattr(self, name) and not isinstance(vars(self).get(name), np.ndarray):
            raise ValueError(f"{type(self).__name__} has an attribute {name!r} already.")
        setattr(self, name, np.array(array))

    def named_modules(self) -> Iterator[tuple[str, Module]]:
        """This module, called "", and all within it, each once, outer before inner."""
        yield "", self
        yield from once(place for place in walk(self) if isinstance(place.part, Module))

    def modules(self) -> Iterator[Module]:
        """This module and all modules within it, each once, outer before inner."""
        return (module for _, module in self.named_modules())

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The modules directly in this one, each once, with their paths."""
        seen: set[int] = set()
        for name, part in vars(self).items():
            for path, module in submodules(name, part):
                if id(module) not in seen:
                    seen.add(id(module))
                    yield path, module

    def children(self) -> Iterator[Module]:
        """The modules directly in this one, each once."""
        return (module for _, module in self.named_children())

    def state_dict(self) -> dict[str, NDArray[Any]]:
        """Copies of all parameters and buffers by path, in the order of definition.

        What is shared stands under each of its paths.

        Raises:
            ValueError: if two have the same path, or a module contains itself.

        Example:
            >>> from vhgrad import Linear
            >>> {name: array.shape for name, array in Linear(3, 2).state_dict().items()}
            {'weight': (2, 3), 'bias': (2,)}
        """
        return state_of(self)

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> LoadedKeys:
        """Take over what `state_dict` gave, each array in the dtype that stands here.

        Args:
            state: arrays by path.
            strict: False leaves out what is missing or unexpected.

        Returns:
            The missing and the unexpected paths.

        Raises:
            TypeError: if `state` is not a dict.
            ValueError: if it does not fit, with all that does not; then nothing has changed.
        """
        return load_state(self, state, strict)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, before the next backward pass adds its own.

        Args:
            set_to_none: False makes them 0 where there are some, so that optimisers still step.
        """
        for parameter in self.parameters():
            if set_to_none or parameter.grad is None:
                parameter.grad = None
            else:
                parameter.grad = np.zeros_like(parameter.data)

    def freeze(self) -> Self:
        """Make all parameters of this module constants, until `unfreeze`.

        No gradient is computed for them, and what is computed from them alone costs none either.
        They stay in `named_parameters` and in the state; the mode and the buffers do not change.

        Example:
            >>> from vhgrad import Linear, Sequential
            >>> model = Sequential(Linear(2, 2), Linear(2, 1))
            >>> first = model[0].freeze()
            >>> model([1.0, 2.0]).sum().backward()
            >>> [p.grad is None for p in model.parameters()]
            [True, True, False, False]
        """
        for parameter in self.parameters():
            parameter.freeze()
        return self

    def unfreeze(self) -> Self:
        """Train all parameters of this module again."""
        for parameter in self.parameters():
            parameter.unfreeze()
        return self

    def requires_grad_(self, mode: bool = True) -> Self:
        """PyTorch's way of saying `unfreeze()`, and with False `freeze()`."""
        return self.unfreeze() if mode else self.freeze()

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

    def apply(self, function: Callable[[Module], object]) -> Self:
        """Call `function` with every module, inner before outer, and return this module."""
        list(self.modules())  # an error where a module contains itself, else no end
        for module in self.children():
            module.apply(function)
        function(self)
        return self

    def __setattr__(self, name: str, new: Any) -> None:
        """Set an attribute, unless a parameter or a buffer would be lost by mistake."""
        old = vars(self).get(name)
        if isinstance(old, Parameter) and not isinstance(new, Parameter | None):
            raise TypeError(
                f"`{name}` is a parameter of this {type(self).__name__} and needs a Parameter or "
                f"None, got {type(new).__name__}; for new numbers write .{name}.data = array."
            )
        if isinstance(old, np.ndarray) and old.dtype.kind in "biufc" and not name.startswith("_"):
            if isinstance(new, np.generic):
                new = np.asarray(new)  # of arrays of shape (), NumPy makes scalars
            if not isinstance(new, np.ndarray | Parameter | None):
                raise TypeError(
                    f"`{name}` is a buffer of this {type(self).__name__} and needs an array or "
                    f"None, got {type(new).__name__}; take .data of a tensor, np.array of a list."
                )
        super().__setattr__(name, new)

    if not TYPE_CHECKING:  # a type checker knows all attributes, and should

        def __getattr__(self, name: str) -> NoReturn:
            text = hint(f"a {type(self).__name__}", name, MODULE)
            raise AttributeError(text, name=name, obj=self)

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

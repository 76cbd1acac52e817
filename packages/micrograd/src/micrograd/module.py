"""`Module`: anything with parameters. It finds them by looking, so nothing needs registering."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from micrograd.graph import Node

__all__ = ["Module"]


class Module:
    """Base of everything that learns."""

    parameter: ClassVar[type[Node]] = Node  # what counts as one

    def named_parameters(self) -> Iterator[tuple[str, Any]]:
        """Every parameter once, with the path to it, such as `layers.0.neurons.3.bias`.

        The walk follows attributes, lists, tuples and dicts in the order of their definition.

        Example:
            >>> from micrograd import Neuron
            >>> [name for name, _ in Neuron(2).named_parameters()]
            ['weights.0', 'weights.1', 'bias']
        """
        for name, leaf in walk(self, "", set()):
            if isinstance(leaf, self.parameter):
                yield name, leaf

    def parameters(self) -> list[Any]:
        """Every parameter once, in the order of `named_parameters`."""
        return [parameter for _, parameter in self.named_parameters()]


def walk(whole: Any, path: str, seen: set[int]) -> Iterator[tuple[str, Node]]:
    """The leaves in `whole` with their paths; what is shared or circular comes once."""
    if id(whole) in seen:
        return
    seen.add(id(whole))
    if isinstance(whole, Node) and whole.op is None:  # what was computed is no parameter
        yield path, whole
    for name, part in parts(whole):
        yield from walk(part, f"{path}.{name}" if path else str(name), seen)


def parts(whole: Any) -> list[tuple[Any, Any]]:
    """What a module, dict, list or tuple consists of, with names; nothing else has parts."""
    if isinstance(whole, Module):
        return list(vars(whole).items())
    if isinstance(whole, dict):
        return list(whole.items())
    return list(enumerate(whole)) if isinstance(whole, list | tuple) else []

"""`Module`: anything with parameters. It finds them by looking, so nothing needs registering."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from micrograd.graph import Node

__all__ = ["Module"]


class Module:
    """Base of everything that learns.

    Example:
        >>> from micrograd import Neuron
        >>> [name for name, _ in Neuron(2, seed=1).named_parameters()]
        ['weights.0', 'weights.1', 'bias']
    """

    parameter: ClassVar[type[Node]] = Node  # what counts as one

    def named_parameters(self) -> Iterator[tuple[str, Any]]:
        """Every parameter once, with the path that leads to it: `layers.0.neurons.3.bias`.

        The walk follows attributes, lists, tuples and dicts in the order in which they were
        defined. A parameter that is used in two places is named by the first.
        """
        seen: set[int] = set()
        for name, node in walk(self, "", seen):
            if isinstance(node, self.parameter) and id(node) not in seen:
                seen.add(id(node))
                yield name, node

    def parameters(self) -> list[Any]:
        """Every parameter once, in the order of `named_parameters`."""
        return [parameter for _, parameter in self.named_parameters()]


def walk(part: Any, path: str, seen: set[int]) -> Iterator[tuple[str, Node]]:
    """Leaves below `part` with their paths; `seen` keeps shared and circular parts from repeats."""
    if isinstance(part, Node):
        if part.op is None:  # what was computed is not a parameter
            yield path, part
        return
    if id(part) in seen:
        return
    children = parts(part)
    if children:
        seen.add(id(part))
    for name, child in children:
        yield from walk(child, f"{path}.{name}" if path else str(name), seen)


def parts(whole: Any) -> list[tuple[Any, Any]]:
    """What a module, list, tuple or dict consists of, with the names; nothing else has parts."""
    if isinstance(whole, Module):
        return list(vars(whole).items())
    if isinstance(whole, dict):
        return list(whole.items())
    if isinstance(whole, list | tuple):
        return list(enumerate(whole))
    return []

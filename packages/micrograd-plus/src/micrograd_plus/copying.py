"""Copies of a graph, however deep: Python's own would recurse, and stop at a thousand nodes."""

from __future__ import annotations

import functools
from copy import copy, deepcopy
from types import MemberDescriptorType
from typing import Any, Self

from micrograd.graph import Node, topological_order

__all__ = ["Copied"]


class Copied(Node):
    """A node that `copy.deepcopy` copies together with the graph behind it.

    Example:
        >>> from copy import deepcopy
        >>> from micrograd_plus import Value
        >>> x = Value(3.0)
        >>> twin_x, twin_y = deepcopy([x, x * x])
        >>> twin_y.backward()
        >>> x.grad, twin_x.grad
        (0.0, 6.0)
    """

    __slots__ = ()

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Copy every node once; data are never written into, so copies may share them."""
        for node in topological_order(self):
            if id(node) not in memo:
                cls: type = type(node)
                twin: Any = object.__new__(cls)
                memo[id(node)] = twin
                for slot in slots(cls):
                    if hasattr(node, slot.__name__):  # one of a subclass may be empty
                        slot.__set__(twin, slot.__get__(node))
                if hasattr(node, "__dict__"):  # of a subclass without slots
                    twin.__dict__.update(deepcopy(node.__dict__, memo))
                twin.grad = copy(node.grad)
                twin.inputs = tuple(memo.get(id(x), x) for x in node.inputs)
        return memo[id(self)]

    def __reduce__(self) -> Any:
        """Pickle a leaf, without its gradient. A pickled graph would lose what it shares."""
        if self.op is not None:
            raise TypeError(
                f"a computed {type(self).__name__} cannot be pickled; pickle its leaves."
            )
        return type(self), (self.data, self.label)


@functools.cache
def slots(cls: type) -> list[Any]:
    """The places where nodes of a class keep what they hold."""
    members = [member for base in cls.__mro__ for member in vars(base).values()]
    return [member for member in members if isinstance(member, MemberDescriptorType)]

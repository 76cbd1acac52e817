"""Misconceptions by name."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd_plus.lab.misconception import Misconception

__all__ = ["Collection"]


class Collection:
    """A set of misconceptions that can be asked for by name.

    Args:
        misconceptions: in the order in which they are to be told.

    Raises:
        ValueError: if two have one name.
    """

    def __init__(self, *misconceptions: Misconception) -> None:
        self.by_name = {m.name: m for m in misconceptions}
        if len(self.by_name) != len(misconceptions):
            raise ValueError("expected misconceptions of different names.")

    def __iter__(self) -> Iterator[Misconception]:
        return iter(self.by_name.values())

    def names(self) -> list[str]:
        """What there is to see.

        Example:
            >>> from micrograd_plus import lab
            >>> lab.names()[:3]
            ['assigned_not_added', 'no_topological_order', 'recursion_counts_twice']
        """
        return list(self.by_name)

    def find(self, name: str) -> Misconception:
        """One misconception, to experiment with.

        Raises:
            ValueError: if there is none of this name.

        Example:
            >>> from micrograd_plus import gradcheck, lab
            >>> Broken = lab.find("assigned_not_added").engine
            >>> gradcheck(lambda x: x * 2 + 1, [3.0], leaf=Broken)  # x is used only once
            True
            >>> gradcheck(lambda x: x * 2 + x, [3.0], leaf=Broken, raise_exception=False)
            False
        """
        if name not in self.by_name:
            raise ValueError(f"no misconception {name!r}; there are {', '.join(self.by_name)}.")
        return self.by_name[name]

    def show(self, name: str) -> None:
        """Print what is believed, what is true, and what happens to an expression.

        Raises:
            ValueError: if there is none of this name.

        Example:
            >>> from micrograd_plus import lab
            >>> lab.show("assigned_not_added")
            assigned_not_added
            idea       A gradient has arrived, so write it down: self.grad = g.
            truth      A number used twice gets two gradients, and they add up: self.grad += g.
            <BLANKLINE>
                def square(x: Any) -> Any:
                    return x * x
            <BLANKLINE>
            at         3.0
            wrong      3
            right      6
            gradcheck  square, input 0 at [3.0]: the gradient is 3, the measured slope 6.
        """
        print(self.find(name))

"""Where a step can reach something: attributes, lists, dicts, closures, globals, and tensors."""

from __future__ import annotations

from typing import Any, ClassVar

from micrograd.graph import Node
from microgradx.tensor import set_data

__all__ = ["Cell", "Data", "Grad", "Item", "Member", "Part", "Place", "Slot"]


class Place:
    """Somewhere that an array or a setting is kept.

    Attributes:
        holder: what keeps it.
        key: under which name or number.
        text: the Python that reads it.
    """

    __slots__ = ("holder", "key")

    text: ClassVar[str]

    def __init__(self, holder: Any, key: Any = None) -> None:
        self.holder = holder
        self.key = key

    @property
    def ident(self) -> tuple[Any, ...]:
        """Equal for the same place."""
        return type(self), id(self.holder), id(self.key) if isinstance(self.key, Node) else self.key

    def get(self) -> Any:
        """What is there."""
        raise NotImplementedError

    def set(self, new: Any) -> None:
        """Put something there, without checks."""
        raise NotImplementedError


class Item(Place):
    """An item of a dict or a list; an attribute is an item of the dict that `vars` gives."""

    __slots__ = ()

    text = "{holder}[{key}]"

    def get(self) -> Any:
        """What is there."""
        return self.holder[self.key]

    def set(self, new: Any) -> None:
        """Put something there."""
        self.holder[self.key] = new


class Cell(Place):
    """A variable of an enclosing function."""

    __slots__ = ()

    text = "{holder}.cell_contents"

    def get(self) -> Any:
        """What is there."""
        return self.holder.cell_contents

    def set(self, new: Any) -> None:
        """Put something there."""
        self.holder.cell_contents = new


class Slot(Place):
    """An attribute that lies in no dict, as `__slots__` makes them."""

    __slots__ = ()

    text = "getattr({holder}, {key})"

    def get(self) -> Any:
        """What is there."""
        return getattr(self.holder, self.key, None)

    def set(self, new: Any) -> None:
        """Put something there."""
        object.__setattr__(self.holder, self.key, new)


class Member(Place):
    """What a class defines under a name."""

    __slots__ = ()

    text = "vars({holder})[{key}]"

    def get(self) -> Any:
        """What is there."""
        return vars(self.holder)[self.key]

    def set(self, new: Any) -> None:
        """Put something there."""
        setattr(self.holder, self.key, new)


class Part(Place):
    """A part of a tuple, which is at a place itself: another tuple is put there."""

    __slots__ = ("within",)

    text = "{holder}[{key}]"

    def __init__(self, within: Place, holder: Any, key: int) -> None:
        super().__init__(holder, key)
        self.within = within

    def get(self) -> Any:
        """What is there."""
        return self.within.get()[self.key]

    def set(self, new: Any) -> None:
        """Put a tuple there that has something else in this part; the one that was, if it fits."""
        parts = [*self.within.get()]
        parts[self.key] = new
        if all(a is b for a, b in zip(parts, self.holder, strict=True)):
            self.within.set(self.holder)
        else:
            make = getattr(type(self.holder), "_make", type(self.holder))
            self.within.set(make(parts))


class Data(Place):
    """The array in a tensor."""

    __slots__ = ()

    text = "{holder}.data"

    def get(self) -> Any:
        """What is there."""
        return self.holder.data

    def set(self, new: Any) -> None:
        """Put something there."""
        set_data(self.holder, new)


class Grad(Place):
    """The gradient of a tensor."""

    __slots__ = ()

    text = "{holder}.grad"

    def get(self) -> Any:
        """What is there."""
        return self.holder.grad

    def set(self, new: Any) -> None:
        """Put something there."""
        self.holder.grad = new

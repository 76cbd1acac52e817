"""A program while it is being written."""

from __future__ import annotations

from typing import Any

from microgradx.compiling.simplify import Calls
from microgradx.compiling.tape import Var
from microgradx.compiling.text import Text

__all__ = ["Draft"]


class Draft:
    """The lines so far, and where each quantity lies.

    Args:
        calls: those that the program repeats.

    Attributes:
        lines: of the body of the function.
        text: the names in them.
        places: for a quantity the array that it lies in, or the name of a variable.
    """

    def __init__(self, calls: Calls) -> None:
        self.lines: list[str] = []
        self.text = Text()
        self.places: dict[Var, Any] = {}
        self.resolve = calls.resolve

    def write(self, line: str) -> None:
        """Add a line."""
        self.lines.append(line)

    def variable(self, letter: str, var: Var) -> str:
        """The name of a new variable, where a quantity lies from now on."""
        name = self.places[var] = self.text.new(letter)
        return name

    def operand(self, x: Any) -> Any:
        """An argument as a program has it: an array, the name of a variable, or a constant."""
        if isinstance(x, Var):
            return self.places[self.resolve(x)]
        if isinstance(x, list | tuple):
            return type(x)([self.operand(part) for part in x])
        if isinstance(x, dict):
            return {key: self.operand(part) for key, part in x.items()}
        return repr(x) if isinstance(x, str) else x

    def name(self, x: Any) -> str:
        """The name of what a quantity lies in, or of a constant."""
        return self.text.name(self.operand(x))

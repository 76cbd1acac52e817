"""What somebody may believe of gradients, an engine built on it, and what the checker says."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from micrograd_plus.gradcheck import GradientError, gradcheck
from micrograd_plus.value import Value

__all__ = ["Misconception"]


@dataclass(frozen=True, kw_only=True)
class Misconception:
    """A belief that gives wrong gradients, with an expression in which one sees it.

    Attributes:
        name: what it is called in the lab.
        idea: what is believed.
        truth: what is the case.
        expression: a function of Values in which the belief does harm.
        point: where to look, one number per argument of `expression`.
        engine: the class of numbers that was built on the belief.
        meant: `expression` as it ought to be written, where the mistake is in it.

    Example:
        >>> from micrograd_plus import lab
        >>> wrong_sign = lab.find("wrong_sign")
        >>> wrong_sign.wrong(), wrong_sign.right()
        ([1.0, 1.0], [1.0, -1.0])
    """

    right_engine: ClassVar[Any] = Value
    check: ClassVar[Callable[..., bool]] = gradcheck

    name: str
    idea: str
    truth: str
    expression: Callable[..., Any]
    point: tuple[Any, ...]
    engine: Any = Value
    meant: Callable[..., Any] | None = None

    def wrong(self) -> list[Any]:
        """The gradients that somebody with this belief gets."""
        return self.gradients(self.expression, self.engine)

    def right(self) -> list[Any]:
        """The gradients that the real engine gives for what was meant."""
        return self.gradients(self.meant or self.expression, self.right_engine)

    def gradients(self, function: Callable[..., Any], engine: Any) -> list[Any]:
        """What `backward` of one engine leaves in the inputs of a function."""
        leaves = [engine(x) for x in self.point]
        function(*leaves).backward()
        return [leaf.grad for leaf in leaves]

    def verdict(self) -> str:
        """What the gradient checker says of expression and engine; "" if it finds nothing."""
        try:
            type(self).check(self.expression, self.point, leaf=self.engine)
        except GradientError as error:
            return str(error)
        return ""

    def __str__(self) -> str:
        functions = [self.expression] if self.meant is None else [self.expression, self.meant]
        return "\n".join(
            [
                self.name,
                f"idea       {self.idea}",
                f"truth      {self.truth}",
                "",
                *[textwrap.indent(inspect.getsource(f), "    ") for f in functions],
                f"at         {', '.join(map(str, self.point))}",
                f"wrong      {', '.join(map(shown, self.wrong()))}",
                f"right      {', '.join(map(shown, self.right()))}",
                f"gradcheck  {self.verdict()}",
            ]
        )


def shown(gradient: Any) -> str:
    """A gradient in a line."""
    return f"{gradient:.6g}" if isinstance(gradient, float) else str(gradient.tolist())

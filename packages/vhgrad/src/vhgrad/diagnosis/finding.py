"""What a diagnosis says: where something is wrong, how that shows, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Finding", "Findings", "listed"]


@dataclass(frozen=True)
class Finding:
    """Something that is likely to be a mistake.

    Attributes:
        name: what it is, always the same words for the same mistake.
        where: the parameters or modules, by path.
        evidence: the numbers that show it.
        cause: what usually leads to it.
        fix: what to do.

    Example:
        >>> print(Finding("loss stays", "the model itself", "0.7 twice", "lr=0", "Raise the rate."))
        loss stays: the model itself
          seen:  0.7 twice
          cause: lr=0
          fix:   Raise the rate.
    """

    name: str
    where: str
    evidence: str
    cause: str
    fix: str

    def __str__(self) -> str:
        return (
            f"{self.name}: {self.where}\n"
            f"  seen:  {self.evidence}\n"
            f"  cause: {self.cause}\n"
            f"  fix:   {self.fix}"
        )


class Findings(list[Finding]):
    """A list of findings that prints as a report.

    Example:
        >>> print(Findings())
        Nothing found.
    """

    def __str__(self) -> str:
        return "\n\n".join(map(str, self)) if self else "Nothing found."


def listed(names: Sequence[str], most: int = 4) -> str:
    """Names as a reader wants them: the first few, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(f"`{name}`" if name else "the model itself" for name in names[:most]) + more

"""NumPy's own limits: 64 axes, and no more entries than an address can count."""

from __future__ import annotations

__all__ = ["beyond"]

WORDS = (
    "maximum supported dimension",
    "maximum number of dimension",
    "array is too big",
    "iterator is too large",
)


def beyond(error: Exception | None) -> bool:
    """Whether NumPy refused because of a limit, not because shapes do not fit together.

    Example:
        >>> beyond(ValueError("maximum supported dimension for an ndarray is currently 64, got 65"))
        True
    """
    return any(words in str(error) for words in WORDS)

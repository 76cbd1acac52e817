"""The one error of files that cannot be loaded, and how it quotes what stands in them."""

from __future__ import annotations

__all__ = ["TOO_DEEP", "CheckpointError", "printable", "quoted"]

TOO_DEEP = "its text nests too deeply for what is left of the stack."  # a caller is deep already


class CheckpointError(ValueError):
    """A checkpoint is damaged, is something else, or does not fit what it is loaded into.

    Example:
        >>> import tempfile
        >>> from vhgrad import load
        >>> with tempfile.NamedTemporaryFile() as empty:
        ...     try:
        ...         load(empty.name)
        ...     except CheckpointError as error:
        ...         print("cannot load" in str(error))
        True
    """


def quoted(text: str | bytes, length: int = 60) -> str:
    r"""A text from a file as it may be printed: one line of ASCII, cut where it is long.

    Example:
        >>> quoted("\x1b[2J" + "a" * 1000, length=8)
        "'\\x1b[2Jaaaa'..."
    """
    if isinstance(text, bytes):
        text = text[: length + 1].decode("utf-8", "backslashreplace")
    return ascii(text[:length]) + ("..." if len(text) > length else "")


def printable(text: str) -> str:
    r"""A message that quotes names from a file, with escapes for what a terminal would obey.

    Example:
        >>> printable("unexpected `\x1b[2J`")
        'unexpected `\\x1b[2J`'
    """
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)

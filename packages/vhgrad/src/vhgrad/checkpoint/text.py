"""The JSON text of a checkpoint, read without surprises.

Python's reader takes NaN, 1e999 and the last of two equal names without a word, and runs out of
stack or memory where a text nests deeply or holds millions of empty lists. Here all of that is
an error before it costs anything.
"""

from __future__ import annotations

import json
import math
from itertools import pairwise
from typing import Any

import numpy as np

from vhgrad.checkpoint.errors import TOO_DEEP, CheckpointError, quoted

__all__ = ["DIGITS", "LEVELS", "check", "parse"]

LEVELS = 256  # of lists and objects within each other
DIGITS = 640  # of a whole number: what Python reads however it is set up
SLACK = 4 << 20
CHUNK = 1 << 13  # characters at a time: what is reckoned with them stays small

# What Python needs for one of these characters outside of strings, in bytes: a dict, a list, an
# item of one of them. Strings are no larger in memory than in the text.
STEPS, COSTS = np.zeros(128, np.int32), np.zeros(128, np.int32)
for characters, step, cost in (("{", 1, 240), ("[", 1, 96), ("]}", -1, 0), (",", 0, 40)):
    for character in characters:
        STEPS[ord(character)], COSTS[ord(character)] = step, cost


def check(text: str, room: int) -> None:
    """Refuse a text that nests too deeply or would need more memory than `room` and 4 MiB.

    Raises:
        CheckpointError: with what is too much.

    Example:
        >>> check("[" * 1000, room=0)
        Traceback (most recent call last):
        vhgrad.checkpoint.errors.CheckpointError: its text nests lists and objects 256 deep or more.
    """
    if not text.isascii():
        raise CheckpointError("its text is not ASCII.")
    depth, cost, at, quotes = 0, 0, 0, 0
    while at < len(text):
        end = at + CHUNK
        while text[end - 1 : end] == "\\":  # an escape stays in one piece
            end += 1
        piece = text[at:end].replace("\\\\", "").replace('\\"', "")
        codes = np.frombuffer(piece.encode(), np.uint8)
        inside = np.logical_xor.accumulate(codes == ord('"')) ^ bool(quotes % 2)
        codes = codes[~inside]
        depths = depth + np.cumsum(STEPS[codes])
        cost += int(COSTS[codes].sum())
        if depths.size and depths.max() >= LEVELS:
            raise CheckpointError(f"its text nests lists and objects {LEVELS} deep or more.")
        if cost > room + SLACK:
            raise CheckpointError(
                "its text holds more lists, objects and numbers than a file of its size may; "
                "long lists of numbers belong into arrays."
            )
        depth = int(depths[-1]) if depths.size else depth
        quotes += piece.count('"')
        at = end


def parse(text: str, room: int) -> Any:
    """Read a JSON text.

    Args:
        text: what to read.
        room: how many bytes its objects may take, beside 4 MiB that any text may.

    Raises:
        CheckpointError: if it is no JSON, has a name twice, or a number that JSON does not have.

    Example:
        >>> parse('{"step": 7}', room=0)
        {'step': 7}
    """
    check(text, room)
    try:
        return json.loads(
            text,
            object_pairs_hook=unique,
            parse_int=whole,
            parse_float=finite,
            parse_constant=no_constant,
        )
    except json.JSONDecodeError as error:
        raise CheckpointError(f"its text is no JSON: {error}.") from None
    except RecursionError:
        raise CheckpointError(TOO_DEEP) from None


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are all different."""
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(a for a, b in pairwise(sorted(names)) if a == b)
        raise CheckpointError(f"its text has the name {quoted(twice)} twice in one object.")
    return values


def whole(digits: str) -> int:
    """A whole number of bearable length."""
    if len(digits.lstrip("-")) > DIGITS:
        raise CheckpointError(f"its text has a whole number of {len(digits):,} digits.")
    return int(digits)


def finite(digits: str) -> float:
    """A number that a float can hold."""
    value = float(digits)
    if not math.isfinite(value):
        raise CheckpointError(f"its text has the number {quoted(digits)}, beyond all floats.")
    return value


def no_constant(word: str) -> Any:
    """JSON has no NaN and no Infinity."""
    raise CheckpointError(f"its text has the word {word}, which JSON does not have.")

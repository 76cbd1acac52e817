"""Plain data as JSON and arrays, and back, exactly.

Plain data are dicts with names, lists, tuples, numbers, texts, True, False, None and NumPy arrays.
What JSON has no word for begins with `$`:

| in the data | in the JSON |
|---|---|
| an array | `"$array:its name among the tensors"` |
| nan, inf | `"$float:7ff8000000000000"`, the bits |
| a text that begins with `$` | `"$text:$..."` |
| 1,000 floats or more in a list, as in a history | `{"$floats": "3fe0000000000000 ..."}` |
| a tuple | `{"$tuple": [...]}` |
| a dict of one item that looks like a tuple | `{"$dict": {...}}` |
"""

from __future__ import annotations

import contextlib
import math
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

from vhgrad.checkpoint.errors import CheckpointError, quoted
from vhgrad.checkpoint.header import DTYPES
from vhgrad.checkpoint.text import DIGITS

__all__ = ["pack", "storable", "unpack"]

LEVELS = 100
LONGEST_PLACE = 40  # characters of a path through a hundred levels that help
LONG = 1000  # floats: in JSON, more of them would take more than three times their text in memory
PIECE = 17 * 1024  # characters of such a list at a time, 17 each
KINDS = {dtype.str.lstrip("<|") for dtype in DTYPES.values()}


def pack(value: Any, where: str, name: str, arrays: dict[str, Any], levels: int = LEVELS) -> Any:
    """The JSON of `value`; its arrays are put into `arrays`.

    Args:
        value: plain data.
        where: what it is, for errors, such as `optimizer.state`.
        name: what the names of its arrays begin with, such as `optimizer/state`.
        arrays: takes the arrays, each under a name of its own.
        levels: how deep the value may nest.

    Raises:
        TypeError: if something in it is no plain data.
        ValueError: if it nests too deeply or within itself, or has too long a number.

    Example:
        >>> arrays = {}
        >>> pack({"step": 3, "mean": np.zeros(2)}, "optimizer", "optimizer", arrays)
        {'step': 3, 'mean': '$array:optimizer/mean'}
        >>> list(arrays)
        ['optimizer/mean']
    """
    if levels == 0:
        short = where if len(where) <= LONGEST_PLACE else f"{where[:LONGEST_PLACE]}..."
        raise ValueError(f"{short} nests more than {LEVELS} deep, or within itself.")
    if isinstance(value, np.bool_ | np.integer | np.floating) and value.dtype.itemsize <= 8:
        value = value.item()
    if isinstance(value, np.str_):
        value = str(value)
    if value is None or type(value) is bool:
        return value
    if type(value) is str:
        return f"$text:{value}" if value.startswith("$") else value
    if type(value) is int:
        if abs(value) >= 10**DIGITS:
            raise ValueError(f"{where} is a whole number of more than {DIGITS} digits.")
        return value
    if type(value) is float:
        if math.isfinite(value):
            return value
        return f"$float:{struct.pack('>d', value).hex()}"
    if isinstance(value, np.ndarray):
        name = free_name(name, arrays)
        arrays[name] = storable(value, where)
        return f"$array:{name}"
    if type(value) is list and len(value) >= LONG and set(map(type, value)) == {float}:
        return {"$floats": struct.pack(f">{len(value)}d", *value).hex(" ", 8)}
    if isinstance(value, list | tuple):
        items = [
            pack(item, f"{where}[{k}]", joined(name, str(k)), arrays, levels - 1)
            for k, item in enumerate(value)
        ]
        return {"$tuple": items} if isinstance(value, tuple) else items
    if isinstance(value, dict):
        packed = {}
        for key, item in value.items():
            if type(key) is not str:
                raise TypeError(f"{where} has the key {key!r}; a checkpoint needs names, str(key).")
            packed[key] = pack(item, f"{where}.{key}", joined(name, key), arrays, levels - 1)
        return {"$dict": packed} if is_tagged(packed) else packed
    advice = "x.numpy()" if hasattr(value, "numpy") else "str(x)"
    raise TypeError(
        f"{where} is of type {type(value).__name__}; a checkpoint holds dicts, lists, numbers, "
        f"texts, None and NumPy arrays, so write it as one of these, such as {advice}."
    )


def is_tagged(value: dict[str, Any]) -> bool:
    """Whether an object is one of those that stand for something else."""
    return len(value) == 1 and next(iter(value)).startswith("$")


def joined(name: str, key: str) -> str:
    """The name of something within something. A text of any characters becomes valid UTF-8."""
    key = key.encode("utf-8", "backslashreplace").decode()
    return f"{name}/{key}" if name else key


def free_name(name: str, arrays: Mapping[str, Any]) -> str:
    """The name, or with a number behind it: `{"a/b": x}` and `{"a": {"b": x}}` would share one."""
    number, free = 1, name
    while free in arrays or free == "__metadata__":
        number += 1
        free = f"{name}~{number}"
    return free


def storable(array: Any, where: str) -> Any:
    """The array as the safetensors library stores it rightly: whole, in C order, of its own bytes.

    Raises:
        TypeError: if it has a dtype that the format or NumPy does not have, or a mask.
    """
    kind = array.dtype.str[1:]
    if kind not in KINDS or isinstance(array, np.ma.MaskedArray):
        what = "a masked array" if isinstance(array, np.ma.MaskedArray) else f"of {array.dtype}"
        raise TypeError(
            f"{where} is {what}; a checkpoint stores arrays of bool, whole numbers of up to 64 "
            "bits, float16, float32 and float64."
        )
    return np.asarray(array, dtype=array.dtype.newbyteorder("="), order="C")


def unpack(value: Any, arrays: dict[str, Any]) -> Any:
    """The data of a JSON value; takes the arrays it names out of `arrays`.

    Raises:
        CheckpointError: if it names an array that is not there, or has an unknown `$` in it.

    Example:
        >>> unpack({"step": 3, "mean": "$array:m"}, {"m": np.zeros(2)})
        {'step': 3, 'mean': array([0., 0.])}
    """
    if isinstance(value, str):
        return unpack_text(value, arrays) if value.startswith("$") else value
    if isinstance(value, list):
        return [unpack(item, arrays) for item in value]
    if not isinstance(value, dict):
        return value
    if is_tagged(value):
        match value:
            case {"$tuple": list(items)}:
                return tuple(unpack(item, arrays) for item in items)
            case {"$floats": str(bits)}:
                return unpack_floats(bits)
            case {"$dict": dict(held)}:
                value = held
            case _:
                raise misfit(next(iter(value)))
    return {key: unpack(item, arrays) for key, item in value.items()}


def unpack_text(text: str, arrays: dict[str, Any]) -> Any:
    """What a text that begins with `$` stands for."""
    tag, _, rest = text.partition(":")
    if tag == "$text":
        return rest
    if tag == "$array" and rest in arrays:
        return arrays.pop(rest)
    if tag == "$float":
        with contextlib.suppress(ValueError, struct.error):
            value = struct.unpack(">d", bytes.fromhex(rest))[0]
            if not math.isfinite(value):
                return value
    raise misfit(text)


def unpack_floats(bits: str) -> list[float]:
    """A long list of floats, piece by piece: all of it at once would be in memory twice."""
    values: list[float] = []
    for at in range(0, len(bits), PIECE):
        try:
            data = bytes.fromhex(bits[at : at + PIECE])
            values += struct.unpack(f">{len(data) // 8}d", data)
        except (ValueError, struct.error):
            raise misfit("$floats") from None
    return values


def misfit(text: str) -> CheckpointError:
    """Something with a `$` that means nothing, or an array that is missing or named twice."""
    return CheckpointError(f"its text has {quoted(text)}, which does not fit.")

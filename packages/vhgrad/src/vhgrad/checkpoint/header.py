"""The header of a safetensors file, read as strictly as its format is written.

The header is one JSON object: a name, a dtype, a shape and a place for every tensor, and under
`__metadata__` texts by name. It is read from left to right by regular expressions, not by a JSON
parser: nothing nests, nothing is built that is not kept, duplicates show, and an error has a place.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, NamedTuple, NoReturn

import numpy as np

from vhgrad.checkpoint.errors import CheckpointError, quoted

__all__ = ["DTYPES", "Header", "Tensor", "read_header"]

DTYPES = {
    "BOOL": np.dtype(np.bool_),
    "U8": np.dtype("u1"),
    "I8": np.dtype("i1"),
    "U16": np.dtype("<u2"),
    "I16": np.dtype("<i2"),
    "F16": np.dtype("<f2"),
    "U32": np.dtype("<u4"),
    "I32": np.dtype("<i4"),
    "F32": np.dtype("<f4"),
    "U64": np.dtype("<u8"),
    "I64": np.dtype("<i8"),
    "F64": np.dtype("<f8"),
}
MAX_RANK = 64  # of a NumPy array

SPACE = rb"[ \t\n\r]*+"
STRING = rb'"((?:[^"\\\x00-\x1f]++|\\.)*+)"'
NUMBER = rb"(?:0|[1-9][0-9]{0,18})"
KEY = re.compile(SPACE + STRING + SPACE + b":" + SPACE)
TEXT = re.compile(STRING)
NEXT = re.compile(SPACE + rb"([,}])")
TENSOR = re.compile(  # as the library writes it
    rb'\{"dtype":"([A-Z0-9_]+)","shape":\[((?:%b(?:,%b){0,99}+)?+)\],"data_offsets":\[(%b),(%b)\]\}'
    % (NUMBER, NUMBER, NUMBER, NUMBER)
)
OBJECT = re.compile(rb"\{[^{}]{0,4000}\}")


class Tensor(NamedTuple):
    """One tensor: what it is and where its bytes are, counted from the end of the header."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    begin: int
    end: int


class Header(NamedTuple):
    """All tensors by name, and where in the header the texts of the metadata stand."""

    tensors: dict[str, Tensor]
    metadata: dict[str, slice]


def read_header(header: bytes, payload: int) -> Header:
    """Read a header and check it against the number of bytes that follow it.

    Raises:
        CheckpointError: with the byte at which the header is not as it should be.

    Example:
        >>> text = b'{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'
        >>> read_header(text, payload=8).tensors["w"].shape
        (2,)
    """
    tensors: dict[str, Tensor] = {}
    metadata: dict[str, slice] | None = None
    if header[:1] != b"{":
        fail(0, "a header begins with {")
    at, mark = 1, b","
    if empty := NEXT.match(header, at):
        at, mark = empty.end(), empty[1]
    while mark == b",":
        key = KEY.match(header, at)
        if key is None:
            fail(at, "expected a name in quotes and a colon")
        name = decoded(key[1], at)
        if name == "__metadata__":
            if metadata is not None:
                fail(at, "the metadata stand there twice")
            metadata, end = read_texts(header, key.end())
        elif name in tensors:
            fail(at, f"the name {quoted(name)} stands there twice")
        else:
            tensors[name], end = read_tensor(header, key.end(), name)
        after = NEXT.match(header, end)
        if after is None:
            fail(end, "expected a comma or the end of the header")
        at, mark = after.end(), after[1]
    if header[at:].strip(b" "):
        fail(at, "something follows the end of the header")
    check_places(tensors, payload)
    return Header(tensors, metadata or {})


def fail(at: int, problem: str) -> NoReturn:
    """Refuse the header."""
    raise CheckpointError(f"header, byte {at}: {problem}.")


def decoded(raw: bytes, at: int) -> str:
    """The text between two quotation marks."""
    try:
        text = raw.decode()
        if "\\" in text:
            text = json.loads(f'"{text}"')
            text.encode()  # half of a surrogate pair is no text
        return text
    except ValueError:
        fail(at, "a text that is no valid UTF-8 or has a wrong escape")


def read_texts(header: bytes, at: int) -> tuple[dict[str, slice], int]:
    """The places of the texts of the metadata, and where they end."""
    texts: dict[str, slice] = {}
    if header[at : at + 1] != b"{":
        fail(at, "metadata are texts by name")
    at, mark = at + 1, b","
    if empty := NEXT.match(header, at):
        at, mark = empty.end(), empty[1]
    while mark == b",":
        key = KEY.match(header, at)
        text = key and TEXT.match(header, key.end())
        after = text and NEXT.match(header, text.end())
        if not (key and text and after):
            fail(at, "metadata are texts by name")
        name = decoded(key[1], at)
        if name in texts:
            fail(at, f"the name {quoted(name)} stands there twice")
        texts[name] = slice(*text.span())
        at, mark = after.end(), after[1]
    return texts, at


def read_tensor(header: bytes, at: int, name: str) -> tuple[Tensor, int]:
    """One tensor, and where its description ends."""
    found = TENSOR.match(header, at)
    if found:
        kind, sizes, first, last = found.groups()
        shape = tuple(map(int, sizes.split(b","))) if sizes else ()
        begin, end, stop = int(first), int(last), found.end()
    else:
        kind, shape, (begin, end), stop = read_object(header, at, name)
    dtype = DTYPES.get(kind.decode("ascii", "replace"))
    if dtype is None:
        known = ", ".join(DTYPES)
        fail(at, f"tensor {quoted(name)} has the dtype {quoted(kind)}, NumPy has {known}")
    if len(shape) > MAX_RANK:
        fail(at, f"tensor {quoted(name)} has {len(shape)} dimensions, {MAX_RANK} are possible")
    if 0 in shape and math.prod(filter(None, shape)) * dtype.itemsize >= 2**63:
        fail(at, f"tensor {quoted(name)} has a shape that NumPy does not take")
    if end - begin != math.prod(shape) * dtype.itemsize:
        fail(at, f"tensor {quoted(name)} has {end - begin} bytes for the shape {shape}")
    return Tensor(dtype, shape, begin, end), stop


def read_object(header: bytes, at: int, name: str) -> tuple[bytes, tuple[int, ...], Any, int]:
    """The same from another writer, who may order and space it as JSON allows."""
    found = OBJECT.match(header, at)
    if found is None:
        fail(at, f"tensor {quoted(name)} needs a dtype, a shape and data_offsets")

    def strictly(pairs: list[tuple[str, Any]]) -> Any:
        values = dict(pairs)
        whole = {"dtype", "shape", "data_offsets"} == set(values) and len(pairs) == len(values)
        return values if whole else None

    try:
        values = json.loads(found[0].decode(), object_pairs_hook=strictly, parse_int=size)
        kind, shape, places = values["dtype"], values["shape"], values["data_offsets"]
        if isinstance(kind, str) and isinstance(shape, list) and len(places) == 2:
            numbers = [*shape, *places]
            if all(type(n) is int for n in numbers):
                return kind.encode(), tuple(shape), places, found.end()
    except (ValueError, TypeError, RecursionError):
        pass
    fail(at, f"tensor {quoted(name)} needs a dtype, a shape and data_offsets, each once and valid")


def size(digits: str) -> int:
    """A whole number as it may stand in a header."""
    if digits.startswith("-") or len(digits) > 19:
        raise ValueError(digits[:20])
    return int(digits)


def check_places(tensors: dict[str, Tensor], payload: int) -> None:
    """Every byte of the payload belongs to one tensor: no gaps, no overlaps, nothing behind."""
    at = 0
    for name, tensor in sorted(tensors.items(), key=lambda item: item[1][2:]):
        if tensor.begin != at:
            problem = "overlaps another" if tensor.begin < at else "leaves a gap before it"
            raise CheckpointError(
                f"header: tensor {quoted(name)} at byte {tensor.begin} {problem}."
            )
        at = tensor.end
    if at != payload:
        raise CheckpointError(
            f"its header describes {at:,} bytes of tensors, {payload:,} bytes follow."
        )

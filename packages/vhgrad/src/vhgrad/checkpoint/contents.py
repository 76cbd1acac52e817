"""A checkpoint in one file: a safetensors file that says what it is and proves that it is whole.

All that is not a tensor stands in one JSON text under the name `vhgrad` in the metadata:

    {"sha256": "...", "format": 1, "state": {"model": {...}, ..., "metadata": {...}}}

The sum is taken over the whole file, with 64 zeros in the place of the sum itself.
"""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np

from vhgrad.checkpoint import files
from vhgrad.checkpoint.errors import TOO_DEEP, CheckpointError, quoted
from vhgrad.checkpoint.header import read_header
from vhgrad.checkpoint.packing import unpack
from vhgrad.checkpoint.replacing import replacement
from vhgrad.checkpoint.text import check, parse

__all__ = ["FORMAT", "Contents", "read", "write"]

FORMAT = 1
BEGINNING = b'{"__metadata__":{"vhgrad":"{\\"sha256\\":\\"'  # of a header of ours
SUM = slice(len(BEGINNING), len(BEGINNING) + 64)  # in the header
MAX_HEADER = 100_000_000  # the format's own limit
CHUNK = 1 << 20
OTHERS = {
    b"PK\x03\x04": "a zip archive, such as a .pt or .npz file",
    b"\x80": "a pickle",
    b"\x89HDF": "an HDF5 file",
    b"\x93NUMPY": "a .npy file",
    b"\x1f\x8b": "a gzip file",
}


@dataclass
class Contents:
    """What a file holds.

    Attributes:
        state: the parts by name, plain data and arrays; None in a file of another program.
        tensors: all tensors by name as they stand in the file, in a file of another program.
    """

    state: dict[str, Any] | None
    tensors: dict[str, Any]


def write(path: str, state: dict[str, Any], arrays: dict[str, Any]) -> None:
    """Put a checkpoint in the place of the file `path`.

    Args:
        path: where to.
        state: JSON, as `pack` makes it.
        arrays: the arrays that it names.

    Raises:
        CheckpointError: if `path` is no file, or the state is more than a reader would take.
        OSError: as the system reports it.
    """
    document = {"sha256": "0" * 64, "format": FORMAT, "state": state}
    text = json.dumps(document, allow_nan=False, separators=(",", ":"))
    check(text, room=len(text) + sum(array.nbytes for array in arrays.values()))
    with replacement(path) as new:
        files.write_tensors(new, arrays, {"vhgrad": text})
        with files.open_to_change(new) as file:
            seal(file)


def seal(file: Any) -> None:
    """Sum up a file that has zeros in the place of its sum, and write the sum there."""
    digest = hashlib.sha256()
    buffer = memoryview(bytearray(CHUNK))
    while count := files.read_into(file, buffer):
        digest.update(buffer[:count])
    text, written = digest.hexdigest().encode(), 0
    while written < len(text):
        written += files.write_at(file, 8 + SUM.start + written, text[written:])


def read(path: str) -> Contents:
    """Read a file and check all of it.

    Raises:
        CheckpointError: if it is damaged, or no file of tensors.
        OSError: if it cannot be opened.
    """
    with files.open_to_read(path) as file:
        try:
            return read_open(file)
        except CheckpointError as error:
            raise CheckpointError(f"cannot load {path}: {error}") from None


def read_open(file: Any) -> Contents:
    """The same for a file that is open."""
    size = files.size(file)
    if size is None:
        raise CheckpointError("it is no file.")
    if not size:
        raise CheckpointError("it is empty.")
    start = take(file, min(size, 8)).tobytes()
    length = int.from_bytes(start, "little")
    if len(start) < 8 or not 2 <= length <= min(size - 8, MAX_HEADER):
        raise CheckpointError(what_else(start, length, size))
    raw = take(file, length).tobytes()
    header = read_header(raw, payload=size - 8 - length)
    payload = take(file, size - 8 - length)
    if files.read_into(file, memoryview(bytearray(1))):
        raise CheckpointError("it grew while it was read.")
    place = header.metadata.get("vhgrad")
    if place is not None:
        check_sum(start, raw, payload)
    tensors = {name: array(payload, tensor) for name, tensor in header.tensors.items()}
    if place is None:
        return Contents(None, tensors)
    escaped = raw[place]
    del raw
    if not escaped.isascii():
        raise CheckpointError("its text is not ASCII.")
    text = escaped.decode()
    del escaped  # it may be as large as the file, so no more of it at a time than is needed
    text = json.loads(text)
    document = parse(text, room=size)
    del text
    return Contents(read_state(document, tensors), tensors)


def take(file: Any, count: int) -> Any:
    """The next bytes of a file, exactly so many."""
    data = np.empty(count, np.uint8)
    view, at = memoryview(data), 0  # type: ignore[arg-type]  # before Python 3.12
    while at < count:
        got = files.read_into(file, view[at:])
        if not got:
            raise CheckpointError("it became shorter while it was read.")
        at += got
    return data


def what_else(start: bytes, length: int, size: int) -> str:
    """What a file is that has no header of tensors."""
    for magic, kind in OTHERS.items():
        if start.startswith(magic):
            return f"it is {kind}, not a safetensors file."
    return (
        f"it is {size:,} bytes long and says that its header has {length:,}; "
        "it was cut short or is not a safetensors file."
    )


def array(payload: Any, tensor: Any) -> Any:
    """One tensor as a view of the payload, in this machine's byte order."""
    data = payload[tensor.begin : tensor.end]
    if tensor.dtype.kind == "b" and data.size and data.max() > 1:
        raise CheckpointError("a tensor of BOOL has bytes that are neither 0 nor 1.")
    try:
        found = data.view(tensor.dtype).reshape(tensor.shape)
    except ValueError:  # an array of nothing may still be too large
        raise CheckpointError("a tensor has a shape that NumPy does not take.") from None
    if sys.byteorder == "big" or not found.flags.aligned:
        found = found.astype(tensor.dtype.newbyteorder("="))
    return found


def check_sum(start: bytes, raw: bytes, payload: Any) -> None:
    """Compare the sum in the header with that of the file."""
    if not raw.startswith(BEGINNING):
        raise CheckpointError("its header does not begin with a SHA-256 sum.")
    digest = hashlib.sha256(start + raw[: SUM.start] + b"0" * 64)
    digest.update(memoryview(raw)[SUM.stop :])
    digest.update(payload)
    if raw[SUM] != digest.hexdigest().encode():
        raise CheckpointError("its bytes do not have the SHA-256 sum in its header: it is damaged.")


def read_state(document: Any, tensors: dict[str, Any]) -> dict[str, Any]:
    """The parts, from the JSON in the metadata."""
    if not isinstance(document, dict) or not {"format", "state"} <= set(document):
        raise CheckpointError("its text has no format or no state.")
    found, state = document["format"], document["state"]
    if type(found) is not int or found != FORMAT:
        newer = type(found) is int and found > FORMAT
        advice = "; a newer vhgrad wrote it, install that" if newer else ""
        shown = quoted(json.dumps(found))
        raise CheckpointError(f"it is of format {shown}, expected {FORMAT}{advice}.")
    if not isinstance(state, dict):
        raise CheckpointError("its state is no object.")
    try:
        parts = {name: unpack(part, tensors) for name, part in state.items()}
    except RecursionError:
        raise CheckpointError(TOO_DEEP) from None
    if tensors:
        some = ", ".join(map(ascii, list(tensors)[:3]))
        raise CheckpointError(f"it has tensors that belong to no part: {some}.")
    return parts

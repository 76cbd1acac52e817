"""`vhgrad inspect CHECKPOINT`: is it whole, and what is in it? No model is built for that."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from vhgrad.checkpoint.contents import FORMAT, Contents, read
from vhgrad.cli.folder import checkpoint_at

__all__ = ["lines", "run_inspect"]

LONGEST = 200  # characters of one value


def run_inspect(options: argparse.Namespace) -> int:
    """Print what is in a checkpoint.

    Raises:
        CheckpointError: if it is damaged.
        OSError: if it cannot be read.
    """
    path = checkpoint_at(options.checkpoint)
    for line in lines(path, read(path)):
        print(line)
    return 0


def lines(path: str, contents: Contents) -> Iterator[str]:
    """The report, in plain ASCII: nothing in a file can speak to the terminal."""
    yield f"{plain(path)}: whole, {os.path.getsize(path):,} bytes"
    if contents.state is None:
        yield "tensors of another program, without a checksum"
    else:
        yield f"format {FORMAT}, checksum right"
    state = dict(contents.tensors if contents.state is None else contents.state)
    metadata = state.pop("metadata", {})
    for key, value in metadata.items() if isinstance(metadata, dict) else ():
        yield f"metadata {plain(key)}: {plain(value)}"
    count = total = 0
    for name, what in leaves(state, ""):
        if isinstance(what, np.ndarray):
            yield f"{plain(name)}: {what.dtype}, {' x '.join(map(str, what.shape)) or 'one number'}"
            count, total = count + 1, total + what.size
        else:
            yield f"{plain(name)}: {plain(what)}"
    yield f"{count:,} tensors, {total:,} numbers"


def leaves(part: Any, path: str) -> Iterator[tuple[str, Any]]:
    """What is in the dicts of a state, with the path to it; a list counts as one thing."""
    if isinstance(part, dict) and part:
        for name, inner in part.items():
            yield from leaves(inner, f"{path}/{name}" if path else str(name))
    else:
        yield path, part


def plain(value: Any) -> str:
    """A value in one line, every other character than printable ASCII written as an escape."""
    if isinstance(value, np.ndarray):
        return f"array of shape {value.shape}"
    text = json.dumps(value, default=lambda x: f"array of shape {np.shape(x)}")
    text = text.replace("\x7f", "\\u007f")
    text = text[1:-1] if isinstance(value, str) else text
    return text if len(text) <= LONGEST else text[:LONGEST] + " ..."

"""Inputs that are far too large, far too small, or no numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from micrograd.graph import Node
from vhgrad.diagnosis.finding import Finding
from vhgrad.diagnosis.trial import Trial, rms
from vhgrad.nn import Parameter

__all__ = ["not_scaled"]

LARGE, SMALL = 10.0, 1e-3  # weights are drawn for inputs of a size around 1


def not_scaled(trial: Trial) -> Iterator[Finding]:
    """What the first layers get: numbers of a size for which their weights were not drawn."""
    for node, data in first_inputs(trial):
        column = np.moveaxis(data, 1, -1) if data.ndim > 1 else data
        sizes = [rms(x) for x in column.reshape(-1, column.shape[-1]).T] if data.ndim > 1 else []
        largest, size = max([rms(data), *sizes]), rms(data)
        if np.isfinite(data).all() and (largest > LARGE or 0 < size < SMALL):
            what = f"column {int(np.argmax(sizes))} is" if largest > size else "they are"
            seen = (
                f"{what} around {largest:.3g} in size"
                if largest > LARGE
                else f"they are around {size:.2g} in size"
            )
            yield Finding(
                "inputs that are not scaled",
                f"the inputs of {trial.place(node)}",
                seen,
                "Numbers went in as they were measured, such as pixels from 0 to 255 or years."
                if largest > LARGE
                else "Numbers were divided twice, or are in units that are far too large.",
                "Give each column mean 0 and a spread of 1: Normalize.of(X) measures both on the "
                "training set.",
            )
            return


def first_inputs(trial: Trial) -> Iterator[tuple[Any, Any]]:
    """Operations of a parameter and of data that no parameter had a part in, with the data."""
    learned: set[Node] = set()
    for node in trial.order:
        if isinstance(node, Parameter) or any(x in learned for x in nodes(node.inputs)):
            learned.add(node)
        if any(isinstance(x, Parameter) for x in node.inputs):
            for x in node.inputs:
                data = x.data if isinstance(x, Node) else x
                if (x not in learned if isinstance(x, Node) else True) and is_batch(data):
                    yield node, data


def nodes(inputs: tuple[Any, ...]) -> list[Node]:
    """Those that are."""
    return [x for x in inputs if isinstance(x, Node)]


def is_batch(data: Any) -> bool:
    """Whether these are measured numbers, not indices or settings."""
    return isinstance(data, np.ndarray) and data.dtype.kind == "f" and data.size > 0 < data.ndim

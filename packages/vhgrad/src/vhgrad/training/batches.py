"""Batches as they come: checked where they enter, and gone on with where an epoch was left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

__all__ = ["check_data", "pairs", "rest_of_epoch"]


def check_data(name: str, data: Any, epochs: int) -> None:
    """Raise if `data` cannot be gone through, or not as often as wanted.

    Raises:
        TypeError: if it cannot be iterated over.
        ValueError: if it is an iterator and there are several epochs.
    """
    if not isinstance(data, Iterable):
        raise TypeError(
            f"`{name}` needs to be batches (inputs, targets), got {type(data).__name__}; "
            "DataLoader((X, y)) makes them."
        )
    if isinstance(data, Iterator) and epochs > 1:
        raise ValueError(
            f"`{name}` is a {type(data).__name__}, which is used up after one epoch, and there are "
            f"{epochs}; pass a DataLoader or a list of batches."
        )


def pairs(batches: Iterable[Any], first: int = 1) -> Iterator[tuple[Any, Any]]:
    """The batches as they come, each checked: inputs, and targets of one example or more."""
    for number, batch in enumerate(batches, start=first):
        if not isinstance(batch, tuple | list) or len(batch) != 2:
            got = f"{len(batch)} parts" if isinstance(batch, tuple | list) else type(batch).__name__
            raise TypeError(
                f"expected batches (inputs, targets), got {got} as batch {number}; "
                "DataLoader((X, y)) makes batches of whole arrays."
            )
        inputs, targets = batch
        try:
            examples = len(targets)
        except TypeError:
            raise TypeError(
                f"expected one target per example, got one number in batch {number}; "
                "a batch of one example is ([x], [y])."
            ) from None
        if not examples:
            raise ValueError(f"expected at least one example per batch, got none in {number}.")
        yield inputs, targets


def rest_of_epoch(data: Any, done: int) -> Iterable[Any]:
    """The batches of an epoch that are left after `done` of them.

    A loader that knows its position is at the right place already, or can be sent there; of other
    data, the first ones are passed over.

    Raises:
        ValueError: if a loader is at another place, or there are not as many batches.
    """
    if not done:
        return data
    count = len(data) if hasattr(data, "__len__") else None
    if count is not None and done > count:
        raise ValueError(
            f"the history was left after {done} steps of an epoch, but `data` has {count} batches; "
            "pass the data that it was made with, or no history to start anew."
        )
    if not hasattr(data, "load_state_dict"):
        return islice(data, done, None)
    state = data.state_dict()
    if count is not None and state.get("batch", done % count) != done % count:
        raise ValueError(
            f"the history was left after {done} steps of an epoch, but the loader is at batch "
            f"{state['batch']}; load the state_dict of both, or pass no history to start anew."
        )
    if done == count:
        return ()  # the loader is at the start of the next epoch
    data.load_state_dict(state)  # the next loop goes on from here instead of starting an epoch
    return data

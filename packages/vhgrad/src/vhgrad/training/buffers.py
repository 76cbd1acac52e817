"""Buffers such as running means: the forward pass changes them, before anybody sees its numbers."""

from __future__ import annotations

from micrograd.module import Module as Stage1Module
from vhgrad.nn import Module
from vhgrad.nn.state import put
from vhgrad.nn.walking import is_buffer, walk

__all__ = ["Buffers"]


class Buffers:
    """Copies of a model's buffers, to go back to if a step is not made."""

    def __init__(self, model: Module) -> None:
        self.places = [place for place in walk(model) if is_buffer(place)]
        self.save()

    def save(self) -> None:
        """Copy them as they are now; a model without buffers costs nothing."""
        holders = [
            (vars(place.holder) if isinstance(place.holder, Stage1Module) else place.holder, place)
            for place in self.places
        ]
        self.saved = [holder[place.name].copy() for holder, place in holders]

    def restore(self) -> None:
        """Put back what was saved."""
        for place, array in zip(self.places, self.saved):
            put(place, array)

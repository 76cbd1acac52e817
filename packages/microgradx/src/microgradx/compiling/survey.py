"""What a step can reach: the tensors, arrays, settings and generators that it may work with."""

from __future__ import annotations

from typing import Any

from micrograd_plus import Optimizer
from microgradx.compiling.likeness import described, known, numeral
from microgradx.compiling.places import Data, Grad, Place

__all__ = ["Survey"]


class Survey:
    """All that was found by a search.

    Attributes:
        arrays: where arrays are kept.
        unplaced: arrays where nothing else can be put, as in a tuple.
        tensors: all leaves, each once.
        numbers: where the numbers of optimisers are kept, their settings and counts.
        generators: where generators of random numbers are kept.
        constants: everything else, which replays take to be as it is now.
        lengths: how long the dicts and lists are.
        contents: what lies in sets, lists of numbers, and their like.
        optimizers: the optimisers.
        roles: of what an optimiser remembers or moves, which part of which parameter it is.
        seen: everything, by id and by what of it was met; held, so that no id is given again.
    """

    def __init__(self) -> None:
        self.arrays: list[Place] = []
        self.unplaced: list[Any] = []
        self.tensors: list[Any] = []
        self.numbers: list[Place] = []
        self.generators: list[Place] = []
        self.constants: list[tuple[Place, Any]] = []
        self.lengths: list[tuple[Any, int]] = []
        self.contents: list[tuple[Any, Any]] = []
        self.optimizers: list[Optimizer] = []
        self.roles: dict[Any, tuple[Any, str, Any]] = {}
        self.seen: dict[Any, Any] = {}

    @property
    def key(self) -> tuple[Any, ...]:
        """Equal for two surveys if a recording made at one can be repeated at the other."""
        return (
            tuple((place.ident, described(place.get())) for place in self.arrays),
            tuple((id(p), type(p), described(p.data), described(p.grad)) for p in self.tensors),
            tuple((place.ident, numeral(place.get())) for place in self.numbers),
            tuple(map(tuple, self.alike())),
            tuple((place.ident, id(place.get())) for place in self.generators),
            tuple((place.ident, known(x)) for place, x in self.constants),
            tuple((id(x), n) for x, n in self.lengths),
            tuple((id(x), tuple(map(known, parts))) for x, parts in self.contents),
            tuple((id(x), hash(x.tobytes())) for x in self.unplaced),
        )

    def alike(self) -> list[list[int]]:
        """Which of the numbers that optimisers count for each parameter are the same now."""
        found: dict[Any, list[int]] = {}
        for k, place in enumerate(self.numbers):
            if place.ident in self.roles:
                owner, name, _ = self.roles[place.ident]
                found.setdefault((id(owner), name, place.get()), []).append(k)
        return list(found.values())

    def lasts(self, place: Place) -> bool:
        """Whether a place gets a home: parameters, gradients, and what optimisers remember."""
        return isinstance(place, Data | Grad) or place.ident in self.roles

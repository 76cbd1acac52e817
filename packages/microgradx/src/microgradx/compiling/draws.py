"""Random numbers in a recorded step: the call of the generator is what is written down."""

from __future__ import annotations

from typing import Any

import numpy as np

from microgradx.compiling.recorder import Recorder
from microgradx.compiling.tape import DRAW, state

__all__ = ["Draws"]


class Draws(np.random.Generator):
    """A generator that shares its bits with the real one, and notes every draw."""

    def __init__(self, real: np.random.Generator, tape: Recorder) -> None:
        super().__init__(real.bit_generator)
        self.real = real
        self.tape = tape


def draw(name: str) -> Any:
    """A method that draws from the real generator, and notes it if a step is being recorded."""

    def method(self: Draws, *arguments: Any, **settings: Any) -> Any:
        real = getattr(self.real, name)
        if state.tape is not self.tape:  # another thread, or long after
            return real(*arguments, **settings)
        return self.tape.record(DRAW, real, arguments, settings)

    return method


KNOWN = (
    "random, standard_normal, normal, uniform, integers, binomial, permutation, permuted, choice, "
    "exponential, standard_exponential, gamma, beta, poisson, laplace, multinomial, triangular"
)
for name in KNOWN.split(", "):
    setattr(Draws, name, draw(name))

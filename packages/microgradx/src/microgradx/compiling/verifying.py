"""Do a step both ways, and compare everything that it leaves: for whoever does not trust a program.

What stays is what the step itself left, so nothing depends on the program.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from micrograd.graph import Node
from microgradx.compiling.places import Place
from microgradx.compiling.program import Program
from microgradx.compiling.text import GAVE_UP
from microgradx.functions import silence

__all__ = ["verified"]

SHARE = {np.dtype(np.float16): 1e-2, np.dtype(np.float32): 1e-5}  # of the largest; else 1e-11


def verified(
    func: Callable[..., Any], program: Program, arrays: list[Any], args: Any, kwargs: Any
) -> Any:
    """Run the program, take everything back, do the step, and compare.

    Raises:
        RuntimeError: if a result, or what was left somewhere, differs by more than rounding.
    """
    places = {effect.place.ident: effect.place for effect in program.recording.effects}
    generators = program.recording.generators()
    before = [(place, place.get(), kept(place.get())) for place in places.values()]
    bits = [generator.bit_generator.state for generator in generators]
    result = silence.run(program.run, *arrays)
    left = {ident: kept(place.get()) for ident, place in places.items()}
    result = kept(result)
    for place, there, numbers in before:
        if isinstance(there, np.ndarray):
            numbers.setflags(write=there.flags.writeable)
        place.set(numbers)
    for generator, state in zip(generators, bits, strict=True):
        generator.bit_generator.state = state
    actual = func(*args, **kwargs)
    if result is not GAVE_UP:
        compare("the result", result, actual)
        for ident, place in places.items():
            compare(described(place), left[ident], place.get())
    return actual


def kept(x: Any) -> Any:
    """A copy of the numbers, where there are any."""
    return x.copy() if isinstance(x, np.ndarray) else x


def described(place: Place) -> str:
    """A place, for an error."""
    name = "" if place.key is None else f" {place.key!r}"
    return f"{type(place).__name__.lower()}{name} of a {type(place.holder).__name__}"


def compare(name: str, expected: Any, actual: Any) -> None:
    """Raise if two results differ by more than rounding."""
    if isinstance(expected, tuple | list) and isinstance(actual, tuple | list):
        for k, (a, b) in enumerate(zip(expected, actual, strict=True)):
            compare(f"{name}[{k}]", a, b)
        return
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key in expected:
            compare(f"{name}[{key!r}]", expected[key], actual[key])
        return
    a, b = (x.data if isinstance(x, Node) else x for x in (expected, actual))
    if a is b:
        return
    if not isinstance(a, np.ndarray | np.generic | int | float):
        alike = type(a) is type(b) and a == b
        worst = "another thing"
    else:
        a, b = np.asarray(a), np.asarray(b)
        share = SHARE.get(a.dtype, 1e-11)
        size = float(np.max(np.abs(a[np.isfinite(a)]), initial=0.0))
        alike = a.dtype == b.dtype and np.allclose(a, b, rtol=0, atol=share * size, equal_nan=True)
        worst = "numbers that differ"
    if not alike:
        raise RuntimeError(
            f"verify=True: the compiled step and the step left {worst} as {name}. The step's stays."
        )

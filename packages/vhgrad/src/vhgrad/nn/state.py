"""The state of a module: its parameters and buffers as plain arrays, saved and loaded by name.

Loading is all or nothing: everything is checked and copied first, and only then anything moves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from micrograd.graph import Node
from micrograd.module import Module as Stage1Module
from microgradx.freezing import plain_array
from microgradx.tensor import TensorValue, clock, set_data
from vhgrad.nn.parameter import Parameter
from vhgrad.nn.walking import Place, is_buffer, is_parameter, walk

__all__ = ["LoadedKeys", "compared", "load_state", "refuse", "renew", "state_of", "stateful"]


class LoadedKeys(NamedTuple):
    """What `load_state_dict` did not find, and what it had no use for."""

    missing_keys: list[str]
    unexpected_keys: list[str]


def stateful(module: Stage1Module) -> dict[str, Place]:
    """Where all parameters and buffers are, by path; what is shared stands under every path.

    Raises:
        TypeError: if a part has a way of its own to save its state.
        ValueError: if two parts have one path, or the module contains itself.
    """
    from vhgrad.nn.module import Module

    places: dict[str, Place] = {}
    for place in walk(module):
        kind = type(place.part)
        if isinstance(place.part, Module) and (
            kind.state_dict is not Module.state_dict
            or kind.load_state_dict is not Module.load_state_dict
        ):
            raise TypeError(
                f"{kind.__name__} at `{place.path}` has a state_dict of its own, which counts only "
                "for a whole model; keep what it adds in a buffer, as an array."
            )
        if is_parameter(place) or is_buffer(place):
            if place.path in places:
                raise ValueError(
                    f"two parts of the {type(module).__name__} are called `{place.path}`, so one "
                    "would be lost; give the keys of its dicts other names, without dots."
                )
            places[place.path] = place
    return places


def state_of(module: Stage1Module) -> dict[str, NDArray[Any]]:
    """Copies of all parameters and buffers, by path."""
    return {path: np.array(array_in(place)) for path, place in stateful(module).items()}


def array_in(place: Place) -> NDArray[Any]:
    """The numbers of a parameter or buffer."""
    return place.part.data if isinstance(place.part, Node) else place.part


def load_state(module: Stage1Module, state: Mapping[str, Any], strict: bool) -> LoadedKeys:
    """Check a whole state, then take it over."""
    places = stateful(module)
    present = {path: array_in(place) for path, place in places.items()}
    keys, arrays, problems = compared(present, state, strict)
    refuse(module, problems + torn(places, arrays))
    for path, array in arrays.items():
        put(places[path], array)
    return keys


def compared(
    present: Mapping[str, NDArray[Any]], state: Mapping[str, Any], strict: bool
) -> tuple[LoadedKeys, dict[str, NDArray[Any]], list[str]]:
    """Hold a state against what is there: which keys do not match, what fits, and what does not."""
    if not isinstance(state, Mapping):
        raise TypeError(
            f"load_state_dict needs a dict of arrays, got {type(state).__name__}; "
            "read a file with load(path, model)."
        )
    keys = LoadedKeys(
        [path for path in present if path not in state],
        [path for path in state if path not in present],
    )
    problems = []
    if strict:
        problems += [f"missing `{key}`" for key in keys.missing_keys]
        problems += [f"unexpected `{key}`" for key in keys.unexpected_keys]
    arrays: dict[str, NDArray[Any]] = {}
    for path, array in present.items():
        if path in state:
            try:
                arrays[path] = fitted(state[path], array)
            except (TypeError, ValueError, RuntimeError) as error:  # the last by PyTorch
                problems.append(f"`{path}`: {error}")
    return keys, arrays, problems


def refuse(module: Stage1Module, problems: list[str]) -> None:
    """Raise if there are problems, with all of them."""
    if problems:
        raise ValueError(
            f"{type(module).__name__} cannot load this state, and is as it was: "
            f"{'; '.join(problems)}."
        )


def fitted(saved: Any, present: NDArray[Any]) -> NDArray[Any]:
    """A copy of what was saved, in the dtype of what it will replace."""
    array = plain_array(saved.data if isinstance(saved, Node) else saved)
    if array.shape != present.shape:
        raise ValueError(f"expected shape {present.shape}, got {array.shape}")
    return copied(array, present.dtype)


def copied(array: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    """A copy in another dtype; beyond float32 lies inf, but a count is not rounded.

    Raises:
        ValueError: if whole numbers or bools are expected, and there are others.
    """
    with np.errstate(all="ignore"):
        copy = np.array(array, dtype)
    if dtype.kind in "iub" and (others := array[copy != array]).size:
        kind = "True or False" if dtype.kind == "b" else f"whole numbers of {dtype}"
        raise ValueError(f"expected {kind}, got {others.flat[0]}")
    return copy


def torn(places: Mapping[str, Place], arrays: Mapping[str, NDArray[Any]]) -> list[str]:
    """Parameters of two paths for which two different values were saved."""
    problems: list[str] = []
    first: dict[int, str] = {}
    for path, array in arrays.items():
        part = places[path].part
        other = first.setdefault(id(part), path)
        if isinstance(part, Node) and arrays[other].tobytes() != array.tobytes():
            problems.append(
                f"`{other}` and `{path}` are one parameter, but two different were saved"
            )
    return problems


def put(place: Place, array: NDArray[Any]) -> None:
    """Replace the numbers of a parameter, or a buffer: the array itself may be somebody's."""
    if isinstance(place.part, Parameter):
        renew(place.part, array)
    elif isinstance(place.holder, Stage1Module):
        vars(place.holder)[place.name] = array
    else:
        place.holder[place.name] = array


def renew(tensor: TensorValue, array: NDArray[Any]) -> None:
    """Give a tensor an array that nobody else has, in its shape and dtype.

    Not by `.data = array`, which copies: without memory for that, half would be loaded.
    """
    array.setflags(write=False)
    set_data(tensor, array)
    tensor.stamp = clock.tick()

"""`state_dict` and `load_state_dict` for the models of all stages, under the names of stage 4.

So the network that was trained in numbers goes on in arrays, and back, without losing a bit. Which
name is which is the table in `entries`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from micrograd.module import Module as Stage1Module
from microgradx import TensorValue
from vhgrad.nn.entries import Entries, array_of, entries
from vhgrad.nn.module import Module
from vhgrad.nn.state import LoadedKeys, compared, refuse, renew

__all__ = ["load_state_dict", "state_dict"]


def state_dict(model: Stage1Module) -> dict[str, NDArray[Any]]:
    """Copies of the parameters of a model of any stage, named and shaped as at stage 4.

    The numbers of stages 1 and 2 become float64, which holds them exactly.

    Args:
        model: a module of `micrograd`, `micrograd_plus`, `microgradx` or `vhgrad`.

    Raises:
        TypeError: if it is no module.
        ValueError: if the neurons of a layer are no rows of a matrix.

    Example:
        >>> import micrograd
        >>> model = micrograd.MLP(3, [4, 1])
        >>> {name: array.shape for name, array in state_dict(model).items()}
        {'layers.0.weight': (4, 3), 'layers.0.bias': (4,),
         'layers.1.weight': (1, 4), 'layers.1.bias': (1,)}
    """
    if not isinstance(model, Stage1Module):
        raise TypeError(f"state_dict needs a module, got {type(model).__name__}.")
    if isinstance(model, Module):
        return model.state_dict()
    return {name: array_of(name, parameters) for name, parameters in entries(model).items()}


def load_state_dict(
    model: Stage1Module, state: Mapping[str, Any], strict: bool = True
) -> LoadedKeys:
    """Give a model of any stage what `state_dict` took from a model of any stage.

    Activations are no state: make the model with those that the other one has.

    Args:
        model: a module of any stage.
        state: arrays by the names of stage 4.
        strict: False leaves out what is missing or unexpected.

    Returns:
        The missing and the unexpected names.

    Raises:
        TypeError: if `model` is no module, or `state` no dict.
        ValueError: if the state does not fit, with all that does not; then nothing has changed.

    Example:
        >>> import micrograd
        >>> from vhgrad import MLP
        >>> small = micrograd.MLP(3, [4, 4, 1], seed=1)
        >>> large = MLP(3, [4, 4, 1], last_activation="tanh", dtype=float)
        >>> load_state_dict(large, state_dict(small))
        LoadedKeys(missing_keys=[], unexpected_keys=[])
        >>> small([2.0, 3.0, -1.0]).data, large([2.0, 3.0, -1.0]).item()
        (0.3825473979955781, 0.3825473979955781)
    """
    present = state_dict(model)  # says what is no module
    if isinstance(model, Module):
        return model.load_state_dict(state, strict)
    keys, arrays, problems = compared(present, state, strict)
    found = entries(model)
    refuse(model, problems + torn(found, arrays))
    for name, array in arrays.items():
        for index, parameter in found[name].items():
            if isinstance(parameter, TensorValue):
                renew(parameter, array)
            else:
                parameter.data = float(array[index])
    return keys


def torn(found: Entries, arrays: Mapping[str, NDArray[Any]]) -> list[str]:
    """Parameters of two places for which two different values were saved."""
    problems: dict[str, None] = {}
    first: dict[int, tuple[str, bytes]] = {}
    for name, array in arrays.items():
        for index, parameter in found[name].items():
            value = (
                array.tobytes() if isinstance(parameter, TensorValue) else array[index].tobytes()
            )
            other, before = first.setdefault(id(parameter), (name, value))
            if before != value:
                problems[
                    f"`{other}` and `{name}` share a parameter, but different ones were saved"
                ] = None
    return list(problems)

"""`compile`: a training step, recorded once and repeated without the engine.

`recording` does a step on a `stage` of stand-ins for `arrays` and `numbers` (`standins`). What is
asked of them, also by NumPy's `functions`, is done by a `recorder`, which writes it down on a
`tape`. What the step leaves are its `effects` and `results`, and `changes` that cannot be repeated;
then all is put back (`undo`). `program` makes straight-line Python of the tape:

- `simplify` leaves out what need not be done, and puts the decisions first;
- `moves` joins what is done for every parameter, with formulas for many at once (`lanes`);
- `arranging` puts what may give up before anything that is written where others can see it;
- `housing` says what lives in `homes`, `lifetimes` when the memory of the rest (`storage`) is free;
- `opening`, `calling`, `moving` (with `seats`) and `leaving` write it to a `draft`, in this order;
- `operations` and `lines` are what calls look like, `text` what things are called.

A `search` finds what a step can reach, `inside` of things, by `definitions` and the `memories` of
optimisers. `checking` looks whether that `survey` still holds, by `conditions` of `likeness`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from micrograd_plus.unknown import NotRecordable

if TYPE_CHECKING:
    from microgradx.compiling.compiled import Compiled

__all__ = ["NotRecordable", "compile"]

P = ParamSpec("P")
R = TypeVar("R")


def compile(step: Callable[P, R], *, verify: bool = False) -> Compiled[P, R]:
    """Make a fast copy of a training step.

    The step is done as it stands when it is called with arrays of some shapes, dtypes and strides
    for the first and the second time, and what it asks of NumPy is written down. From then on the
    same calls are made into buffers that stay: no graph, no new arrays. The numbers are those of
    the step to the last bit. Whatever else the step reaches, through closures, globals, attributes,
    lists and dicts, is looked at before every call: other arrays are used, other settings and modes
    are recorded anew.

    `compile` hides Python's function of that name if you write `from vhgrad import *`.

    Args:
        step: a function of arrays and numbers; it returns tensors, arrays, or tuples, lists and
            dicts of them, which belong to the caller.
        verify: do every step both ways, compare, and keep what the step itself left: for looking
            for errors, at twice the time of the step.

    Returns:
        A function like `step`. Its `source` is the Python that was made of it.

    Raises:
        NotRecordable: by the function, if the step does something that could only be repeated
            wrongly: it takes a number out of an array (`loss.item()`), counts, appends to a list,
            draws from `np.random`. Nothing has been changed then.
        RuntimeError: by the function, with `verify`, if both ways differ by more than rounding.

    Example:
        >>> import numpy as np
        >>> from microgradx import MLP, SGD, mse
        >>> model = MLP(1, [8, 1], seed=1)
        >>> optimizer = SGD(model.parameters(), lr=0.1)
        >>> def step(x, y):
        ...     optimizer.zero_grad()
        ...     loss = mse(y, model(x))
        ...     loss.backward()
        ...     optimizer.step()
        ...     return loss
        >>> fast = compile(step)
        >>> x = np.linspace(-1, 1, 20)[:, None]
        >>> losses = [fast(x, x[:, 0] / 2).item() for _ in range(200)]
        >>> losses[-1] < losses[0] / 10
        True
    """
    from microgradx.compiling.compiled import Compiled  # a part of the start-up that few need

    return Compiled(step, verify=verify)

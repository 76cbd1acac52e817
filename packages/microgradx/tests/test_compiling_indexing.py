"""A compiled step indexes by its arguments as the step does, and refuses the same indices."""

import numpy as np
import pytest

from microgradx import SGD, TensorValue, one_hot
from microgradx.compiling import NotRecordable, compile

TABLE = np.arange(12.0).reshape(3, 4) / 10
PICKS = {
    "one per row": lambda x, y: x[np.arange(len(y)), y],
    "rows": lambda x, y: x[y],
    "columns, and some twice": lambda x, y: x[None, ..., y],
    "rows by a mask": lambda x, y: x[y > 1],
    "entries by a mask": lambda x, y: x[x.data > 0],
    "take": lambda x, y: x.take(y, axis=1),
    "take of all": lambda x, y: x.take(y),
    "take_along_axis": lambda x, y: x.take_along_axis(y[:, None], 1),
    "one_hot": lambda x, y: x * one_hot(y, 3),
    "a constant": lambda x, y: TensorValue(TABLE)[y] * x.sum(),
    "not whole": lambda x, y: x[y * 1.0],
}


def results(pick, compiled):
    """What twelve steps give, some of them with an index that has no entry; and the weights."""
    weight = TensorValue(np.random.default_rng(0).normal(size=(4, 3)))
    optimizer = SGD([weight], lr=0.1)

    def step(x, y):
        optimizer.zero_grad()
        loss = (pick(x @ weight, y) ** 2).sum()
        loss.backward()
        optimizer.step()
        return loss

    fast = compile(step) if compiled else step
    rng, seen = np.random.default_rng(1), []
    for k in range(12):
        x, y = rng.normal(size=(5, 4)) / 10, rng.integers(0, 3, 5)
        y[2] = {1: 70, 6: 80, 9: -50}.get(k, y[2])
        try:
            seen.append(fast(x, y).item())
        except (IndexError, TypeError) as error:
            seen.append(f"{type(error).__name__}: {error}")
        seen.append(weight.data.tobytes())
    return seen


@pytest.mark.parametrize("name", PICKS)
def test_indices_from_arguments(name):
    """Numbers, gradients and errors are those of the step."""
    assert results(PICKS[name], compiled=False) == results(PICKS[name], compiled=True)


@pytest.mark.parametrize(
    ("pick", "told"),
    [
        (lambda x, y: x[y[0]], r"hand the number in as an int"),
        (lambda x, y: x[: y[0]], r"hand the number in as an int"),
        (lambda x, y: x * np.eye(3)[y], r"one_hot"),
    ],
)
def test_what_cannot_be_followed_is_refused(pick, told):
    """The error says what to write instead."""
    with pytest.raises(NotRecordable, match=told):
        results(pick, compiled=True)

"""Parameters that a step moves itself, in ways of which no optimizer would think."""

import numpy as np
import pytest

from microgradx import TensorValue, mse
from microgradx.compiling import NotRecordable, compile

SHAPES = [(3, 4), (3,), (1, 3), (1,)]
RATE = 0.05


def batch(k):
    """Others at every step."""
    rng = np.random.default_rng(100 + k)
    x = rng.standard_normal((6, 4))
    return x, np.sin(x.sum(axis=1, keepdims=True))


def network(seed):
    """Two layers."""
    rng = np.random.default_rng(seed)
    return [TensorValue(rng.standard_normal(shape) / 2) for shape in SHAPES]


def loss_of(params, x, y):
    """Of two layers with a tanh between them."""
    a, b, c, d = params
    return mse(y, (x @ a.T + b).tanh() @ c.T + d)


def gradients(params, x, y):
    """The loss, after a backward pass from nothing."""
    for p in params:
        p.grad = None
    loss = loss_of(params, x, y)
    loss.backward()
    return loss


def descent(params, x, y):
    """Each as everybody would."""
    loss = gradients(params, x, y)
    for p in params:
        p.data = p.data - RATE * p.grad
    return loss


def one_after_the_other(params, x, y):
    """The next gradient is taken where the last parameter has gone."""
    for p in params:
        gradients(params, x, y)
        p.data = p.data - RATE * p.grad
    return loss_of(params, x, y)


def looked_at_afterwards(params, x, y):
    """Old and new parameters are read after the move."""
    loss = gradients(params, x, y)
    before = [p.data for p in params]
    for p in params:
        p.data = p.data - RATE * p.grad
    return loss, sum(((p.data - b) ** 2).sum() for p, b in zip(params, before))


def different_rates(params, x, y):
    """A formula of its own for every second one."""
    loss = gradients(params, x, y)
    for k, p in enumerate(params):
        p.data = p.data - RATE * p.grad if k % 2 else p.data - (RATE * p.grad + 0.01 * p.data)
    return loss


def changed_places(params, x, y):
    """Two rows of numbers change places at every step."""
    loss = descent(params, x, y)
    params[1].data, params[3].data = params[1].data * params[3].data, params[3].data + 0.0
    return loss


def first_moved(params, x, y):
    """All parameters are moved before anything is computed from them."""
    for p in params:
        p.data = p.data * 0.99
    return descent(params, x, y)


def scaled_gradients(params, x, y):
    """Gradients are replaced, too, and stay."""
    loss = gradients(params, x, y)
    size = sum((p.grad * p.grad).sum() for p in params) ** 0.5
    for p in params:
        p.grad = p.grad / (1.0 + size)
        p.data = p.data - p.grad
    return loss


def as_it_decides(params, x, y):
    """A step back if the move made it worse: the decision comes after the move."""
    loss = descent(params, x, y)
    if loss_of(params, x, y).data > loss.data:
        for p in params:
            p.data = p.data + 0.5 * RATE * p.grad
    return loss


def shared_factor(params, x, y):
    """One number, computed in the step, scales all moves."""
    loss = gradients(params, x, y)
    rate = RATE / (1.0 + loss.data)
    for p in params:
        p.data = p.data - rate * p.grad
    return loss, rate


def returned(params, x, y):
    """What was moved is given away: it belongs to the caller."""
    loss = descent(params, x, y)
    return {"loss": loss, "data": [p.data for p in params], "grads": tuple(p.grad for p in params)}


def set_to_constants(params, x, y):
    """Numbers that do not depend on anything."""
    loss = descent(params, x, y)
    params[3].data = np.zeros(1)
    return loss


WAYS = [
    *[descent, one_after_the_other, looked_at_afterwards, different_rates, changed_places],
    *[first_moved, scaled_gradients, as_it_decides, shared_factor, returned, set_to_constants],
]


def flat(x):
    """All numbers of a result as bytes."""
    if isinstance(x, dict):
        return flat(list(x.values()))
    if isinstance(x, list | tuple):
        return [y for part in x for y in flat(part)]
    return [np.asarray(getattr(x, "data", x)).tobytes()]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_step_by_hand_is_repeated_to_the_last_bit(way):
    """Results, parameters and gradients after each of eight steps."""
    found = []
    for wrap in (lambda step: step, compile):
        params = network(1)
        step = wrap(lambda x, y, params=params: way(params, x, y))
        rows = []
        for k in range(8):
            rows.append(flat(step(*batch(k))))
            rows.append([p.data.tobytes() for p in params] + [p.grad.tobytes() for p in params])
        found.append(rows)

    assert found[0] == found[1]
    assert step.programs


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_memory_in_lists_moves_along(way):
    """The same with momentum kept in a list of arrays, which the step replaces and writes into."""
    found = []
    for wrap in (lambda step: step, compile):
        params, memory = network(2), [np.zeros(shape) for shape in SHAPES]

        def step(x, y, params=params, memory=memory):
            loss = way(params, x, y)
            for k, p in enumerate(params):
                if k % 2:
                    memory[k] = 0.9 * memory[k] + p.grad
                else:
                    np.multiply(memory[k], 0.9, out=memory[k])
                    np.add(memory[k], p.grad, out=memory[k])
                p.data = p.data - 0.01 * memory[k]
            return loss

        fast = wrap(step)
        rows = []
        for k in range(8):
            rows.append(flat(fast(*batch(k))))
            rows.append([p.data.tobytes() for p in params] + [m.tobytes() for m in memory])
        found.append(rows)

    assert found[0] == found[1]


def test_an_array_that_the_step_takes_away_is_refused():
    """A place that is not there after the step cannot be given its number."""
    memory = {"w": np.ones(2)}

    def step(x):
        return memory.pop("w") * x if "w" in memory else x

    with pytest.raises(NotRecordable, match="takes an array away"):
        compile(step)(np.ones(2))


def test_two_names_of_one_memory_cannot_be_written_into():
    """Whoever looks at the other name would see it too late."""
    whole = np.zeros(4)
    part = whole[:2]

    def step(x):
        np.add(part, x, out=part)
        return whole * 1.0

    with pytest.raises(NotRecordable, match="cannot follow writes into an array of shape"):
        compile(step)(np.ones(2))

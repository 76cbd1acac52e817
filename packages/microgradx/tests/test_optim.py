"""SGD and Adam on arrays, step by step against known numbers.

D rows of the project's table of edges: one parameter that starts at 1.0, learning rate 0.1.
"""

import numpy as np
import pytest

import micrograd_plus
from microgradx import MLP, SGD, Adam, TensorValue, mse

nan = float("nan")


def path(make, gradients, start=1.0, dtype=np.float64):
    """Where a parameter is after each step; a gradient of None is one that never came."""
    w = TensorValue(np.array([start], dtype))
    optimizer = make([w])
    seen = []
    for g in gradients:
        w.grad = None if g is None else np.array([g], dtype)
        optimizer.step()
        seen.append(w.item())
    return seen


@pytest.mark.parametrize(
    ("settings", "gradients", "expected"),
    [
        ({"momentum": 0.9}, [1, 1, 1], [0.9, 0.71, 0.439]),
        ({"momentum": 0.9, "dampening": 0.5}, [1, 1, 1], [0.9, 0.76, 0.584]),
        ({"momentum": 0.9, "nesterov": True}, [1, 1], [0.81, 0.539]),
        ({"momentum": 0.9, "weight_decay": 0.1}, [0, 0], [0.99, 0.9711]),
        ({"momentum": 0.9, "weight_decay": 0.1}, [1, None, 1], [0.89, 0.89, 0.6821]),
        ({}, [1, 1], [0.9, 0.8]),
    ],
    ids=["D1", "D2", "D3", "D4", "D5", "plain"],
)
def test_sgd_steps(settings, gradients, expected):
    """D1 to D5: momentum, dampening, look ahead, weight decay, and a gradient that did not come."""
    # exact but for rounding: 1e-15 per step
    assert pytest.approx(expected, rel=1e-13) == path(
        lambda p: SGD(p, lr=0.1, **settings), gradients
    )


@pytest.mark.parametrize(
    ("settings", "gradients", "expected"),
    [
        ({}, [0], 1.0),
        ({}, [1], 0.900000001),
        ({}, [1e-10], 0.99900990099),
        ({}, [1, 1e-3], 0.832919759192),
        ({"weight_decay": 0.1}, [0], 0.90000001),
    ],
    ids=["D6", "D7", "D8", "D9", "D10"],
)
def test_adam_steps(settings, gradients, expected):
    """D6 to D10: the first step is lr whatever the gradient, unless eps is not small beside it."""
    # the expected numbers are given to nine to twelve digits
    assert (
        pytest.approx(expected, abs=1e-9)
        == path(lambda p: Adam(p, lr=0.1, **settings), gradients)[-1]
    )


def test_adam_matches_the_formula_of_its_paper():
    """Algorithm 1 of Kingma and Ba, written out, over twenty random gradients."""
    gradients = np.random.default_rng(0).normal(size=20)
    mean = square = 0.0
    w, expected = 1.0, []
    for t, g in enumerate(gradients, start=1):
        mean = 0.9 * mean + 0.1 * g
        square = 0.999 * square + 0.001 * g * g
        w -= 0.1 * (mean / (1 - 0.9**t)) / ((square / (1 - 0.999**t)) ** 0.5 + 1e-8)
        expected.append(w)

    # the order of multiplications differs: a few units in the last place
    assert pytest.approx(expected, rel=1e-12) == path(lambda p: Adam(p, lr=0.1), gradients)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"momentum": 0.9},
        {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
        {"momentum": 0.5, "dampening": 0.3},
    ],
    ids=str,
)
def test_sgd_is_that_of_stage_2(settings):
    """On numbers and on arrays the same class makes the same steps, to the last bit."""
    gradients = np.random.default_rng(0).normal(size=20).tolist()
    w = micrograd_plus.Value(1.0)
    optimizer = micrograd_plus.SGD([w], lr=0.1, **settings)
    expected = []
    for g in gradients:
        w.grad = g
        optimizer.step()
        expected.append(w.data)

    assert expected == path(lambda p: SGD(p, lr=0.1, **settings), gradients)


def test_d12_defaults():
    """D12: those of PyTorch and of the paper."""
    w = TensorValue(1.0)
    sgd, adam = SGD([w]).param_groups[0], Adam([w]).param_groups[0]

    assert (1e-3, 0.0, 0.0, 0.0, False) == tuple(
        sgd[name] for name in ("lr", "momentum", "dampening", "weight_decay", "nesterov")
    )
    assert (1e-3, (0.9, 0.999), 1e-8, 0.0) == tuple(
        adam[name] for name in ("lr", "betas", "eps", "weight_decay")
    )


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda w: SGD([w], lr=-0.1), ValueError),
        (lambda w: SGD([w], momentum=-0.1), ValueError),
        (lambda w: SGD([w], weight_decay=-0.1), ValueError),
        (lambda w: Adam([w], eps=-1e-8), ValueError),
        (lambda w: Adam([w], betas=(1.0, 0.999)), ValueError),
        (lambda w: Adam([w], betas=(0.9, -0.1)), ValueError),
        (lambda w: Adam([w], betas=0.9), ValueError),
        (lambda w: Adam([w], betas=(0.9,)), ValueError),
        (lambda w: SGD([w], nesterov=True), ValueError),
        (lambda w: SGD([]), ValueError),
        (lambda w: SGD(w), TypeError),
        (lambda w: SGD([w.data]), TypeError),
        (lambda w: SGD([w * 2]), ValueError),
        (lambda w: SGD([{"params": [w]}, {"params": [w]}]), ValueError),
        (lambda w: SGD([w], lr=nan), ValueError),
    ],
    ids=[
        "D13 lr",
        "D13 momentum",
        "D13 decay",
        "D13 eps",
        "D14 beta1",
        "D14 beta2",
        "D14 one number",
        "D14 one beta",
        "D15",
        "D16",
        "D17 tensor",
        "D17 array",
        "D18",
        "D19",
        "D20",
    ],
)
def test_settings_that_cannot_be_are_errors(make, error):
    """D13 to D20: refused at construction."""
    with pytest.raises(error, match=r"SGD|Adam"):
        make(TensorValue([1.0]))


def test_d19_a_parameter_twice_in_a_group_moves_once():
    """D19, D36: a warning, and one step."""
    w = TensorValue([1.0])
    with pytest.warns(UserWarning, match="twice"):
        optimizer = SGD([w, w], lr=0.1)
    w.grad = np.array([1.0])
    optimizer.step()

    assert [0.9] == w.data.tolist()


@pytest.mark.parametrize("optimizer", [SGD, Adam])
def test_d21_a_rate_of_0_changes_nothing(optimizer):
    """D21: not a single bit."""
    assert [1.0, 1.0] == path(lambda p: optimizer(p, lr=0.0), [3.0, -2.0])


@pytest.mark.parametrize("optimizer", [SGD, Adam])
def test_d22_a_nan_gradient_gives_a_nan_weight(optimizer):
    """D22: nothing hides it."""
    assert np.isnan(path(lambda p: optimizer(p, lr=0.1), [nan])).all()


def test_d23_zero_grad_gives_none():
    """D23: what has no gradient is skipped by the next step."""
    w = TensorValue([1.0])
    optimizer = SGD([w], lr=0.1)
    (w * w).sum().backward()
    optimizer.zero_grad()

    assert w.grad is None


def test_d24_a_generator_of_parameters_is_taken_once():
    """D24: any iterable does."""
    parameters = [TensorValue([1.0]), TensorValue([2.0])]

    assert parameters == SGD(p for p in parameters).param_groups[0]["params"]


def test_d25_groups_have_their_own_settings():
    """D25: a group's setting wins over the common one."""
    a, b = TensorValue([1.0]), TensorValue([1.0])
    optimizer = SGD([{"params": [a]}, {"params": [b], "lr": 0.5}], lr=0.1)
    a.grad = b.grad = np.array([1.0])
    optimizer.step()

    assert (0.9, 0.5) == (a.item(), b.item())


def test_d26_a_changed_rate_counts_from_the_next_step():
    """D26: `param_groups` may be edited between steps."""
    w = TensorValue([1.0])
    optimizer = SGD([w], lr=0.1)
    w.grad = np.array([1.0])
    optimizer.step()
    optimizer.param_groups[0]["lr"] = 0.5
    optimizer.step()

    assert pytest.approx(0.4, rel=1e-15) == w.item()


@pytest.mark.parametrize("shape", [(), (3,), (2, 3)], ids=str)
@pytest.mark.parametrize(
    "make",
    [
        lambda p: SGD(p, lr=0.1, momentum=0.9, weight_decay=0.1),
        lambda p: Adam(p, lr=0.1, weight_decay=0.1),
    ],
    ids=["SGD", "Adam"],
)
def test_d27_float32_stays_float32(make, shape):
    """D27: weights and all that the optimiser remembers."""
    w = TensorValue(np.ones(shape, np.float32))
    optimizer = make([w])
    for _ in range(3):
        w.grad = np.ones(shape, np.float32)
        optimizer.step()
    remembered = [x for x in optimizer.state[w].values() if isinstance(x, np.ndarray | np.generic)]

    assert {np.dtype(np.float32)} == {x.dtype for x in [w, *remembered]}
    assert remembered


def test_d28_two_optimisers_remember_separately():
    """D28: the momentum of one is not that of the other."""
    w = TensorValue([1.0])
    first, second = SGD([w], lr=0.1, momentum=0.9), SGD([w], lr=0.1, momentum=0.9)
    w.grad = np.array([1.0])
    first.step()
    second.step()

    assert pytest.approx(0.8, rel=1e-15) == w.item()


def test_d34_a_step_between_forward_and_backward_is_an_error():
    """D34: the gradients would be those of weights that are gone."""
    w = TensorValue([1.0])
    optimizer = SGD([w], lr=0.1)
    loss = (w * w).sum()
    w.grad = np.array([1.0])
    optimizer.step()

    with pytest.raises(RuntimeError, match="changed after"):
        loss.backward()


def test_d35_adam_is_finite_after_a_million_steps():
    """D35: the corrections of the start fade to 1."""
    w = TensorValue([1.0])
    optimizer = Adam([w], lr=0.1)
    w.grad = np.array([1.0])
    optimizer.step()
    optimizer.state[w]["step"] = 10**6
    optimizer.step()

    assert np.isfinite(w.item())


def test_the_memory_of_momentum_is_not_the_gradient():
    """Clearing or clipping a gradient in place does not reach what the optimiser remembers."""
    w = TensorValue([1.0])
    optimizer = SGD([w], lr=0.1, momentum=0.9)
    w.grad = np.array([1.0])
    optimizer.step()
    w.grad[:] = 0.0
    optimizer.step()

    assert pytest.approx(0.81, rel=1e-15) == w.item()


@pytest.mark.parametrize(
    "make", [lambda p: SGD(p, lr=0.1, momentum=0.9), lambda p: Adam(p, lr=0.05)]
)
def test_a_network_learns(make):
    """Both bring the loss of a small regression close to 0."""
    model = MLP(2, [8, 1], seed=1)
    X = np.random.default_rng(0).uniform(-1, 1, (50, 2))
    Y = X[:, 0] * X[:, 1]
    optimizer = make(model.parameters())
    for _ in range(500):
        loss = mse(Y, model(X))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    assert loss.item() < 0.003 < np.var(Y)

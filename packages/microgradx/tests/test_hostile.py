"""What a careless or hostile caller might do, and what must come of it: never a wrong number."""

import sys
import threading

import numpy as np
import pytest

import microgradx as mx
from microgradx import MLP, SGD, Adam, TensorValue, gradcheck, mse

REDUCTIONS = ["sum", "mean", "max", "min", "prod", "var", "std", "norm", "logsumexp"]


@pytest.mark.parametrize("axis", [0, -1])
@pytest.mark.parametrize("name", REDUCTIONS)
def test_one_number_may_be_reduced_along_its_only_axis(name, axis):
    """NumPy lets a 0-d array have an axis 0; then the gradient has to come back, too."""
    x = TensorValue(3.0)
    getattr(x, name)(axis=axis).backward()

    assert () == x.grad.shape
    assert (0.0 if name in ("var", "std") else 1.0) == x.grad


def test_a_read_only_array_with_a_way_to_write_into_it_is_copied():
    """Whoever made an array read-only may have kept a writable view of it."""
    a = np.ones(3)
    way = a[:]
    a.setflags(write=False)
    x, w = TensorValue(a), TensorValue([1.0, 2.0, 3.0])
    total = (w * a).sum()
    way[:] = 5.0
    total.backward()

    assert [1.0, 1.0, 1.0] == x.data.tolist()
    assert [1.0, 1.0, 1.0] == w.grad.tolist()


def test_networks_trained_in_several_threads_do_not_disturb_each_other():
    """The clock of writes is shared; it may not be set back by a thread that was interrupted."""
    errors = []

    def work():
        try:
            model = MLP(2, [3, 1], seed=1)
            optimizer = SGD(model.parameters(), lr=0.01)
            for _ in range(300):
                loss = mse(np.zeros(3), model(np.ones((3, 2))))
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        except RuntimeError as error:
            errors.append(error)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)

    assert [] == errors


@pytest.mark.parametrize("optimizer", [Adam, SGD, lambda p: SGD(p, momentum=0.9)])
@pytest.mark.parametrize("g", [[np.inf, 1.0], [3e38, -3e38], [-np.inf, np.nan]])
def test_optimizers_do_not_warn(optimizer, g):
    """Warnings are errors in these tests: a step with a huge gradient must not raise half-way."""
    w = TensorValue(np.ones(2, np.float32))
    moves = optimizer([w])
    for _ in range(3):
        w.grad = np.array(g, np.float32)
        moves.step()

    assert np.float32 == w.dtype


@pytest.mark.parametrize("optimizer", [Adam, SGD])
def test_a_gradient_of_another_shape_moves_nothing(optimizer):
    """All gradients are checked before the first parameter moves."""
    a, b = TensorValue([1.0, 2.0]), TensorValue([3.0])
    moves = optimizer([a, b], lr=0.1)
    a.grad, b.grad = np.ones(2), np.ones((2, 1))
    with pytest.raises(ValueError, match=r"shape of its parameter, \(1,\); got \(2, 1\)"):
        moves.step()

    assert [1.0, 2.0] == a.data.tolist()
    assert {} == moves.state[a]


@pytest.mark.parametrize(
    ("make", "settings"),
    [(Adam, {"weight_decay": np.float64(0.1)}), (SGD, {"momentum": np.float64(0.9)})],
)
def test_settings_computed_with_numpy_leave_float32_alone(make, settings):
    """A NumPy scalar would turn an optimiser's memory into float64."""
    w = TensorValue(np.ones(2, np.float32))
    moves = make([w], lr=np.float64(0.1), **settings)
    w.grad = np.ones(2, np.float32)
    moves.step()
    moves.step()
    arrays = [x for x in moves.state[w].values() if isinstance(x, np.ndarray)]

    assert [np.float32] * len(arrays) == [x.dtype for x in arrays]


def test_numbers_out_of_range_become_inf_without_a_warning():
    """What float32 cannot hold is inf there, in data, targets and assignments."""
    x = TensorValue(np.array([1e300]), dtype=np.float32)
    x.data = np.array([-1e300])

    assert [-np.inf] == x.data.tolist()
    assert np.inf == mse([1e300], TensorValue(np.ones(1, np.float32))).item()


def test_operations_on_plain_numbers_follow_ieee():
    """Without a tensor, too, no error of Python's arithmetic escapes."""
    results = [mx.div(1, 0), mx.pow(2, -1), mx.pow(np.array([2]), -1), mx.mul(10**30, 10)]

    assert [np.inf, 0.5, [0.5], 1e31] == [r.data.tolist() for r in results]


def test_a_number_too_large_is_named():
    """An int beyond any float is a ValueError, not Python's OverflowError."""
    with pytest.raises(ValueError, match="range of a float"):
        TensorValue([1.0]) * 10**400


@pytest.mark.parametrize(
    ("x", "weight", "bias"),
    [((5, 3), (3,), (1,)), ((1, 3), (2, 3), (5, 2)), ((4, 3), (5, 2, 3), (2,))],
)
def test_linear_refuses_what_its_rules_do_not_cover(x, weight, bias):
    """In the forward pass, in the terms of a layer."""
    with pytest.raises(ValueError, match="'linear' expected x of shape"):
        mx.linear(np.ones(x), TensorValue(np.ones(weight)), TensorValue(np.ones(bias)))


def test_linear_without_inputs_or_examples():
    """The empty sums are 0, and so are the gradients."""
    weight = TensorValue(np.zeros((2, 0)))
    mx.linear(np.zeros((5, 0)), weight, TensorValue(np.ones(2))).sum().backward()

    assert (2, 0) == weight.grad.shape
    assert gradcheck(mx.linear, [np.ones((2, 1, 3)), np.ones((4, 3)), np.ones(1)])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda x: x.clip(TensorValue(0.0)), "whose gradient would be lost"),
        (lambda x: x.leaky_relu(TensorValue(0.1)), "whose gradient would be lost"),
        (lambda x: x.clip(np.zeros(3)), "numbers as bounds"),
        (lambda x: x.clip(None, 1.0), "numbers as bounds"),
        (lambda x: x.pad(1.5), "whole numbers as widths"),
    ],
)
def test_settings_are_plain_numbers(wrong, message):
    """A tensor as a setting would get no gradient, silently; other things are named."""
    with pytest.raises(TypeError, match=message):
        wrong(TensorValue([1.0, 2.0, 3.0]))


@pytest.mark.parametrize(
    "wrong", [lambda x: x.take([0], axis=5), lambda x: x.split(1, axis=5), lambda x: x[0].split(1)]
)
def test_an_axis_that_is_not_there_is_named(wrong):
    """As NumPy names it."""
    with pytest.raises(np.exceptions.AxisError, match="out of bounds"):
        wrong(TensorValue([1.0, 2.0]))

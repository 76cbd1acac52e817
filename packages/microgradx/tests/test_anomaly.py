"""`detect_anomaly`: the operation where nan began, named when it happens."""

import threading

import numpy as np
import pytest

from microgradx import TensorValue, cross_entropy, no_grad
from microgradx.anomaly import AnomalyError, detect_anomaly


@pytest.mark.parametrize(
    ("compute", "message"),
    [
        (lambda x: x.log() - 1, r"'log' made nan \(1 of 2 entries\) of x with shape \(2,\)"),
        (lambda x: (x * 1e200) ** 2 * 0, r"'\*\*2' made inf"),
        (lambda x: x / 0 * 0, r"'/' made inf .* of x with shape \(2,\) and the number 0.0"),
        (lambda x: x * np.array([1.0, np.nan]), r"'\*' was given a constant of shape \(2,\)"),
        (lambda x: TensorValue(np.nan) * x, r"'\*' was given a TensorValue .* which holds nan"),
    ],
    ids=["nan at once", "nan of inf", "0 times inf", "nan in the data", "nan in a leaf"],
)
def test_the_operation_where_nan_began_is_named(compute, message):
    """Not the last one on the way; with shapes, and how many entries."""
    with detect_anomaly(), pytest.raises(AnomalyError, match=message):
        compute(TensorValue([-1.0, 2.0], label="x"))


def test_an_infinity_that_is_masked_is_no_anomaly():
    """-inf in a mask is meant: its exponential is 0, and nothing is wrong."""
    x = TensorValue([1.0, 2.0])
    with detect_anomaly():
        y = (x + np.array([-np.inf, 0.0])).softmax()
        y[1].backward()

    assert ([0.0, 1.0], [0.0, 0.0]) == (y.data.tolist(), x.grad.tolist())


def test_backward_from_infinity_names_its_operation():
    """A loss that is inf never reaches the weights."""
    x = TensorValue([1000.0])
    with detect_anomaly(), pytest.raises(AnomalyError, match="'exp' made inf"):
        (x.exp() + 1).sum().backward()

    assert x.grad is None


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize(
    ("compute", "message"),
    [
        (lambda x: x.sqrt(), "'sqrt' gave x with shape .* holds inf"),
        (lambda x: (x * 2).sqrt() * 0, r"'sqrt' gave a TensorValue .* holds nan"),
        (lambda x: ((x * 1.0).sqrt() * 1.0) * 2, r"'sqrt' gave a TensorValue"),
    ],
    ids=["inf in a leaf", "nan within", "inf on the way to a leaf"],
)
def test_the_rule_where_a_gradient_went_wrong_is_named(compute, message, keep):
    """In the backward pass, too, it is the first operation; `keep` changes nothing."""
    x = TensorValue([4.0, 0.0], label="x")
    with detect_anomaly(), pytest.raises(AnomalyError, match=message):
        compute(x).sum().backward(keep=keep)


def test_a_stopped_backward_leaves_the_gradients_of_leaves():
    """Nothing half-done: `grad` is what it was before, for leaves already reached, too."""
    x, y = TensorValue([0.0]), TensorValue([3.0])
    (x + y).sum().backward()
    with detect_anomaly(), pytest.raises(AnomalyError):
        (y * 2 + x.sqrt()).sum().backward()

    assert ([1.0], [1.0]) == (x.grad.tolist(), y.grad.tolist())


def test_gradients_are_the_same_when_looked_at():
    """Looking changes no number."""
    gradients = []
    for watched in (False, True):
        x = TensorValue(np.linspace(-2, 2, 7))
        y = (x.tanh() * x).sum()
        if watched:
            with detect_anomaly():
                y.backward()
        else:
            y.backward()
        gradients.append(x.grad.tolist())

    assert gradients[0] == gradients[1]


def test_outside_of_the_block_nobody_looks():
    """Also after an error in the block, and after a nested block."""
    x = TensorValue([-1.0])
    with pytest.raises(AnomalyError), detect_anomaly(), detect_anomaly():
        x.log()
    y = x.log()

    assert np.isnan(y.item())


def test_other_threads_are_not_looked_at():
    """The block is that of one thread."""
    results = []
    with detect_anomaly():
        thread = threading.Thread(target=lambda: results.append(TensorValue(-1.0).log().item()))
        thread.start()
        thread.join()

    assert np.isnan(results[0])


def test_no_grad_and_detect_anomaly_do_not_know_of_each_other():
    """What is looked at need not be recorded; and it works as a decorator."""
    root = detect_anomaly()(no_grad()(TensorValue.sqrt))

    assert (2.0, ()) == (root(TensorValue(4.0)).item(), root(TensorValue(4.0)).inputs)
    with pytest.raises(AnomalyError, match="'sqrt' made nan"):
        root(TensorValue(-4.0))
    with no_grad():
        assert () == TensorValue(1.0).exp().inputs


def test_a_loss_of_labels_names_what_its_logits_were_made_by():
    """Not the log q that it keeps beside them."""
    x = TensorValue([[1e300, 0.0]], label="x")
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"'\*' made inf .* of x"):
        cross_entropy([0], x * 1e300)
    leaf = TensorValue([[np.inf, 0.0]], label="z")
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"was given z .* holds inf"):
        cross_entropy([0], leaf)

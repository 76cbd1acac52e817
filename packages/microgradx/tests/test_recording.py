"""What has a graph and what has none: `no_grad`, `detach`, and functions of plain arrays."""

import copy
import threading

import numpy as np
import pytest

import microgradx as mx
from microgradx import TensorValue, no_grad


def test_under_no_grad_nothing_is_recorded():
    """The numbers are the same, inputs are not held."""
    x = TensorValue([1.0, 2.0])
    with no_grad():
        y = (x * 2).sum()

    assert (6.0, ()) == (y.item(), y.inputs)


def test_backward_of_what_was_not_recorded_names_the_cause():
    """Three ways to have no graph, three causes."""
    x = TensorValue(2.0)
    with no_grad():
        unrecorded = x * x
    for t, cause in (
        (unrecorded, "under no_grad"),
        (unrecorded * 2, "under no_grad"),
        (x.detach(), "was detached"),
        (x.detach().exp(), "was detached"),
        (mx.exp(np.ones(())), "plain numbers and arrays"),
        (mx.sum([1.0, 2.0]), "plain numbers and arrays"),
    ):
        with pytest.raises(RuntimeError, match=cause):
            t.backward()

    assert x.grad is None


def test_blocks_nest_and_end_with_an_exception():
    """Recording goes on after the outermost block, however it was left."""
    x = TensorValue(2.0)
    with no_grad():
        with no_grad():
            pass
        inner = x * x
    with pytest.raises(KeyError), no_grad():
        raise KeyError
    outer = x * x

    assert [(), (x, x)] == [inner.inputs, outer.inputs]


def test_decorated_functions_record_nothing_also_when_they_call_themselves():
    """The decorator is a block around every call."""

    @no_grad()
    def power(x, n):
        """x**n by multiplication."""
        return x if n == 1 else power(x, n - 1) * x

    x = TensorValue(2.0)

    assert (8.0, ()) == (power(x, 3).item(), power(x, 3).inputs)
    assert (x, x) == (x * x).inputs


def test_functions_that_run_piece_by_piece_cannot_be_decorated():
    """A generator would leave the block before it starts."""

    def batches():
        """A generator."""
        yield 1

    with pytest.raises(TypeError, match="inside it"):
        no_grad()(batches)


def test_other_threads_go_on_recording():
    """A block counts for the thread it is in."""
    x, made = TensorValue(2.0), []
    with no_grad():
        thread = threading.Thread(target=lambda: made.append(x * x))
        thread.start()
        thread.join()

    assert (x, x) == made[0].inputs


def test_a_detached_tensor_is_a_constant():
    """Gradients stop there, and none is kept there."""
    x = TensorValue([3.0, 4.0])
    fixed = x.detach()
    (x * fixed).sum().backward()

    assert ([3.0, 4.0], None) == (x.grad.tolist(), fixed.grad)


def test_leaves_made_under_no_grad_are_leaves():
    """A block stops the recording of operations, not the making of parameters."""
    with no_grad():
        w = TensorValue([1.0, 2.0])
    (w * w).sum().backward()

    assert [2.0, 4.0] == w.grad.tolist()


def test_unrecorded_results_can_enter_a_graph():
    """They are constants in it; the rest gets its gradient."""
    x = TensorValue(3.0)
    with no_grad():
        target = x * 10
    (x * target).backward()

    assert (30.0, None) == (x.grad.item(), target.grad)


def test_copies_keep_the_cause():
    """A copy of a detached tensor has no graph either."""
    copied = copy.deepcopy(TensorValue(2.0).detach())
    with pytest.raises(RuntimeError, match="was detached"):
        copied.backward()


@pytest.mark.parametrize(
    "call",
    [
        lambda x: mx.exp(x),
        lambda x: mx.add(x, x),
        lambda x: mx.reshape(x, (4,)),
        lambda x: mx.sum(x, ()),
        lambda x: mx.concatenate([x, x]),
        lambda x: mx.take(x, [0]),
        lambda x: mx.flatten(x),
        lambda x: mx.split(x, 2)[0],
        lambda x: mx.where(x > 0, x, x),
    ],
)
def test_functions_of_plain_arrays_leave_them_alone(call):
    """The result is a tensor of its own; the array stays writable and shares nothing with it."""
    x = np.ones((2, 2))
    out = call(x)
    before = out.numpy()
    x[:] = 7.0

    assert TensorValue is type(out)
    np.testing.assert_array_equal(before, out.data)


def test_functions_of_plain_whole_numbers_give_floats():
    """Whole numbers have no gradients, so a tensor never holds them."""
    made = [mx.sum([1, 2]), mx.div(1, 2), mx.power([2], -1), mx.stack([[1], [2]]), mx.neg(True)]

    assert [3.0, 0.5, [0.5], [[1.0], [2.0]], -1.0] == [t.data.tolist() for t in made]
    assert {np.dtype(float)} == {t.dtype for t in made}


def test_a_leaf_made_under_no_grad_is_a_leaf():
    """It was computed from nothing, so nothing of its past was left out."""
    with no_grad():
        leaf = TensorValue.result(np.array(3.0))
    (leaf * leaf).backward()

    assert 6.0 == leaf.grad


def test_a_no_grad_block_that_is_over_stops_no_other_block_from_recording():
    """What a block has switched off is on again, also for `detect_anomaly`."""
    x = TensorValue(3.0)
    with no_grad():
        x * x
    with mx.detect_anomaly():
        y = x * x
    y.backward()

    assert 6.0 == x.grad

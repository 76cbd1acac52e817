"""Losses: targets first, averages, and errors that name the mistake."""

import pytest

from micrograd_plus import Value, mse


def values(numbers):
    """A list of Values."""
    return [Value(x) for x in numbers]


def test_mse_is_the_mean_of_squares():
    """((1-0.5)**2 + (0-2)**2 + (-1+3)**2) / 3."""
    predictions = values([0.5, 2.0, -3.0])
    loss = mse([1.0, 0.0, -1.0], predictions)
    loss.backward()

    assert 8.25 / 3 == loss.data
    # 2 * (prediction - target) / 3
    assert [-1 / 3, 4 / 3, -4 / 3] == pytest.approx([p.grad for p in predictions], rel=1e-15)


def test_mse_of_a_perfect_prediction_is_zero():
    """And so are its gradients."""
    predictions = values([1.0, -2.0])
    loss = mse([1, -2], predictions)
    loss.backward()

    assert 0.0 == loss.data
    assert [0.0, 0.0] == [p.grad for p in predictions]


def test_reductions():
    """The mean, the sum, or the list."""
    ys, predictions = [1.0, 0.0], values([0.5, 2.0])
    each = mse(ys, predictions, reduction="none")

    assert [0.25, 4.0] == [error.data for error in each]
    assert 4.25 == mse(ys, predictions, reduction="sum").data
    assert 2.125 == mse(ys, predictions, reduction="mean").data == mse(ys, predictions).data


def test_an_unknown_reduction_is_an_error():
    """Named, with those that there are."""
    with pytest.raises(ValueError, match="'mean', 'sum' or 'none', got 'average'"):
        mse([1.0], values([1.0]), reduction="average")


def test_nested_lists():
    """The outputs of a model with two outputs are a list per example."""
    loss = mse([[1.0, 0.0], [0.0, 1.0]], [values([1.0, 0.0]), values([0.0, 3.0])])

    assert 1.0 == loss.data


def test_a_single_number_is_a_batch_of_one():
    """`mse(1.0, prediction)`."""
    assert 0.25 == mse(1.0, Value(0.5)).data


def test_different_lengths_are_an_error():
    """The shorter one is not stretched and the longer one not cut."""
    with pytest.raises(ValueError, match="2 and 1"):
        mse([1.0, 2.0], values([1.0]))
    with pytest.raises(ValueError, match="1 and 2"):
        mse([1.0], values([1.0, 2.0]))


def test_an_empty_batch_is_an_error():
    """There is no mean of nothing."""
    with pytest.raises(ValueError, match="empty"):
        mse([], [])


def test_swapped_arguments_are_an_error():
    """A differentiable target with plain predictions: the order is named."""
    with pytest.raises(TypeError, match="targets come first"):
        mse(values([1.0, 2.0]), [1.0, 2.0])


def test_targets_may_be_differentiated_too():
    """Where both sides are Values, both get gradients."""
    [target], [prediction] = values([1.0]), values([3.0])
    mse([target], [prediction]).backward()

    assert [-4.0, 4.0] == [target.grad, prediction.grad]


def test_iterators_are_accepted():
    """A generator of predictions is used once."""
    assert 1.0 == mse((y for y in [1.0]), (Value(x) for x in [2.0])).data

"""Losses: targets first, averages, and errors that name the mistake."""

import math

import pytest

from micrograd_plus import (
    Value,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    hinge,
    mse,
    topological_order,
)

LOSSES = [mse, binary_cross_entropy, binary_cross_entropy_with_logits, hinge]


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


def test_a_drawing_of_a_loss_has_no_zero_in_it():
    """The sum starts with the first error, not with 0 as Python's does."""
    loss = mse([1.0, 2.0], values([0.5, 0.5]), reduction="sum")

    assert 0.0 not in [x for node in topological_order(loss) for x in node.inputs]


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


# id, loss, target, prediction, value, gradient: one example each
ROWS = [
    ("C27", binary_cross_entropy, 0, 0.0, 0, 0),
    ("C27-one", binary_cross_entropy, 1, 1.0, 0, 0),
    ("C27-wrong", binary_cross_entropy, 1, 0.0, 100, -1e12),  # log floored at -100
    ("C27-wrong-one", binary_cross_entropy, 0, 1.0, 100, 1e12),
    ("C30", binary_cross_entropy_with_logits, 0, 1e4, 1e4, 1),
    ("C30-minus", binary_cross_entropy_with_logits, 1, -1e4, 1e4, -1),
    ("C30-right", binary_cross_entropy_with_logits, 1, 1e4, 0, 0),
    ("C30-right-minus", binary_cross_entropy_with_logits, 0, -1e4, 0, 0),
    ("C30-inf", binary_cross_entropy_with_logits, 0, math.inf, math.inf, 1),
    ("C30-inf-right", binary_cross_entropy_with_logits, 1, math.inf, 0, 0),
    ("C30-minus-inf-right", binary_cross_entropy_with_logits, 0, -math.inf, 0, 0),
    ("C31", binary_cross_entropy_with_logits, 0.3, 0.0, math.log(2), 0.2),
    ("half", binary_cross_entropy, 1, 0.5, math.log(2), -2),
    ("soft", binary_cross_entropy, 0.25, 0.5, math.log(2), 1),
    (
        "logit",
        binary_cross_entropy_with_logits,
        1,
        1.0,
        math.log1p(math.exp(-1)),
        -0.2689414213699951,
    ),
    ("hinge-right", hinge, 1, 2.0, 0, 0),
    ("hinge-on-the-margin", hinge, 1, 1.0, 0, 0),
    ("hinge-inside", hinge, 1, 0.5, 0.5, -1),
    ("hinge-wrong", hinge, -1, 0.5, 1.5, 1),
    ("mse", mse, 2, -1.0, 9, -6),
]


@pytest.mark.parametrize(
    ("loss", "target", "prediction", "value", "gradient"),
    [pytest.param(*row[1:], id=row[0]) for row in ROWS],
)
def test_one_example(loss, target, prediction, value, gradient):
    """Value and gradient, at ordinary numbers and at the edges; nothing becomes nan."""
    leaf = Value(prediction)
    out = loss([target], [leaf])
    out.backward()

    # closed forms in another order of a few roundings
    assert [value, gradient] == pytest.approx([out.data, leaf.grad], rel=1e-14, abs=1e-15)


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_is_an_average(loss):
    """Mean, sum and list of the same errors; gradients in the same proportion."""
    ys, data = [1, 1, 1], [0.25, 0.5, 0.75]
    each = [error.data for error in loss(ys, values(data), reduction="none")]
    mean, total = values(data), values(data)
    mean_loss, sum_loss = loss(ys, mean), loss(ys, total, reduction="sum")
    mean_loss.backward()
    sum_loss.backward()
    expected = each[0] + each[1] + each[2]  # sum() of floats rounds differently from Python 3.12

    assert expected == sum_loss.data
    assert expected / 3 == mean_loss.data
    # dividing before or after the product: a rounding
    assert [p.grad / 3 for p in total] == pytest.approx([p.grad for p in mean], rel=1e-15)


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_takes_targets_first(loss):
    """Differentiable targets beside plain predictions are caught in all of them."""
    with pytest.raises(TypeError, match="targets come first"):
        loss([Value(1.0)], [0.5])


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_checks_the_arrangement(loss):
    """Unequal lengths, nothing at all, and an unknown reduction."""
    with pytest.raises(ValueError, match="2 and 1"):
        loss([1, 1], values([0.5]))
    with pytest.raises(ValueError, match="empty"):
        loss([], [])
    with pytest.raises(ValueError, match="'average'"):
        loss([1], values([0.5]), reduction="average")


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("targets", [[[1, 1], [1]], [1, 1, 1]])
def test_every_loss_checks_how_lists_are_nested(loss, targets):
    """As many numbers in other rows would be pairs of the wrong ones."""
    with pytest.raises(ValueError, match="arranged alike"):
        loss(targets, [values([0.5]), values([0.5, 0.5])])


@pytest.mark.parametrize("p", [1.1, -0.1, math.nan, math.inf])
def test_c28_a_probability_out_of_range(p):
    """C28: an error instead of a nan that spreads."""
    with pytest.raises(ValueError, match=f"probabilities from 0 to 1, got {p}"):
        binary_cross_entropy([1], [Value(p)])


@pytest.mark.parametrize("loss", [binary_cross_entropy, binary_cross_entropy_with_logits])
@pytest.mark.parametrize("y", [2, -1, math.nan])
def test_c28_a_label_out_of_range(loss, y):
    """C28: labels of -1 and 1 belong to the hinge."""
    with pytest.raises(ValueError, match=f"targets from 0 to 1, got {y}"):
        loss([y], [Value(0.5)])


@pytest.mark.parametrize("y", [0, 2, 0.5, math.nan])
def test_hinge_takes_signs(y):
    """And labels of 0 and 1 to the log loss."""
    with pytest.raises(ValueError, match=f"targets of -1 or 1, got {y}"):
        hinge([y], [Value(0.5)])


@pytest.mark.parametrize("y", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("x", [-20.0, -1.5, 0.0, 0.25, 4.0])
def test_logits_and_probabilities_agree(y, x):
    """The loss of a logit is the loss of its sigmoid, unless that is within 1e-12 of 0 or 1."""
    logit, score = Value(x), Value(x)
    by_logit = binary_cross_entropy_with_logits([y], [logit])
    by_probability = binary_cross_entropy([y], [score.sigmoid()])
    by_logit.backward()
    by_probability.backward()

    # 1 - sigmoid(4) has lost two digits
    assert [by_logit.data, logit.grad] == pytest.approx(
        [by_probability.data, score.grad], rel=1e-12, abs=1e-13
    )


def test_targets_of_the_log_losses_have_gradients():
    """A target that is computed gets its gradient: d/dy."""
    y, z = Value(0.3), Value(0.3)
    binary_cross_entropy_with_logits([y], [Value(1.5)]).backward()
    binary_cross_entropy([z], [Value(1.5).sigmoid()]).backward()

    # d/dy = -x in both
    assert [-1.5, -1.5] == pytest.approx([y.grad, z.grad], rel=1e-14)

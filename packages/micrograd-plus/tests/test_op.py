"""Operations that know their definition."""

import math
import operator

import pytest

from micrograd_plus import Op, Value, binary_cross_entropy, ops, tanh


def test_with_forward_keeps_name_and_rules():
    """An operation computed by another function is differentiated by the same rules."""
    other = tanh.with_forward(lambda x: math.tanh(x))

    assert tanh.name == other.name
    assert tanh.backward == other.backward
    assert tanh.forward is not other.forward


@pytest.mark.parametrize(
    "rules",
    [
        (lambda g, out, a, b: None, lambda g, out, a, b: g * a),
        (lambda g, out, a, b: g * b, lambda g, out, a, b: None),
    ],
)
def test_a_rule_that_forgets_to_return_is_an_error(rules):
    """An input without a gradient has None as its rule, not a rule that gives None."""
    with pytest.raises(TypeError, match="NoneType"):
        Op("*", operator.mul, *rules)(Value(2.0), Value(3.0)).backward()


def test_an_operation_on_plain_numbers_has_edges_too():
    """What needs no graph follows IEEE all the same."""
    assert (-math.inf, math.inf, -math.inf) == (ops.log(0.0), ops.exp(1000), ops.div(-1, 0))
    assert 100.0 == binary_cross_entropy([1.0], [0.0])


def test_an_int_that_was_written_into_data_has_edges_too():
    """`v.data = 0` is a usual thing to write."""
    v = Value(1.0)
    v.data = 0
    y = 1 / v + v.log()
    y.backward()

    assert math.isnan(y.data)  # inf - inf
    assert math.isnan(v.grad)

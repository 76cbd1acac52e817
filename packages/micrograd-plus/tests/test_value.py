"""Stage 2's `Value`: stage 1's number, extended."""

import pytest

import micrograd
from micrograd_plus import Value, relu


def test_it_is_a_value_of_stage_1():
    """Extended, not rewritten: the walk, the constructor and `+`, `*` are inherited."""
    assert issubclass(Value, micrograd.Value)
    assert Value.backward is micrograd.Value.backward
    assert Value.__add__ is micrograd.Value.__add__
    assert Value.__mul__ is micrograd.Value.__mul__


def test_results_are_of_this_stage():
    """Every operation, inherited or new, makes a Value with all the operations."""
    x = Value(2.0)
    results = [x + 1, 1 + x, x * 2, x.tanh(), x - 1, 1 - x, x / 2, 2 / x, x**2, 2**x, -x, abs(x)]
    results += [x.exp(), x.log(), x.relu(), x.maximum(1), x.minimum(x)]

    assert {Value} == set(map(type, results))


@pytest.mark.parametrize(
    "combine",
    [
        lambda a, b: a + b,
        lambda a, b: a * b,
        lambda a, b: a - b,
        lambda a, b: a / b,
        lambda a, b: a**b,
    ],
)
def test_values_of_both_stages_meet_in_the_later_one(combine):
    """In both orders, with the same numbers and with gradients for both."""
    for early, late in [(0, 1), (1, 0)]:
        a, b = (
            (micrograd.Value if place == early else Value)(x) for place, x in enumerate([3.0, 2.0])
        )
        out = combine(a, b)
        out.backward()
        expected = [Value(3.0), Value(2.0)]
        same = combine(*expected)
        same.backward()

        assert Value is type(out)
        assert micrograd.Value is type((a, b)[early])
        assert Value is type((a, b)[late])
        assert [same.data, *(x.grad for x in expected)] == [out.data, a.grad, b.grad]


def test_an_operation_on_a_value_of_stage_1():
    """`relu(v)` works on stage 1's Value and makes one of its class."""
    x = micrograd.Value(-2.0)
    out = relu(x)
    out.backward()

    assert (0.0, 0.0) == (out.data, x.grad)


@pytest.mark.parametrize("other", ["1", None, [1.0], 1j, object()])
@pytest.mark.parametrize(
    "combine",
    [
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: a * b,
        lambda a, b: a / b,
        lambda a, b: a**b,
    ],
)
def test_arithmetic_with_something_else_is_an_error(combine, other):
    """On either side, for every operator."""
    with pytest.raises(TypeError):
        combine(Value(1.0), other)
    with pytest.raises(TypeError):
        combine(other, Value(1.0))


@pytest.mark.parametrize("name", ["maximum", "minimum"])
def test_maximum_with_something_else_is_an_error(name):
    """The methods check their constants too."""
    with pytest.raises(TypeError, match="needs a number, got str"):
        getattr(Value(1.0), name)("2")


def test_comparison_with_something_else_is_an_error():
    """As for plain numbers."""
    with pytest.raises(TypeError):
        assert Value(1.0) < "2"


def test_plus_is_itself():
    """`+v` is v: there is nothing to compute."""
    v = Value(2.0)

    assert v is +v


def test_minus_is_one_operation():
    """`-v` and `a - b` are one node each, not two."""
    a, b = Value(2.0), Value(3.0)

    assert (a,) == (-a).inputs
    assert (a, b) == (a - b).inputs
    assert (a, b) == (a / b).inputs


def test_a_power_keeps_its_constant_in_the_operation():
    """`x**3` has one input; `2**x` holds the plain number 2."""
    x = Value(2.0)

    assert (x,) == (x**3).inputs
    assert (2.0, x) == (2**x).inputs


def test_leaky_relu_takes_its_slope():
    """0.01 unless another is given."""
    assert [-0.02, -1.0] == [Value(-2.0).leaky_relu().data, Value(-2.0).leaky_relu(0.5).data]


def test_repr_is_inherited():
    """With the class's own name."""
    assert "Value(data=-2.0, grad=0.0)" == repr(-Value(2.0))


def test_conversions_feed_other_code():
    """`float`, `round` through it, formatting and `sorted`."""
    values = [Value(x) for x in (3.0, 1.0, 2.0)]

    assert [1.0, 2.0, 3.0] == [float(v) for v in sorted(values)]
    assert "3.00" == f"{float(values[0]):.2f}" == f"{values[0]:.2f}"
    assert f"{values[0]}" == str(values[0])


def test_a_value_has_no_room_for_other_attributes():
    """Slots are kept in this stage too: a graph stays small."""
    with pytest.raises(AttributeError):
        Value(1.0).name = "x"


def test_a_chain_of_operations_by_hand():
    """sigmoid(x) by its definition has sigmoid's gradient."""
    x, y = Value(0.7), Value(0.7)
    by_definition, built_in = 1 / (1 + (-x).exp()), y.sigmoid()
    by_definition.backward()
    built_in.backward()

    # the definition takes four roundings, the operation three
    assert [built_in.data, y.grad] == pytest.approx([by_definition.data, x.grad], rel=1e-15)


def test_tanh_by_exponentials_as_in_the_tutorial():
    """The lecture's second version of tanh: (e**2x - 1) / (e**2x + 1)."""
    x1, x2 = Value(2.0), Value(0.0)
    w1, w2 = Value(-3.0), Value(1.0)
    b = Value(6.8813735870195432)
    n = x1 * w1 + x2 * w2 + b
    e = (2 * n).exp()
    o = (e - 1) / (e + 1)
    o.backward()

    # a few roundings of numbers below 10
    assert 0.7071067811865477 == pytest.approx(o.data, rel=0, abs=1e-12)
    assert [-1.5, 1.0, 0.5, 0.0] == pytest.approx(
        [x1.grad, w1.grad, x2.grad, w2.grad], rel=0, abs=1e-12
    )

"""`Value`: a number you calculate with as with any other."""

import math
from fractions import Fraction

import pytest

from micrograd import Value
from micrograd.engine import Value as ClassicValue


def test_the_neuron_of_the_tutorial():
    """Two inputs, two weights, a bias and tanh give the numbers of Karpathy's lecture."""
    x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
    w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
    b = Value(6.8813735870195432, label="b")
    o = (x1 * w1 + x2 * w2 + b).tanh()
    o.backward()

    # the bias was chosen so that o = 1/sqrt(2); a few roundings of numbers below 10
    assert 0.7071067811865477 == pytest.approx(o.data, rel=0, abs=1e-12)
    assert [-1.5, 1.0, 0.5, 0.0] == pytest.approx(
        [x1.grad, w1.grad, x2.grad, w2.grad], rel=0, abs=1e-12
    )
    assert 0.5 == pytest.approx(b.grad, rel=0, abs=1e-12)
    assert 1.0 == o.grad


def test_the_first_graph_of_the_tutorial():
    """L = (a*b + c) * f: every gradient of the lecture's first drawing."""
    a, b, c, f = Value(2.0), Value(-3.0), Value(10.0), Value(-2.0)
    e = a * b
    d = e + c
    loss = d * f
    loss.backward()

    assert -8.0 == loss.data
    assert [6.0, -4.0, -2.0, 4.0, -2.0, -2.0] == [x.grad for x in (a, b, c, f, d, e)]


def test_a_gradient_step_moves_the_result():
    """Moving every input along its gradient makes the result larger, as in the lecture."""
    a, b, c, f = Value(2.0), Value(-3.0), Value(10.0), Value(-2.0)
    before = (a * b + c) * f
    before.backward()
    for x in (a, b, c, f):
        x.data += 0.01 * x.grad
    after = (a * b + c) * f

    assert -7.286496 == pytest.approx(after.data, abs=1e-12)  # 2.06*-3.04... exact to rounding


@pytest.mark.parametrize(
    ("data", "number"),
    [(3, 3.0), (2.5, 2.5), (True, 1.0), (Fraction(1, 4), 0.25), (math.inf, math.inf), (-0.0, -0.0)],
)
def test_data_is_kept_as_a_float(data, number):
    """Every real number is accepted."""
    value = Value(data)

    assert number == value.data
    assert float is type(value.data)


def test_nan_is_a_number_here():
    """nan is a float like any other."""
    assert math.isnan(Value(math.nan).data)


@pytest.mark.parametrize("data", ["3.5", None, [1.0], (1.0,), 1j, {}, b"1", object, Value(1.0)])
def test_other_data_is_an_error(data):
    """What is not a real number is refused, and the error says what came."""
    with pytest.raises(TypeError, match=f"Value needs a number, got {type(data).__name__} "):
        Value(data)


def test_a_long_argument_is_shortened_in_the_error():
    """The error stays readable whatever came."""
    with pytest.raises(TypeError) as caught:
        Value([0.125] * 1000)

    assert 100 > len(str(caught.value))


def test_an_integer_beyond_floats_is_an_error():
    """10**400 has no float."""
    with pytest.raises(ValueError, match="in the range of a float"):
        Value(10**400)
    with pytest.raises(ValueError, match="in the range of a float"):
        Value(1.0) + 10**400


@pytest.mark.parametrize("other", ["1", None, [1.0], 1j])
def test_arithmetic_with_something_else_is_an_error(other):
    """A type error as for plain numbers, on either side."""
    x = Value(1.0)

    with pytest.raises(TypeError):
        x + other
    with pytest.raises(TypeError):
        other + x
    with pytest.raises(TypeError):
        x * other
    with pytest.raises(TypeError):
        other * x


def test_numbers_on_either_side():
    """`2 * x + 1` and `1 + x * 2` are the same, and have the same gradient."""
    x, y = Value(3.0), Value(3.0)
    left, right = 2 * x + 1, 1 + y * 2
    left.backward()
    right.backward()

    assert 7.0 == left.data == right.data
    assert 2.0 == x.grad == y.grad


def test_sums_of_lists_work():
    """`sum` starts from the plain number 0."""
    xs = [Value(1.0), Value(2.0), Value(3.0)]
    total = sum(xs)
    total.backward()

    assert 6.0 == total.data
    assert [1.0, 1.0, 1.0] == [x.grad for x in xs]


def test_products_of_lists_work():
    """`math.prod` starts from the plain number 1."""
    xs = [Value(2.0), Value(3.0), Value(4.0)]
    product = math.prod(xs)
    product.backward()

    assert 24.0 == product.data
    assert [12.0, 8.0, 6.0] == [x.grad for x in xs]


def test_adding_in_place_rebinds():
    """`a += 1` makes a new node; another name for the old one keeps it."""
    a = b = Value(1.0)
    a += 1

    assert (2.0, 1.0) == (a.data, b.data)
    assert a is not b


def test_multiplying_in_place_rebinds():
    """The same for `*=`."""
    a = b = Value(3.0)
    a *= a

    assert (9.0, 3.0) == (a.data, b.data)


@pytest.mark.parametrize(
    "expression",
    [
        lambda x: x - 1,
        lambda x: 1 - x,
        lambda x: -x,
        lambda x: x / 2,
        lambda x: 2 / x,
        lambda x: x**2,
        lambda x: 2**x,
        lambda x: abs(x),
        lambda x: x < 1,
        lambda x: float(x),
    ],
)
def test_what_stage_2_brings_is_not_here(expression):
    """Stage 1 has `+`, `*` and `tanh`; everything else is an error as for any other object."""
    with pytest.raises(TypeError):
        expression(Value(3.0))


@pytest.mark.parametrize("name", ["exp", "log", "relu", "sigmoid", "sin", "sqrt", "maximum"])
def test_functions_of_stage_2_are_not_here(name):
    """Nor is any other function."""
    assert not hasattr(Value, name)


def test_values_are_compared_by_identity():
    """Two Values of one number are two Values: they work in sets and as keys."""
    a, b = Value(1.0), Value(1.0)

    assert a != b
    assert 2 == len({a, b})
    assert {a: "a", b: "b"}[a] == "a"


def test_repr_shows_data_and_gradient():
    """What a notebook shows for a Value."""
    x = Value(3.0)
    y = 2 * x
    y.backward()

    assert "Value(data=3.0, grad=2.0)" == repr(x)


def test_repr_shows_the_label():
    """And its label where it has one."""
    assert "Value(data=3.0, grad=0.0, label='x')" == repr(Value(3.0, label="x"))


def test_a_label_can_be_given_later():
    """Results get their names after they were made."""
    y = Value(1.0) + 2
    without = y.label
    y.label = "y"

    assert ("", "y") == (without, y.label)


def test_gradients_start_at_zero_and_can_be_reset():
    """A training loop by hand sets `grad = 0.0` between two steps."""
    x = Value(3.0)
    at_first = x.grad
    (x * x).backward()
    x.grad = 0.0
    (x * 2).backward()

    assert 0.0 == at_first
    assert 2.0 == x.grad


def test_data_can_be_moved():
    """Gradient descent by hand writes to `data`; the next expression uses the new number."""
    x = Value(3.0)
    x.data += -0.5

    assert 5.0 == (x * 2).data


def test_the_classic_import_path_is_the_same_class():
    """`from micrograd.engine import Value` as in the original."""
    assert Value is ClassicValue

"""The edges of arithmetic, row by row: IEEE results and the gradients that PyTorch gives.

The rows are numbered as in the project's table of edge cases (A: scalar engine). Results and
gradients were computed with PyTorch in float64.
"""

import math
import operator
from math import inf, nan

import pytest

from micrograd_plus import Op, Value, topological_order


def reused(x):
    """A node used at three depths (A7)."""
    y = x * x
    z = y + x
    return y * z + z * x + y


# id, function of Values, inputs, result, gradients
ROWS = [
    ("A1", lambda x: x + x, [3], 6, [2]),
    ("A2", lambda x: x * x, [3], 9, [6]),
    ("A3", lambda x: x - x, [3], 0, [0]),
    ("A4", lambda x: x / x, [5], 1, [0]),
    ("A5", lambda x: x / x, [0], nan, [nan]),
    ("A6", lambda x: (x + x) + (x + x), [3], 12, [4]),
    ("A6-named", lambda x: (a := x + x) + a, [3], 12, [4]),
    ("A7", reused, [2], 40, [64]),  # x**4 + 2*x**3 + 2*x**2
    ("A8", lambda x: x**0, [0], 1, [0]),
    ("A9", lambda x: x**-1, [0], inf, [-inf]),
    ("A10", lambda x: x**0.5, [0], 0, [inf]),
    ("A11-one", lambda x: x**1, [0], 0, [1]),
    ("A11-two", lambda x: x**2, [0], 0, [0]),
    ("A12", lambda x: x ** (1 / 3), [-8], nan, [nan]),
    ("A12-Values", lambda x, y: x**y, [-8, 1 / 3], nan, [nan, nan]),
    ("A13", lambda x, y: x**y, [2, 3], 8, [12, 5.545177444479562]),
    ("A14", lambda x, y: x**y, [-2, -3], -0.125, [-0.1875, nan]),
    ("A15-two", lambda x, y: x**y, [0, 2], 0, [0, 0]),
    ("A15-zero", lambda x, y: x**y, [0, 0], 1, [0, 0]),
    ("A15-minus-one", lambda x, y: x**y, [0, -1], inf, [-inf, -inf]),
    ("A15-two-constant", lambda y: 0**y, [2], 0, [0]),
    ("A15-zero-constant", lambda y: 0**y, [0], 1, [0]),
    ("A15-minus-one-constant", lambda y: 0**y, [-1], inf, [-inf]),
    ("A16", lambda y: 2**y, [3], 8, [5.545177444479562]),
    ("A17", lambda x: x**400, [10.0], inf, [inf]),
    ("A17-Values", lambda x, y: x**y, [10.0, 400], inf, [inf, inf]),
    ("A17-constant", lambda y: 10.0**y, [400], inf, [inf]),
    ("A17-negative", lambda x: x**401, [-10.0], -inf, [inf]),
    ("A18", lambda x: x.exp(), [1000], inf, [inf]),
    ("A19", lambda x: x.exp(), [-1000], 0, [0]),
    ("A20", lambda x: x.log(), [0], -inf, [inf]),
    ("A20-minus-zero", lambda x: x.log(), [-0.0], -inf, [-inf]),
    ("A21", lambda x: x.log(), [-1], nan, [-1]),
    ("A22-zero", lambda x: x.sqrt(), [0], 0, [inf]),
    ("A22-negative", lambda x: x.sqrt(), [-1], nan, [nan]),
    ("A23", lambda x: 1 / x, [0], inf, [-inf]),
    ("A23-Values", lambda x, y: x / y, [1, 0], inf, [inf, -inf]),
    ("A23-constant", lambda x: x / 0, [1], inf, [inf]),
    ("A23-minus", lambda x: -1 / x, [0], -inf, [inf]),
    ("A23-minus-zero", lambda x: 1 / x, [-0.0], -inf, [-inf]),
    ("A23-nan", lambda x: 0 / x, [0], nan, [nan]),
    ("A24", lambda x: x / 49, [49], 1.0, [1 / 49]),
    ("A24-Values", lambda x, y: x / y, [49, 49], 1.0, [1 / 49, -1 / 49]),
    ("A25", lambda x: x.relu(), [0.0], 0, [0]),
    ("A25-minus", lambda x: x.relu(), [-0.0], 0, [0]),
    ("A26", lambda x: x.relu(), [nan], nan, [1]),
    ("A27", lambda x: x.relu(), [inf], inf, [1]),
    ("A27-minus", lambda x: x.relu(), [-inf], 0, [0]),
    ("A28-sigmoid", lambda x: x.sigmoid(), [1000], 1, [0]),
    ("A28-sigmoid-minus", lambda x: x.sigmoid(), [-1000], 0, [0]),
    ("A28-tanh", lambda x: x.tanh(), [1000], 1, [0]),
    ("A28-tanh-minus", lambda x: x.tanh(), [-1000], -1, [0]),
    ("A28-softplus", lambda x: x.softplus(), [1000], 1000, [1]),
    ("A28-softplus-minus", lambda x: x.softplus(), [-1000], 0, [0]),
    ("A29", lambda x: x - x, [inf], nan, [0]),
    ("A30", lambda x: x * inf, [0], nan, [inf]),
    ("A30-Values", lambda x, y: x * y, [0, inf], nan, [inf, 0]),
    # the project's own additions, in the same spirit
    ("kink-abs", lambda x: abs(x), [0], 0, [0]),
    ("abs-nan", lambda x: abs(x), [nan], nan, [nan]),  # PyTorch: 0, though nothing is known of nan
    ("kink-leaky", lambda x: x.leaky_relu(0.1), [0], 0, [0.1]),
    ("tie-max", lambda x, y: x.maximum(y), [2, 2], 2, [0.5, 0.5]),
    ("tie-min", lambda x, y: x.minimum(y), [2, 2], 2, [0.5, 0.5]),
    ("tie-max-constant", lambda x: x.maximum(2), [2], 2, [0.5]),
    ("tie-max-itself", lambda x: x.maximum(x), [2], 2, [1]),
    ("max-nan-left", lambda x, y: x.maximum(y), [nan, 1], nan, [1, 1]),
    ("max-nan-right", lambda x, y: x.maximum(y), [1, nan], nan, [1, 1]),
    ("min-nan-right", lambda x, y: x.minimum(y), [1, nan], nan, [1, 1]),
    ("sin-inf", lambda x: x.sin(), [inf], nan, [nan]),
    ("cos-inf", lambda x: x.cos(), [-inf], nan, [nan]),
    ("exp-minus-inf", lambda x: x.exp(), [-inf], 0, [0]),
    ("sqrt-inf", lambda x: x.sqrt(), [inf], inf, [0]),
    ("pow-nan-zero", lambda x: x**0, [nan], 1, [0]),
    ("one-to-nan", lambda x: x**nan, [1], 1, [nan]),
    ("square-too-large", lambda x: x**2, [1e200], inf, [2e200]),
    ("edge-inside", lambda x: 1 / (1 / x), [0], 0, [nan]),
    ("edge-then-flat", lambda x: x.log().exp(), [0], 0, [nan]),
    ("edge-unused", lambda x: (1 / x).minimum(5) * 2, [0], 10, [nan]),
]


@pytest.mark.parametrize(
    ("function", "inputs", "result", "gradients"),
    [pytest.param(*row[1:], id=row[0]) for row in ROWS],
)
def test_row(function, inputs, result, gradients):
    """Result and gradients are the table's; nan equals nan here, and nothing is rounded."""
    leaves = [Value(x) for x in inputs]
    out = function(*leaves)
    out.backward()

    exactly = {"rel": 0, "abs": 0, "nan_ok": True}
    assert result == pytest.approx(out.data, **exactly)
    assert gradients == pytest.approx([leaf.grad for leaf in leaves], **exactly)
    assert {float} == {type(x) for node in topological_order(out) for x in (node.data, node.grad)}


def test_a31_backward_twice():
    """A31: y = (2x) * 3 gives 6 per pass; the interior gradient is not stale, so 12 and not 18."""
    x = Value(1.0)
    y = (2 * x) * 3
    y.backward()
    y.backward()

    assert 12.0 == x.grad


def test_a32_two_expressions_that_share_a_leaf():
    """A32: the leaf receives from both."""
    x = Value(3.0)
    (x**2).backward()
    (5 * x).backward()

    assert 6.0 + 5.0 == x.grad


def test_a33_a_new_graph_after_clearing_the_leaves():
    """A33: clearing the leaves is enough, no gradient of the last step comes back."""
    x = Value(3.0)
    (x**2 / 2).backward()
    x.grad = 0.0
    (x**2 / 2).backward()

    assert 3.0 == x.grad


@pytest.mark.parametrize("op", ["iadd", "isub", "imul", "itruediv", "ipow"])
def test_a34_in_place_operators_rebind(op):
    """A34: `a += 2` makes a new Value; another name for the old one keeps it."""
    a = b = Value(3.0)
    a = getattr(operator, op)(a, 2)

    assert (3.0, None) == (b.data, b.op)
    assert a is not b
    assert getattr(operator, op)(3.0, 2) == a.data


def test_a35_sum_and_product_of_lists():
    """A35: `sum` starts with the number 0, `math.prod` with 1."""
    v = Value(3.0)
    total = sum([v, v]) + math.prod([v, v])
    total.backward()

    assert 15.0 == total.data
    assert 8.0 == v.grad


def test_a38_a_boolean_exponent():
    """A38: True is the number 1 (NumPy's numbers have a test where NumPy is installed)."""
    v = Value(3.0)
    (v**True).backward()

    assert 1.0 == v.grad
    assert 3.0 == (v**True).data
    assert 1.0 == (v**False).data


@pytest.mark.parametrize("exponent", ["2", None, [2], 2j])
def test_a38_an_exponent_that_is_no_number(exponent):
    """A38: a TypeError, not an AssertionError."""
    with pytest.raises(TypeError, match=f"needs a number, got {type(exponent).__name__}"):
        Value(3.0) ** exponent


@pytest.mark.parametrize("data", ["a", None, [1.0], 1j])
def test_a39_data_that_is_no_number(data):
    """A39: an error at construction, not three lines later."""
    with pytest.raises(TypeError, match=f"Value needs a number, got {type(data).__name__}"):
        Value(data)


def test_a40_integers_become_floats():
    """A40: true division, and gradients that are floats."""
    x, y = Value(2), Value(4)
    out = x / y
    out.backward()

    assert 0.5 == out.data
    assert [0.25, -0.125] == [x.grad, y.grad]
    assert [float] * 4 == [type(number) for number in (x.data, y.data, x.grad, y.grad)]


def test_a41_comparisons_look_at_the_data():
    """A41: `<` and its kind, with numbers and Values on either side."""
    one, two = Value(1.0), Value(2.0)

    assert [True, True, True, True] == [one < two, one <= 1, two > 1, two >= two]
    assert [False, False, False, False] == [two < one, two <= 1, one > 1, one >= two]
    assert [False, True, False, True] == [one < 1, one <= 1, two > 2, two >= 2]
    assert [True, True] == [0 < one, 3 >= two]
    assert [one, two] == sorted([two, one])
    assert two is max(one, two)


def test_a41_nan_compares_as_a_float_does():
    """A41: nan is neither smaller nor larger."""
    x = Value(nan)

    assert [False] * 4 == [x < 1, x > 1, x <= x, x >= x]


def test_a41_equality_is_identity():
    """A41: so that Values work in sets and as keys."""
    a, b = Value(1.0), Value(1.0)

    assert a != b
    assert a != 1.0
    assert 2 == len({a, b, a})
    assert "b" == {a: "a", b: "b"}[b]


def test_a42_conversions():
    """A42: `float`, `bool`, `abs` and the signs."""
    v = Value(-2.5)

    assert -2.5 == float(v)
    assert float is type(float(v))
    assert [True, False, True] == [bool(v), bool(Value(0.0)), bool(Value(nan))]
    assert v is +v
    assert [2.5, 2.5] == [abs(v).data, (-v).data]
    assert "2.5" == f"{float(abs(v)):.1f}"


def test_a44_backward_on_a_leaf():
    """A44: its gradient is 1."""
    x = Value(3.0)
    x.backward()

    assert 1.0 == x.grad


@pytest.mark.parametrize("forms", [(lambda x, y: x**y, lambda x, y: x**y.data)])
@pytest.mark.parametrize("base", [-2.0, -0.0, 0.0, 0.5, 1.0, 3.0, inf, nan])
@pytest.mark.parametrize("exponent", [-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0, inf, nan])
def test_powers_agree_in_both_forms(forms, base, exponent):
    """`x**2` and `x**Value(2)` give the same result and the same d/dx, also at every edge."""
    found = []
    for form in forms:
        x = Value(base)
        out = form(x, Value(exponent))
        out.backward()
        found.append([out.data, x.grad])

    # the constant exponent may be done in another order of two multiplications
    assert found[0] == pytest.approx(found[1], rel=1e-15, nan_ok=True)


@pytest.mark.parametrize(
    "name", ["exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "softplus", "relu", "__abs__"]
)
@pytest.mark.parametrize("data", [0.0, -0.0, 5e-324, 1.7e308, -1.7e308, inf, -inf, nan])
def test_no_python_error_escapes_from_functions(name, data):
    """Whatever goes in, a float comes out, forward and backward."""
    x = Value(data)
    out = getattr(x, name)()
    out.backward()

    assert [float, float] == [type(out.data), type(x.grad)]


@pytest.mark.parametrize("op", ["add", "sub", "mul", "truediv", "pow"])
@pytest.mark.parametrize("a", [0.0, -0.0, -2.5, 5e-324, 1.7e308, -1.7e308, inf, -inf, nan])
@pytest.mark.parametrize("b", [0.0, -0.0, -3.0, 5e-324, 1.7e308, -1.7e308, inf, -inf, nan])
def test_no_python_error_escapes_from_operators(op, a, b):
    """The same for two inputs, with Values and numbers on either side."""
    for left, right in [(Value(a), Value(b)), (a, Value(b)), (Value(a), b)]:
        out = getattr(operator, op)(left, right)
        out.backward()
        numbers = [x for node in topological_order(out) for x in (node.data, node.grad)]

        assert {float} == set(map(type, numbers))


def test_an_error_that_is_no_edge_stays_an_error():
    """Only arithmetic is done again: a mistake in one's own operation reaches its author."""

    def picky(x):
        raise ValueError("not this one")

    with pytest.raises(ValueError, match="not this one"):
        Op("picky", picky, lambda g, out, x: g)(Value(1.0))

"""The checker of gradients, checked: it must pass what is right and catch what is wrong."""

import math
import operator

import pytest

from micrograd_plus import GradientError, Op, Value, gradcheck, numeric_gradient, ops

RIGHT = [
    (lambda x: x * x, [3.0]),
    (lambda x, y: (x * y).tanh() + x / y, [0.5, -2.0]),
    (lambda x, y: x**y, [2.0, 3.0]),
    (lambda x: 3.0 * x.exp(), [-1.0]),
    (lambda x, y: y * 2, [1.0, 1.0]),  # an input that is not used
    (lambda x: x * 0 + 5, [1.0]),
    (lambda x: x.relu(), [0.5]),
    (lambda a, b, c: a.maximum(b) * c.sigmoid(), [1.0, 2.0, 3.0]),
]


def g_a(g, out, a, b):
    """d(a*b)/da."""
    return g * b


def g_b(g, out, a, b):
    """d(a*b)/db."""
    return g * a


@pytest.mark.parametrize(("func", "inputs"), RIGHT)
def test_right_gradients_pass(func, inputs):
    """True, and no exception."""
    assert gradcheck(func, inputs) is True


@pytest.mark.parametrize(
    "rules",
    [
        (lambda g, out, a, b: -g * b, g_b),
        (g_a, lambda g, out, a, b: -g * a),
        (lambda g, out, a, b: 1.01 * g * b, g_b),
        (g_a, lambda g, out, a, b: 0.99 * g * a),
        (lambda g, out, a, b: g, g_b),
        (g_a, lambda g, out, a, b: 0.0),
        (g_b, g_a),
        (g_a, None),
    ],
    ids=["sign-a", "sign-b", "1%-a", "1%-b", "missing-b", "zero", "swapped", "none"],
)
def test_wrong_rules_are_caught(rules):
    """A wrong sign, a missing factor, an error of 1 %, in the rule of either input."""
    wrong = Op("*", operator.mul, *rules)

    assert gradcheck(wrong, [3.0, -1.25], raise_exception=False) is False
    with pytest.raises(GradientError):
        gradcheck(wrong, [3.0, -1.25])


@pytest.mark.parametrize("name", sorted(set(ops.__all__) - {"power", "leaky_relu", "elu", "clip"}))
@pytest.mark.parametrize("factor", [-1.0, 0.0, 1.01, 0.99])
def test_a_wrong_rule_of_any_operation_is_caught(name, factor):
    """Each rule of each operation in turn, multiplied by a wrong factor."""
    op = getattr(ops, name)
    point = [0.75, 1.25][: len(op.backward)]
    for wrong, rule in enumerate(op.backward):
        if rule(1.0, op(*point), *point) == 0.0:
            continue  # the smaller one of a maximum
        rules = list(op.backward)
        rules[wrong] = lambda *arguments, rule=rule: factor * rule(*arguments)

        assert gradcheck(op, point)
        assert not gradcheck(Op(name, op.forward, *rules), point, raise_exception=False)


def test_the_error_names_everything():
    """Function, input, point, analytic and numeric value."""

    def halved(x, y):
        return Op("", operator.mul, g_a, lambda g, out, a, b: g * a / 2)(x, y)

    with pytest.raises(GradientError) as caught:
        gradcheck(halved, [3.0, 0.5])
    message = str(caught.value)

    assert all(part in message for part in ("halved", "input 1", "[3.0, 0.5]", "1.5"))
    assert "slope 3" in message or "slope 2.9999" in message


@pytest.mark.parametrize(
    ("func", "x"),
    [
        (lambda x: x.relu(), 0.0),
        (lambda x: (x - 1).leaky_relu(), 1.0),
    ],
)
def test_a45_a_kink_is_reported_as_one(func, x):
    """A45: no gradient could be right there."""
    with pytest.raises(GradientError, match="kink"):
        gradcheck(func, [x])


@pytest.mark.parametrize(("func", "x"), [(abs, 0.0), (lambda x: x.maximum(2), 2.0)])
def test_a45_a_symmetric_kink_is_reported_as_one(func, x):
    """A45: also where the gradient happens to be the mean of both slopes."""
    with pytest.raises(GradientError, match="kink"):
        gradcheck(func, [x])


def test_a45_a_function_that_changes_is_reported_as_one():
    """A45: a function with a random number or a counter inside."""
    calls = iter(range(100))

    with pytest.raises(GradientError, match="not deterministic"):
        gradcheck(lambda x: x * next(calls), [1.0])


@pytest.mark.parametrize("eps", [0, -1e-6, math.nan, math.inf])
def test_a45_a_step_of_no_length(eps):
    """A45: 0/0 is no slope."""
    with pytest.raises(ValueError, match="`eps`"):
        gradcheck(lambda x: x, [1.0], eps=eps)
    with pytest.raises(ValueError, match="`eps`"):
        numeric_gradient(lambda x: x, [1.0], eps=eps)


@pytest.mark.parametrize("x", [1e8, -1e8, 1e15, 1e-300, -1e-300, 5e-324, 0.0])
def test_a45_large_and_tiny_inputs(x):
    """A45: the step follows the size of the input, so x + eps is another number."""
    assert gradcheck(lambda x: 3 * x + 1, [x])
    assert gradcheck(lambda x: x * x, [x])


@pytest.mark.parametrize("x", [math.nan, math.inf])
def test_a45_inputs_that_are_not_finite(x):
    """A45: there is no slope to be measured."""
    with pytest.raises(ValueError, match="finite"):
        gradcheck(lambda x: x, [x])


@pytest.mark.parametrize("x", [1.0, 1e8])
def test_a45_a_step_that_is_lost(x):
    """A45: x + eps is x, so nothing moves."""
    with pytest.raises(ValueError, match="larger"):
        gradcheck(lambda x: x, [x], eps=1e-17)


@pytest.mark.parametrize(
    ("func", "x"),
    [
        (lambda x: x + 1e8, 1.0),  # the last digit of the result is 1.5e-8
        (lambda x: x.log(), 1e-5),  # curved: 5 % steeper on the left
        (lambda x: x.log(), 1e-7),  # a step of 1e-6 leaves the domain
        (lambda x: 1e9 * x * x, 0.0),
        (lambda x: (x - 1e-7).relu() + x, 0.0),  # a kink near the point is not one at it
    ],
)
def test_no_false_alarm(func, x):
    """What is hard to measure is measured with shorter steps, or less strictly."""
    wrong = Op("", lambda y: y, lambda g, out, y: 1.1 * g)

    assert gradcheck(func, [x])
    assert not gradcheck(lambda x: wrong(func(x) + x), [x], raise_exception=False)


@pytest.mark.parametrize("func", [Value.log, Value.sqrt])
@pytest.mark.parametrize("x", [1e-300, 0.0])
def test_a45_a_point_at_the_end_of_a_domain(func, x):
    """A45: the error does not blame the gradient."""
    with pytest.raises(GradientError, match=r"kink|no slope can be measured"):
        gradcheck(lambda x: func(x) + x, [x])


def test_no_inputs():
    """Nothing to check is a mistake."""
    with pytest.raises(ValueError, match="at least one input"):
        gradcheck(lambda: Value(1.0), [])


def test_a_function_that_returns_no_value():
    """A function that leaves the graph with `float` cannot be checked."""
    with pytest.raises(TypeError, match="returns a Value"):
        gradcheck(lambda x: float(x), [1.0])


def test_an_error_inside_the_function_is_its_own():
    """It is not taken for a wrong gradient."""
    with pytest.raises(ZeroDivisionError):
        gradcheck(lambda x: x * (1 / 0), [1.0], raise_exception=False)


def test_numeric_gradient_of_every_input():
    """One slope per input: x**y at (2, 3)."""
    # central difference, error ~ eps**2 from the curvature and 1e-16/eps from rounding
    assert [12.0, 8 * math.log(2)] == pytest.approx(
        numeric_gradient(lambda x, y: x**y, [2.0, 3.0]), rel=1e-8
    )


def test_the_tolerances_are_used():
    """A wide one lets an error of 1 % pass, a narrow one catches 0.001 %."""
    off = Op("", lambda x: x, lambda g, out, x: 1.01 * g)
    nearly = Op("", lambda x: x, lambda g, out, x: 1.00001 * g)

    assert gradcheck(off, [1.0], rtol=0.02)
    assert gradcheck(off, [1.0], atol=0.02)
    assert gradcheck(nearly, [1.0])
    assert not gradcheck(nearly, [1.0], rtol=1e-6, atol=1e-9, raise_exception=False)


def test_every_input_is_checked():
    """The last of many inputs is as important as the first."""

    def func(*xs):
        return sum(xs[:-1]) + Op("", lambda x: x, lambda g, out, x: 2 * g)(xs[-1])

    with pytest.raises(GradientError, match="input 4"):
        gradcheck(func, [1.0, 2.0, 3.0, 4.0, 5.0])


def test_the_engine_is_not_disturbed():
    """What the function captures has the gradients that it had."""
    w = Value(2.0)
    gradcheck(lambda x: x * w, [1.0])

    assert 0.0 == w.grad

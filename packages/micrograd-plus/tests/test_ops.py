"""Every operation against central differences and against a formula derived by hand.

The formulas are written in another form than the rules, and compute the results anew.
"""

import cmath
import math
from math import cos, cosh, exp, expm1, hypot, log, pi, sin, sinh, sqrt

import pytest

from micrograd import ops as stage1
from micrograd_plus import Op, Value, ops

EVERYWHERE = [-20.0, -3.0, -1.0, -0.3, 1e-3, 0.25, 1.0, 2.0, 7.5, 20.0]
POSITIVE = [1e-3, 0.25, 0.9, 1.0, 2.0, 7.5, 300.0]
NOT_ZERO = [-20.0, -3.0, -1.0, -0.3, 0.25, 1.0, 2.0, 7.5]
DIFFERENT = [(-3.0, 2.0), (2.0, -3.0), (-1.0, -0.5), (0.25, 7.0), (7.0, 0.25), (1e-3, -1e-3)]
PAIRS = [(a, b) for a in NOT_ZERO for b in NOT_ZERO]
POWERS = [(a, b) for a in POSITIVE[:-1] for b in (-2.5, -1.0, 0.5, 1.0, 3.0)]

# name, operation, result, derivative by each input, where
TABLE = [
    ("add", ops.add, lambda a, b: a + b, [lambda a, b: 1, lambda a, b: 1], PAIRS),
    ("sub", ops.sub, lambda a, b: a - b, [lambda a, b: 1, lambda a, b: -1], PAIRS),
    ("mul", ops.mul, lambda a, b: a * b, [lambda a, b: b, lambda a, b: a], PAIRS),
    ("div", ops.div, lambda a, b: a / b, [lambda a, b: b**-1, lambda a, b: -a / b**2], PAIRS),
    (
        "pow",
        ops.pow,
        lambda a, b: exp(b * log(a)),
        [lambda a, b: b / a * exp(b * log(a)), lambda a, b: log(a) * exp(b * log(a))],
        POWERS,
    ),
    ("neg", ops.neg, lambda x: 0 - x, [lambda x: -1], EVERYWHERE),
    ("power(0)", ops.power(0), lambda x: 1, [lambda x: 0], EVERYWHERE),
    ("power(1)", ops.power(1), lambda x: x, [lambda x: 1], EVERYWHERE),
    ("power(2)", ops.power(2), lambda x: x * x, [lambda x: x + x], EVERYWHERE),
    ("power(3)", ops.power(3), lambda x: x * x * x, [lambda x: 3 * x * x], EVERYWHERE),
    ("power(-1)", ops.power(-1), lambda x: 1 / x, [lambda x: -1 / (x * x)], NOT_ZERO),
    ("power(-2)", ops.power(-2), lambda x: 1 / x / x, [lambda x: -2 / x / x / x], NOT_ZERO),
    ("power(0.5)", ops.power(0.5), sqrt, [lambda x: 0.5 / sqrt(x)], POSITIVE),
    (
        "power(2.5)",
        ops.power(2.5),
        lambda x: x * x * sqrt(x),
        [lambda x: 2.5 * x * sqrt(x)],
        POSITIVE,
    ),
    ("exp", ops.exp, lambda x: expm1(x) + 1, [lambda x: sinh(x) + cosh(x)], EVERYWHERE[3:]),
    ("log", ops.log, lambda x: math.log2(x) * log(2), [lambda x: x**-1], POSITIVE),
    ("sqrt", ops.sqrt, lambda x: exp(log(x) / 2), [lambda x: exp(-log(x) / 2) / 2], POSITIVE),
    ("sin", ops.sin, lambda x: cos(x - pi / 2), [lambda x: sin(x + pi / 2)], EVERYWHERE),
    ("cos", ops.cos, lambda x: sin(x + pi / 2), [lambda x: cos(x + pi / 2)], EVERYWHERE),
    ("tanh", ops.tanh, lambda x: sinh(x) / cosh(x), [lambda x: cosh(x) ** -2], EVERYWHERE),
    (
        "sigmoid",
        ops.sigmoid,
        lambda x: (1 + math.tanh(x / 2)) / 2,
        [lambda x: 1 / (2 * cosh(x / 2)) ** 2],
        EVERYWHERE,
    ),
    (
        "softplus",
        ops.softplus,
        lambda x: log(1 + exp(x)),
        [lambda x: 1 / (1 + exp(-x))],
        EVERYWHERE,
    ),
    ("relu", ops.relu, lambda x: (x + abs(x)) / 2, [lambda x: float(x > 0)], EVERYWHERE),
    (
        "leaky_relu",
        ops.leaky_relu(),
        lambda x: x if x > 0 else x / 100,
        [lambda x: 1 if x > 0 else 0.01],
        EVERYWHERE,
    ),
    (
        "leaky_relu(0.25)",
        ops.leaky_relu(0.25),
        lambda x: x if x > 0 else x / 4,
        [lambda x: 1 if x > 0 else 0.25],
        EVERYWHERE,
    ),
    ("log1p", ops.log1p, lambda x: log(1 + x), [lambda x: (1 + x) ** -1], POSITIVE),
    ("expm1", ops.expm1, lambda x: exp(x) - 1, [lambda x: sinh(x) + cosh(x)], EVERYWHERE[3:]),
    (
        "elu",
        ops.elu(),
        lambda x: x if x > 0 else exp(x) - 1,
        [lambda x: 1 if x > 0 else exp(x)],
        EVERYWHERE,
    ),
    (
        "elu(0.25)",
        ops.elu(0.25),
        lambda x: x if x > 0 else exp(x) / 4 - 0.25,
        [lambda x: 1 if x > 0 else exp(x) / 4],
        EVERYWHERE,
    ),
    (
        "silu",
        ops.silu,
        lambda x: x / (1 + exp(-x)),
        [lambda x: (1 + exp(-x) + x * exp(-x)) / (1 + exp(-x)) ** 2],
        EVERYWHERE,
    ),
    (
        "gelu",
        ops.gelu,
        lambda x: x / 2 * (1 + math.tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))),
        [
            lambda x: (
                (1 + math.tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))) / 2
                + x
                / 2
                * (1 - math.tanh(sqrt(2 / pi) * (x + 0.044715 * x**3)) ** 2)
                * sqrt(2 / pi)
                * (1 + 0.134145 * x * x)
            )
        ],
        EVERYWHERE,
    ),
    (
        "clip",
        ops.clip(-0.5, 1.5),
        lambda x: sorted([-0.5, x, 1.5])[1],
        [lambda x: -0.5 < x < 1.5],
        EVERYWHERE,
    ),
    ("absolute", ops.absolute, lambda x: hypot(x), [lambda x: x / hypot(x)], EVERYWHERE),
    ("maximum", ops.maximum, max, [lambda a, b: a > b, lambda a, b: b > a], DIFFERENT),
    ("minimum", ops.minimum, min, [lambda a, b: a < b, lambda a, b: b < a], DIFFERENT),
]
CASES = [
    pytest.param(
        op,
        formula,
        derivatives,
        point if isinstance(point, tuple) else (point,),
        id=f"{name}-{point}",
    )
    for name, op, formula, derivatives, points in TABLE
    for point in points
]
METHODS = {
    "neg": lambda x: -x,
    "exp": Value.exp,
    "log": Value.log,
    "sqrt": Value.sqrt,
    "sin": Value.sin,
    "cos": Value.cos,
    "tanh": Value.tanh,
    "sigmoid": Value.sigmoid,
    "softplus": Value.softplus,
    "relu": Value.relu,
    "leaky_relu": Value.leaky_relu,
    "log1p": Value.log1p,
    "expm1": Value.expm1,
    "elu": Value.elu,
    "silu": Value.silu,
    "gelu": Value.gelu,
    "clip": Value.clip,
    "absolute": abs,
}
SETTINGS = {"leaky_relu": (0.01,), "elu": (1.0,), "clip": (-math.inf, math.inf)}
OPERATORS = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": lambda a, b: a**b,
}


def evaluated(op, point, g=1.0):
    """The result at a point, and the gradients where `g` arrives at the result."""
    leaves = [Value(x) for x in point]
    out = op(*leaves)
    (out * g).backward()
    return out.data, [leaf.grad for leaf in leaves]


@pytest.mark.parametrize(("op", "formula", "derivatives", "point"), CASES)
def test_formula(op, formula, derivatives, point):
    """Result and gradients are those of the formulas."""
    out, gradients = evaluated(op, point)

    # Both sides lose digits where numbers nearly cancel, such as in log(1 + exp(-20)).
    assert formula(*point) == pytest.approx(out, rel=1e-13, abs=1e-15)
    assert [d(*point) for d in derivatives] == pytest.approx(gradients, rel=1e-13, abs=1e-15)


@pytest.mark.parametrize(("op", "formula", "derivatives", "point"), CASES)
def test_central_difference(op, formula, derivatives, point):
    """The gradients are the slopes of the operation itself, whatever gradient arrives."""
    _, gradients = evaluated(op, point, g=-2.5)
    slopes = []
    for k, x in enumerate(point):
        h = 1e-5 * min(1.0, abs(x))
        above, below = (op(*point[:k], x + s * h, *point[k + 1 :]) for s in (1, -1))
        slopes.append(-2.5 * (above - below) / (2 * h))

    # left out: h**2 = 1e-10 of the third derivative; rounded away: 1e-16/h = 1e-11 of the result
    assert slopes == pytest.approx(gradients, rel=1e-7, abs=1e-7)


@pytest.mark.parametrize(("op", "formula", "derivatives", "point"), CASES)
def test_plain_numbers_in_plain_number_out(op, formula, derivatives, point):
    """Without a Value among the inputs an operation is the function itself."""
    out = op(*point)

    assert float is type(float(out))
    assert not isinstance(out, Value)
    assert evaluated(op, point)[0] == out


@pytest.mark.parametrize("name", METHODS)
def test_methods_are_the_operations(name):
    """`x.exp()` and `ops.exp(x)` make the same node."""
    x = Value(0.75)
    op = getattr(ops, name)
    op = op(*SETTINGS[name]) if name in SETTINGS else op
    by_method = METHODS[name](x)

    assert op(0.75) == by_method.data
    assert (op, (x,)) == (by_method.op, by_method.inputs)


@pytest.mark.parametrize("name", OPERATORS)
def test_operators_are_the_operations(name):
    """`a / b` and `ops.div(a, b)` make the same node, with a number on either side too."""
    a, b = Value(0.75), Value(2.0)
    operator, op = OPERATORS[name], getattr(ops, name)
    made = [operator(a, b), operator(a, 2.0), operator(0.75, b)]

    assert [op(0.75, 2.0)] * 3 == [out.data for out in made]
    assert [(a, b), (0.75, b)] == [made[0].inputs, made[2].inputs]
    assert [op, op] == [made[0].op, made[2].op]
    assert made[1].op in (op, ops.power(2.0))


@pytest.mark.parametrize("name", ["maximum", "minimum"])
def test_maximum_and_minimum_take_numbers_and_values(name):
    """The method of a Value takes either."""
    a, b = Value(0.75), Value(2.0)
    results = [
        getattr(a, name)(b),
        getattr(a, name)(2),
        getattr(b, name)(0.75),
        getattr(ops, name)(0.75, b),
    ]

    assert 1 == len({out.data for out in results})


def test_equal_settings_give_the_same_operation():
    """An operation with a setting is made once: it can be compared and cached by identity."""
    assert ops.power(3.0) is ops.power(3.0)
    assert ops.leaky_relu(0.2) is ops.leaky_relu(0.2)
    assert ops.power(3.0) is not ops.power(2.0)
    assert (Value(2.0) ** 3).op is (Value(5.0) ** 3.0).op is ops.power(3.0)


def test_names_are_what_drawings_show():
    """Short, and with the setting where there is one."""
    names = [op.name for op in (ops.div, ops.power(3), ops.power(-0.5), ops.pow, ops.exp)]

    assert ["/", "**3", "**-0.5", "**", "exp"] == names


def test_stage_1_operations_are_inherited_as_they_are():
    """`+` and `*` are the very same objects; tanh has the very same rule."""

    assert stage1.add.backward == ops.add.backward
    assert stage1.mul.backward == ops.mul.backward
    assert stage1.tanh.backward == ops.tanh.backward


def test_every_operation_of_the_module_stands_in_the_table():
    """A new operation needs a row above."""
    tested = {name.partition("(")[0] for name, *_ in TABLE}

    assert set(ops.__all__) == tested


@pytest.mark.parametrize("x", [-1e-9, -1e-17, 1e-17, 1e-9])
def test_small_numbers_keep_their_digits(x):
    """Where x is tiny: softplus is log 2 + x/2, sigmoid 1/2 + x/4, tanh x."""
    assert log(2) + x / 2 == pytest.approx(Value(x).softplus().data, rel=1e-15)
    assert 0.5 + x / 4 == pytest.approx(Value(x).sigmoid().data, rel=1e-15)
    assert x == pytest.approx(Value(x).tanh().data, rel=1e-15)


@pytest.mark.parametrize("x", [-700.0, -100.0, -40.0])
def test_far_left_tails_keep_their_digits(x):
    """sigmoid and softplus approach exp(x), and so do their gradients; nothing becomes 0 early."""
    for op in (ops.sigmoid, ops.softplus):
        out, [gradient] = evaluated(op, (x,))

        assert [exp(x)] * 2 == pytest.approx([out, gradient], rel=1e-13, abs=0)


def test_an_operation_defined_on_other_functions():
    """`op.on(f)` is the same calculus with its functions taken from `f`; here complex numbers.

    The imaginary part of f(x + ih)/h is the derivative without any cancellation.
    """

    for op, x in [
        (ops.exp, 1.5),
        (ops.log, 0.3),
        (ops.sqrt, 2.0),
        (ops.sin, 1.0),
        (ops.cos, -2.0),
        (ops.tanh, 0.4),
    ]:
        step = op.on(cmath).forward(complex(x, 1e-30)).imag / 1e-30

        # the square of the step, 1e-60, is far below a float's precision
        assert step == pytest.approx(evaluated(op, (x,))[1][0], rel=1e-14)


def test_an_operation_of_ones_own_follows_ieee():
    """An Op of this stage that divides by zero is done again with IEEE's answer."""
    inverse = Op("inverse", lambda x: 1.0 / x, lambda g, out, x: -g / (x * x))

    assert (math.inf, [-math.inf]) == evaluated(inverse, (0.0,))


def test_an_error_of_ones_own_operation_stays():
    """What is no arithmetic edge reaches its author."""

    def forward(x):
        raise ValueError("only on Sundays")

    with pytest.raises(ValueError, match="only on Sundays"):
        Op("sunday", forward, lambda g, out, x: g)(Value(1.0))

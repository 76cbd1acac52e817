"""Compiled functions: the same numbers as the eager engine, and an error where that cannot be."""

import math
import random
import struct

import pytest

from micrograd_plus import MLP, Value, binary_cross_entropy_with_logits, compile, ops
from micrograd_plus.op import Op


def bits(x):
    """The bytes of a float: tells 0.0 from -0.0, and nan equals nan."""
    return b"nan" if math.isnan(x) else struct.pack("<d", x)


def eager(func, *numbers):
    """Result and gradients by the eager engine."""
    values = [Value(x) for x in numbers]
    result = func(*values)
    result.backward()
    return result.data, tuple(v.grad for v in values)


EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, -8.0, 1e-320, 800.0, -800.0, math.inf, -math.inf, math.nan]
ONE = {
    "exp": Value.exp,
    "log": Value.log,
    "log1p": Value.log1p,
    "expm1": Value.expm1,
    "sqrt": Value.sqrt,
    "sin": Value.sin,
    "cos": Value.cos,
    "tanh": Value.tanh,
    "sigmoid": Value.sigmoid,
    "softplus": Value.softplus,
    "relu": Value.relu,
    "leaky_relu": Value.leaky_relu,
    "elu": Value.elu,
    "silu": Value.silu,
    "gelu": Value.gelu,
    "clip": lambda v: v.clip(-1, 1),
    "abs": abs,
    "neg": lambda v: -v,
    "**0": lambda v: v**0,
    "**-1": lambda v: v**-1,
    "**(1/3)": lambda v: v ** (1 / 3),
    "2 **": lambda v: 2**v,
    "1 /": lambda v: 1 / v,
    "0 *": lambda v: 0 * v - v,
    "logits": lambda v: binary_cross_entropy_with_logits([1.0], [v]),
}


@pytest.mark.parametrize("x", EDGES)
@pytest.mark.parametrize("name", ONE)
def test_every_operation_is_equal_to_the_last_bit_at_edges_too(name, x):
    """A compiled operation gives the bits of the eager one, where Python raises as well."""
    data, (slope,) = eager(ONE[name], x)
    result, (gradient,) = compile(ONE[name]).value_and_gradients(x)

    assert (bits(data), bits(slope)) == (bits(result), bits(gradient))


@pytest.mark.parametrize("b", EDGES)
@pytest.mark.parametrize("a", EDGES)
@pytest.mark.parametrize("name", ["add", "sub", "mul", "div", "pow", "maximum", "minimum"])
def test_every_pair_is_equal_to_the_last_bit(name, a, b):
    """As above for operations on two numbers."""
    op = getattr(ops, name)
    data, slopes = eager(op, a, b)
    result, gradients = compile(op).value_and_gradients(a, b)

    assert (bits(data), *map(bits, slopes)) == (bits(result), *map(bits, gradients))


def test_a_network_trains_to_the_last_bit():
    """Ten steps with the compiled backward pass give the weights of ten eager steps."""
    draw = random.Random(0).uniform
    rows = [([draw(-1, 1), draw(-1, 1)], draw(-1, 1)) for _ in range(5)]
    weights = []
    for compiled in (False, True):
        model = MLP(2, [4, 1], seed=3)
        loss = lambda x, y, model=model: (model(x) - y) ** 2  # noqa: E731
        fast = compile(loss)
        for _ in range(10):
            for x, y in rows:
                model.zero_grad()
                fast.backward(x, y) if compiled else loss(x, y).backward()
                for p in model.parameters():
                    p.data -= 0.1 * p.grad
        weights.append([p.data for p in model.parameters()])

    assert weights[0] == weights[1]


def test_what_is_captured_is_read_afresh():
    """A captured Value counts with the number that it has at the call, also inside of a product."""
    w = Value(3.0)
    f = compile(lambda x: x * (w * w))
    before = f(2.0).data
    w.data = 1.0

    assert (18.0, 2.0) == (before, f(2.0).data)


def test_a_computed_value_that_is_captured_stays_what_it_was():
    """As in the eager engine: it was computed before, and its past receives gradients."""
    w = Value(3.0)
    h = w * w
    f = compile(lambda x: x * h)
    w.data = 1.0
    result = f(2.0)
    result.backward()

    assert (18.0, 4.0) == (result.data, w.grad)  # d(x*w*w)/dw = 2*x*w with the w of now


def test_the_result_can_go_on_into_a_graph():
    """Values in, Values out, and backward() reaches arguments and what was captured."""
    w = Value(3.0)
    f = compile(lambda x: (x * w).tanh())
    x = Value(0.5)
    (f(x) * 2).backward()
    once = (x.grad, w.grad)
    expected = 2 * (1 - math.tanh(1.5) ** 2)

    assert once == pytest.approx((expected * 3, expected * 0.5), rel=1e-15)


def test_a_second_backward_adds_once_more():
    """A compiled node obeys the rule of all nodes, with the numbers of the moment."""
    f = compile(lambda x: x * x)
    x = Value(3.0)
    y = f(x)
    y.backward()
    y.backward()

    assert 12.0 == x.grad


def test_several_results_come_back_as_they_were_arranged():
    """Lists, tuples and dicts go in and out; what is no number stays."""
    f = compile(lambda p: {"sum": p["a"] + p["b"][0], "all": [p["a"] * 2, 7.0, "text"]})

    assert {"sum": 3.0, "all": [2.0, 7.0, "text"]} == f({"a": 1.0, "b": (2.0,)})


def test_gradients_come_back_arranged_like_the_arguments():
    """Each number in the arguments has its gradient in the same place."""
    f = compile(lambda p, x: p["w"] * x[0] + p["b"] * x[1])

    assert (8.0, ({"w": 1.0, "b": 2.0}, [2.0, 3.0])) == f.value_and_gradients(
        {"w": 2, "b": 3}, [1, 2.0]
    )


def test_each_arrangement_is_recorded_once():
    """Other lengths and other words record again; other numbers do not."""
    runs = []

    def total(xs, mode):
        runs.append(len(xs))
        return sum(xs) if mode == "sum" else xs[0]

    f = compile(total)
    results = [f([1.0, 2.0], "sum"), f([3.0, 4.0], "sum"), f([1.0, 2.0, 3.0], "sum"), f([5.0], "")]

    assert [3.0, 7.0, 6.0, 5.0] == results
    assert [2, 2, 3, 3, 1, 1] == runs  # twice each, to see that both do the same


@pytest.mark.parametrize(
    "looks",
    [
        lambda x: x if x > 0 else -x,
        lambda x: x * float(x),
        lambda x: x * 2 if x.data == 1 else x,
        lambda x: [1.0, 2.0][int(x.data)] * x,
        lambda x: math.sin(x) * x,
        lambda x: x and x * 2,
    ],
)
def test_looking_at_a_number_is_an_error(looks):
    """A function that branches on values has no single program: the error says so."""
    with pytest.raises((ValueError, TypeError), match="record"):
        compile(looks)(1.0)


def test_a_function_that_is_not_the_same_twice_is_an_error():
    """A random draw would be frozen at the first one."""
    with pytest.raises(ValueError, match="twice"):
        compile(lambda x: x * random.random())(1.0)


def test_names_of_arguments_cannot_break_the_program():
    """Arguments called like what programs use themselves are called otherwise."""
    f = compile(lambda g, v1, exp, d_x, nan: (g * v1).exp() * exp + d_x * nan)

    assert pytest.approx(math.exp(2.0) * 3 + 20) == f(1.0, 2.0, 3.0, 4.0, 5.0)


def test_a_name_with_a_line_break_is_only_a_name():
    """What a function is called cannot become a line of the program."""

    def f(x):
        return x * 2

    f.__name__ = "f\nraise SystemExit"

    assert 4.0 == compile(f)(2.0)


def test_an_operation_of_the_users_is_called():
    """An Op without a definition takes part as a call of its own functions."""
    cube = Op("cube", lambda x: math.pow(x, 3), lambda g, out, x: g * 3 * math.pow(x, 2))

    assert (8.0, (12.0,)) == compile(lambda x: cube(x)).value_and_gradients(2.0)


def test_a_result_that_is_no_single_number_has_no_gradients():
    """The error says what is needed."""
    with pytest.raises(TypeError, match="one number"):
        compile(lambda x: [x, x]).value_and_gradients(1.0)


def test_source_before_a_call_says_what_to_do():
    """There is nothing to show before the function was recorded."""
    with pytest.raises(ValueError, match="call it once"):
        _ = compile(lambda x: x).source


def test_backward_of_a_computed_argument_says_what_to_write():
    """The short cut ends at its inputs; the long way goes on."""
    with pytest.raises(TypeError, match="computed"):
        compile(lambda x: x * 2).backward(Value(1.0) * 2)

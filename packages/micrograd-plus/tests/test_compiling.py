"""Compiled functions: the same numbers as the eager engine, and an error where that cannot be."""

import collections
import copy
import math
import random
import struct
from fractions import Fraction

import pytest

from micrograd_plus import MLP, Value, binary_cross_entropy_with_logits, compile, ops, weighted_sum
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


def test_a_compiled_function_inside_another_becomes_part_of_it():
    """With arguments, constants and captured Values; to the last bit, gradients too."""
    w = Value(3.0)
    plain = lambda a: (a * w).tanh() + w  # noqa: E731
    inner = compile(plain)
    inner(2.0)  # recorded before

    def outer(x, inner):
        return inner(x) * inner(x * 2) + inner(Value(0.5))

    expected = eager(lambda x: outer(x, plain), 0.3)

    assert expected == compile(lambda x: outer(x, inner)).value_and_gradients(0.3)


def test_a_compiled_function_may_call_itself():
    """A recursion that ends by the arrangement needs no number to be known."""

    @compile
    def product(xs):
        return xs[0] if len(xs) == 1 else xs[0] * product(xs[1:])

    assert (24.0, ([12.0, 8.0, 6.0],)) == product.value_and_gradients([2.0, 3.0, 4.0])


def test_backward_inside_is_an_error_that_leaves_the_gradients():
    """The program would not repeat it, and there is no number to send back."""
    w = Value(3.0)

    @compile
    def step(x):
        loss = (x * w).tanh()
        loss.backward()
        return loss

    with pytest.raises(ValueError, match=r"backward\(\) inside"):
        step(1.0)
    assert 0.0 == w.grad


def test_backward_inside_is_an_error_where_all_is_captured():
    """Else it would be done while recording, and never again."""
    w = Value(3.0)

    @compile
    def step():
        loss = w * w
        loss.backward()
        return loss

    with pytest.raises(ValueError, match=r"backward\(\) inside"):
        step()


@pytest.mark.parametrize(
    "looks",
    [
        lambda x, w, u: x * w if w > 0 else x,
        lambda x, w, u: x * max(w, u),
        lambda x, w, u: x * (w or u),
        lambda x, w, u: x * float(w),
    ],
)
def test_looking_at_what_is_captured_is_an_error(looks):
    """A branch would stay as it was when the captured Value had another number."""
    w, u = Value(3.0), Value(1.0)
    with pytest.raises(ValueError, match="record"):
        compile(lambda x: looks(x, w, u))(1.0)
    assert looks(Value(1.0), w, u).data == 3.0  # and afterwards one may look again


Pair = collections.namedtuple("Pair", "a b")


@pytest.mark.parametrize(
    "returns",
    [
        lambda x: Pair(x, x),
        lambda x: {x},
        lambda x: (x * i for i in range(3)),
        lambda x: collections.OrderedDict(a=x),
        lambda x: x.data + 1,
        lambda x: copy.deepcopy(x),
        lambda x: x * x.data,
    ],
)
def test_no_unknown_number_gets_out(returns):
    """What cannot be filled with the numbers of a call is an error, not a left-over."""
    with pytest.raises((TypeError, ValueError), match="compile"):
        compile(returns)(1.0)


@pytest.mark.parametrize(
    "argument", [Pair(2.0, 3.0), iter([2.0, 3.0]), {2.0}, collections.OrderedDict(a=2.0)]
)
def test_an_argument_of_another_arrangement_is_an_error(argument):
    """It would be a constant, and its gradients missing."""
    with pytest.raises(TypeError, match=f"got {type(argument).__name__}"):
        compile(lambda p: Value(1.0) * 2).value_and_gradients(argument)


def test_arguments_by_name():
    """The result is called as the function is."""
    f = compile(lambda x, y=3.0, z=1.0: x * y - z)

    assert [5.0, 1.0, 5.0] == [f(2.0), f(2.0, z=5.0), f(z=1.0, x=2.0)]


def test_arguments_that_have_only_a_name():
    """They have no place among the inputs of a program."""

    def f(x, *, k):
        return x * k

    with pytest.raises(TypeError, match="k by name only"):
        compile(f)(1.0, k=2.0)


def test_an_argument_may_be_called_abs():
    """The name of the one function that programs have from Python itself."""
    assert 2 / (1 + math.exp(-1)) == compile(lambda abs, y: abs * y.sigmoid())(2.0, 1.0)


def test_a_number_that_is_returned_stays_a_number():
    """Values come out where Values are returned, as without compile."""
    number, value = compile(lambda x: [3.0, x * 2])(Value(1.0))

    assert (3.0, 2.0) == (number, value.data)
    assert type(number) is float


@pytest.mark.parametrize(
    "func",
    [
        lambda x: x + Value(0.0).log(),
        lambda x: x * (1 / Value(0.0)),
        lambda x: x / (Value(0.0) * 2),
        lambda x: x + Value(-1.0).sqrt(),
    ],
)
def test_an_undefined_point_among_constants(func):
    """The eager engine answers there too."""
    data, (slope,) = eager(func, 1.5)
    result, (gradient,) = compile(func).value_and_gradients(1.5)

    assert (bits(data), bits(slope)) == (bits(result), bits(gradient))


def test_a_setting_that_prints_itself_otherwise():
    """The text of a program has the number, not the text of its type."""
    f = lambda x: x.elu(Fraction(1, 2)) + x.leaky_relu(Fraction(1, 3))  # noqa: E731

    assert eager(f, -2.0) == compile(f).value_and_gradients(-2.0)


def test_a_sum_of_many_products():
    """As one line of text it would be too deep for Python's own compiler."""
    n = 4000
    f = compile(lambda x: weighted_sum([0.5] * n, x, 1.0))

    assert (2001.0, ([0.5] * n,)) == f.value_and_gradients([1.0] * n)


def test_the_log_loss_can_be_compiled_with_its_label_as_an_argument():
    """The check of labels is left out of a program; numbers and gradients are the eager ones."""
    w = Value(0.5)
    loss = lambda y, x: binary_cross_entropy_with_logits([y], [x * w])  # noqa: E731
    data = compile(loss).backward(1.0, 2.0)
    compiled, w.grad = w.grad, 0.0
    eager_loss = loss(1.0, 2.0)
    eager_loss.backward()

    assert (eager_loss.data, w.grad) == (data, compiled)


@pytest.mark.parametrize("y", EDGES)
@pytest.mark.parametrize("x", EDGES)
def test_several_results_at_undefined_points(x, y):
    """Without a gradient, too, what Python's arithmetic refuses is done by the eager engine."""

    def func(a, b):
        return [a / b, a.exp(), b.log(), a**b, b * Value(3.0).log()]

    fast = compile(func)
    for _ in range(2):
        expected = [out.data for out in func(Value(x), Value(y))]
        assert list(map(bits, expected)) == list(map(bits, fast(x, y)))

"""Random expressions of all operations: reverse mode against forward mode.

A dual number carries its derivatives along and needs no graph, no order and no adding up: it shares
nothing with the engine but arithmetic. Expressions are programs of a few steps, each on any numbers
made before it, so leaves and intermediate results are used again and again.
"""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from micrograd_plus import Value, ops, topological_order
from micrograd_plus.compiling import compile

MADE_WITH_SETTINGS = {ops.power, ops.leaky_relu, ops.elu, ops.clip}
LARGEST = 1e3  # a step whose result would be larger is left out


class Dual:
    """A number, its derivatives by the leaves, and how large the terms of each sum were."""

    def __init__(self, data, slopes, sizes):
        self.data, self.slopes, self.sizes = data, slopes, sizes

    def __repr__(self):
        return f"Dual({self.data}, {self.slopes})"


def step(data, *terms):
    """The chain rule: `terms` are pairs of a Dual and the derivative by it."""
    slopes = [sum(d * x.slopes[k] for x, d in terms) for k in range(LEAVES)]
    # a derivative such as 1 - tanh(x)**2 is rounded at the scale of 1, however small it is itself
    sizes = [sum((abs(d) + 1) * x.sizes[k] for x, d in terms) for k in range(LEAVES)]
    return Dual(data, slopes, sizes)


def logistic(x):
    """Sigmoid, by way of tanh."""
    return 0.5 + 0.5 * math.tanh(x / 2)


def gelu(x):
    """GELU and its derivative, by way of tanh."""
    scale = math.sqrt(2 / math.pi)
    t = math.tanh(scale * (x + 0.044715 * x**3))
    return x * (1 + t) / 2, (1 + t + x * (1 - t * t) * scale * (1 + 0.134145 * x * x)) / 2


LEAVES = 3
ONE = {
    # the operation on a Value, where it is smooth, the same on a Dual
    "neg": (lambda v: -v, lambda x: True, lambda x: (-x, -1.0)),
    "exp": (Value.exp, lambda x: x < 6, lambda x: (math.exp(x), math.exp(x))),
    "log": (Value.log, lambda x: x > 0.1, lambda x: (math.log(x), 1 / x)),
    "sqrt": (Value.sqrt, lambda x: x > 0.1, lambda x: (math.sqrt(x), 0.5 / math.sqrt(x))),
    "sin": (Value.sin, lambda x: True, lambda x: (math.sin(x), math.cos(x))),
    "cos": (Value.cos, lambda x: True, lambda x: (math.cos(x), -math.sin(x))),
    "tanh": (Value.tanh, lambda x: abs(x) < 300, lambda x: (math.tanh(x), math.cosh(x) ** -2)),
    "sigmoid": (
        Value.sigmoid,
        lambda x: True,
        lambda x: (logistic(x), logistic(x) * logistic(-x)),
    ),
    "softplus": (
        Value.softplus,
        lambda x: x < 300,
        lambda x: (math.log1p(math.exp(x)), logistic(x)),
    ),
    "relu": (Value.relu, lambda x: abs(x) > 1e-6, lambda x: (x, 1.0) if x > 0 else (0.0, 0.0)),
    "leaky_relu": (
        lambda v: v.leaky_relu(0.2),
        lambda x: abs(x) > 1e-6,
        lambda x: (x, 1.0) if x > 0 else (x / 5, 0.2),
    ),
    "log1p": (Value.log1p, lambda x: x > -0.9, lambda x: (math.log1p(x), 1 / (1 + x))),
    "expm1": (Value.expm1, lambda x: x < 6, lambda x: (math.expm1(x), math.exp(x))),
    "elu": (
        lambda v: v.elu(0.5),
        lambda x: abs(x) > 1e-6,
        lambda x: (x, 1.0) if x > 0 else (0.5 * math.expm1(x), 0.5 * math.exp(x)),
    ),
    "silu": (
        Value.silu,
        lambda x: True,
        lambda x: (x * logistic(x), logistic(x) * (1 + x * logistic(-x))),
    ),
    "gelu": (Value.gelu, lambda x: abs(x) < 300, gelu),
    "clip": (
        lambda v: v.clip(-2, 3),
        lambda x: abs(x + 2) > 1e-6 and abs(x - 3) > 1e-6,
        lambda x: (min(max(x, -2), 3), float(-2 < x < 3)),
    ),
    "abs": (abs, lambda x: abs(x) > 1e-6, lambda x: (x, 1.0) if x > 0 else (-x, -1.0)),
    "**3": (lambda v: v**3, lambda x: True, lambda x: (x * x * x, 3 * x * x)),
    "**-2": (lambda v: v**-2, lambda x: abs(x) > 0.1, lambda x: (1 / (x * x), -2 / x**3)),
    "**1.5": (lambda v: v**1.5, lambda x: x > 0.1, lambda x: (x * x**0.5, 1.5 * x**0.5)),
    "+ 0.5": (lambda v: v + 0.5, lambda x: True, lambda x: (x + 0.5, 1.0)),
    "2 *": (lambda v: 2 * v, lambda x: True, lambda x: (x + x, 2.0)),
    "1 -": (lambda v: 1 - v, lambda x: True, lambda x: (1 - x, -1.0)),
    "3 /": (lambda v: 3 / v, lambda x: abs(x) > 0.1, lambda x: (3 / x, -3 / (x * x))),
    "2 **": (lambda v: 2**v, lambda x: x < 9, lambda x: (2.0**x, 2.0**x * math.log(2))),
}
TWO = {
    "+": (lambda a, b: a + b, lambda a, b: True, lambda a, b: (a + b, 1.0, 1.0)),
    "-": (lambda a, b: a - b, lambda a, b: True, lambda a, b: (a - b, 1.0, -1.0)),
    "*": (lambda a, b: a * b, lambda a, b: True, lambda a, b: (a * b, b, a)),
    "/": (
        lambda a, b: a / b,
        lambda a, b: abs(b) > 0.1,
        lambda a, b: (a / b, 1 / b, -a / (b * b)),
    ),
    "**": (
        lambda a, b: a**b,
        lambda a, b: 0.1 < a < 10 and -3 < b < 3,
        lambda a, b: (a**b, b * a ** (b - 1), a**b * math.log(a)),
    ),
    "max": (
        Value.maximum,
        lambda a, b: abs(a - b) > 1e-6,
        lambda a, b: (a, 1.0, 0.0) if a > b else (b, 0.0, 1.0),
    ),
    "min": (
        Value.minimum,
        lambda a, b: abs(a - b) > 1e-6,
        lambda a, b: (a, 1.0, 0.0) if a < b else (b, 0.0, 1.0),
    ),
}
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(sorted(ONE)), st.integers(0, 99)),
        st.tuples(st.sampled_from(sorted(TWO)), st.integers(0, 99), st.integers(0, 99)),
    ),
    min_size=1,
    max_size=12,
)
# rounded so that two leaves are either equal or well apart
NUMBERS = st.lists(st.floats(-3, 3).map(lambda x: round(x, 3)), min_size=LEAVES, max_size=LEAVES)


def run(steps, numbers):
    """Take the steps that are possible; returns them as `(function, places)`, and the Duals."""
    unit = [[float(k == leaf) for k in range(LEAVES)] for leaf in range(LEAVES)]
    duals = [Dual(x, u, u) for x, u in zip(numbers, unit)]
    taken = []
    for name, *places in steps:
        function, smooth, derivatives = (ONE if len(places) == 1 else TWO)[name]
        places = [-1 - place % min(len(duals), 5) for place in places]  # of the latest five
        inputs = [duals[place] for place in places]
        data = [x.data for x in inputs]
        if not smooth(*data):
            continue
        result, *slopes = derivatives(*data)
        if abs(result) > LARGEST or max(map(abs, slopes)) > LARGEST:
            continue
        duals.append(step(result, *zip(inputs, slopes)))
        taken.append((function, places))
    return taken, duals


def retaken(taken, leaves):
    """The same steps on other numbers."""
    made = list(leaves)
    for function, places in taken:
        made.append(function(*[made[place] for place in places]))
    return made


@settings(max_examples=400, deadline=None)
@given(STEPS, NUMBERS)
def test_reverse_mode_equals_forward_mode(steps, numbers):
    """Value and all gradients of a random expression are those of dual numbers."""
    taken, duals = run(steps, numbers)
    leaves = [Value(x) for x in numbers]
    out = retaken(taken, leaves)[-1]
    out.backward()

    assert duals[-1].data == pytest.approx(out.data, rel=1e-10, abs=1e-10)
    for leaf, slope, size in zip(leaves, duals[-1].slopes, duals[-1].sizes):
        # both add the same terms in another order; roundings grow with the terms, not the sum
        assert slope == pytest.approx(leaf.grad, rel=0, abs=1e-10 * (1 + size))


@settings(max_examples=100, deadline=None)
@given(STEPS, NUMBERS)
def test_a_second_pass_adds_once_more(steps, numbers):
    """backward() twice: leaves have twice the gradient, results the same as after one."""
    taken, duals = run(steps, numbers)
    leaves = [Value(x) for x in numbers]
    out = retaken(taken, leaves)[-1]
    out.backward()
    computed = [node for node in topological_order(out) if node.op is not None]
    once = [node.grad for node in (*leaves, *computed)]
    out.backward()

    assert once[LEAVES:] == [node.grad for node in computed]
    for leaf, gradient, size in zip(leaves, once, duals[-1].sizes):
        # the second pass adds its terms one by one to the sum of the first
        assert 2 * gradient == pytest.approx(leaf.grad, rel=0, abs=1e-13 * (1 + size))


@settings(max_examples=100, deadline=None)
@given(STEPS, st.lists(st.integers(-3, 3), min_size=LEAVES, max_size=LEAVES))
def test_a_second_pass_adds_exactly_once_more_to_whole_numbers(steps, numbers):
    """With whole numbers and `+ - *` nothing is rounded: forward mode, once and twice, exactly."""
    whole = [step for step in steps if step[0] in ("+", "-", "*", "**3", "2 *", "1 -", "neg")]
    taken, duals = run(whole, [float(x) for x in numbers])
    leaves = [Value(x) for x in numbers]
    out = retaken(taken, leaves)[-1]
    passes = []
    for _ in range(3):
        out.backward()
        passes.append([leaf.grad for leaf in leaves])

    assert [[k * slope for slope in duals[-1].slopes] for k in (1, 2, 3)] == passes


@settings(max_examples=100, deadline=None)
@given(STEPS, NUMBERS)
def test_plain_numbers_give_the_same_value(steps, numbers):
    """The graph does not change what is computed: the functions alone give the same bits."""
    taken, _ = run(steps, numbers)
    out = retaken(taken, [Value(x) for x in numbers])[-1]
    data = {}
    for node in topological_order(out):
        inputs = [data[x] if isinstance(x, Value) else x for x in node.inputs]
        data[node] = node.data if node.op is None else node.op.forward(*inputs)

    assert {node: node.data for node in data} == data


@settings(max_examples=150, deadline=None)
@given(STEPS, NUMBERS, NUMBERS)
def test_compiled_equals_eager_to_the_last_bit(steps, numbers, others):
    """A compiled function, recorded once, gives the eager engine's bits, also at another point."""
    taken, _ = run(steps, numbers)
    compiled = compile(lambda *leaves: retaken(taken, leaves)[-1])
    if not taken:
        return
    for point in (numbers, others):
        leaves = [Value(x) for x in point]
        out = retaken(taken, leaves)[-1]
        out.backward()
        data, gradients = compiled.value_and_gradients(*point)

        # at another point the expression may be at an edge: nan is nan
        assert (repr(out.data), repr(tuple(x.grad for x in leaves))) == (
            repr(data),
            repr(tuple(gradients)),
        )


@settings(max_examples=100, deadline=None)
@given(STEPS, NUMBERS)
def test_every_class_inherits_every_operation(steps, numbers):
    """A subclass of Value makes its own kind all the way, with the same numbers."""

    class Mine(Value):
        __slots__ = ()

    taken, _ = run(steps, numbers)
    plain, mine = ([cls(x) for x in numbers] for cls in (Value, Mine))
    out, same = retaken(taken, plain)[-1], retaken(taken, mine)[-1]
    out.backward()
    same.backward()

    assert {Mine} == {type(node) for node in topological_order(same)}
    assert [out.data, *(x.grad for x in plain)] == [same.data, *(x.grad for x in mine)]


def test_every_operation_takes_part():
    """A new operation needs a line in the tables above."""
    one, two = Value(0.5), Value(2.0)
    made = [f(one).op for f, *_ in ONE.values()] + [f(one, two).op for f, *_ in TWO.values()]
    functions = {getattr(ops, name) for name in ops.__all__} - MADE_WITH_SETTINGS

    assert functions <= set(made)
    assert {"**3", "leaky_relu", "elu", "clip"} <= {op.name for op in made}

"""The graph: what a node remembers, the order of the walk, and how gradients are sent back."""

import gc
import math

import pytest

from micrograd import Node, Op, Value, add, mul, tanh, topological_order
from micrograd.graph import backward


class Watched(Value):
    """A Value that counts how many of its kind are alive."""

    __slots__ = ()
    alive = 0

    @classmethod
    def result(cls, *made):
        Watched.alive += 1
        return super().result(*made)

    def __del__(self):
        Watched.alive -= 1


@pytest.fixture
def no_collector():
    """Reference counting alone."""
    gc.disable()
    yield
    gc.enable()


def test_a_result_remembers_how_it_was_made():
    """A node holds its data, its operation and its inputs; constants stay plain numbers."""
    x = Value(3.0)
    y = 2 * x

    assert 6.0 == y.data
    assert mul is y.op
    assert (2.0, x) == y.inputs
    assert float is type(y.inputs[0])


def test_a_leaf_has_no_past():
    """A number that nobody computed has no operation and no inputs."""
    x = Value(3.0)

    assert x.op is None
    assert () == x.inputs


def test_an_operation_of_plain_numbers_is_a_plain_number():
    """Without a node there is nothing to remember."""
    assert 5.0 == add(2.0, 3.0)
    assert 6.0 == mul(2.0, 3.0)
    assert math.tanh(0.5) == tanh(0.5)


@pytest.mark.parametrize("op", [add, mul])
def test_operators_and_operations_agree(op):
    """`add(a, b)` and `a + b` make the same node, also with a constant on either side."""
    a, b = Value(2.0), Value(3.0)

    assert (op, (a, b)) == (op(a, b).op, op(a, b).inputs)
    assert (op, (2.0, b)) == (op(2, b).op, op(2, b).inputs)
    assert (op, (a, 3.0)) == (op(a, 3).op, op(a, 3).inputs)
    assert op(2.0, 3.0) == op(a, b).data == op(2, b).data == op(a, 3).data


def test_an_operation_checks_its_constants():
    """A wrong constant is named where it enters, not in the backward pass."""
    with pytest.raises(TypeError, match="needs a number, got str 'three'"):
        mul(Value(2.0), "three")


def test_an_operation_of_ones_own():
    """`Op(name, forward, *rules)` is all that a new operation needs."""
    cube = Op("cube", lambda x: x * x * x, lambda g, out, x: g * 3 * x * x)
    x = Value(2.0)
    y = cube(x)
    y.backward()

    assert 8.0 == y.data
    assert 12.0 == x.grad
    assert "Op('cube')" == repr(cube)


def test_an_input_without_a_rule_gets_no_gradient():
    """None in place of a rule: nothing flows to that input."""
    scale = Op("scale", lambda x, by: x * by, lambda g, out, x, by: g * by, None)
    x, by = Value(2.0), Value(5.0)
    scale(x, by).backward()

    assert (5.0, 0.0) == (x.grad, by.grad)


def test_an_error_of_a_forward_function_reaches_the_user():
    """Stage 1 hides nothing: an operation that raises, raises."""
    log = Op("log", math.log, lambda g, out, x: g / x)

    with pytest.raises(ValueError, match="math domain error"):
        log(Value(-1.0))


def test_an_error_of_a_rule_reaches_the_user():
    """The same for the backward pass."""
    halved = Op("", lambda x: x, lambda g, out, x: g / x)

    with pytest.raises(ZeroDivisionError):
        halved(Value(0.0)).backward()


def test_inputs_come_before_results_and_every_node_once():
    """The order is topological, complete, and ends with the root."""
    a, b = Value(2.0), Value(3.0)
    c = a * b
    d = c + a
    root = (d * c + b).tanh()
    order = topological_order(root)
    place = {node: i for i, node in enumerate(order)}

    assert 7 == len(order) == len(place)
    assert root is order[-1]
    assert all(place[x] < place[node] for node in order for x in node.inputs)


def test_constants_are_not_in_the_order():
    """Only nodes are walked."""
    x = Value(1.0)
    y = 2 * x + 3

    assert [x, y.inputs[0], y] == topological_order(y)


def test_the_order_of_a_leaf_is_itself():
    """A leaf is a graph of one node."""
    x = Value(1.0)

    assert [x] == topological_order(x)


def test_the_same_expression_is_walked_in_the_same_order():
    """The order depends on the expression, not on where objects lie in memory."""

    def operations():
        a, b = Value(2.0), Value(3.0)
        c = a * b + a
        return [node.op for node in topological_order((c * c + b * a).tanh())]

    assert all(operations() == again for again in [operations() for _ in range(20)])


def test_a_node_used_twice_adds_up_its_gradients():
    """d(a+a)/da = 2; storing instead of adding would give 1."""
    a = Value(3.0)
    (a + a).backward()

    assert 2.0 == a.grad


def test_a_node_passes_its_gradient_on_when_it_is_complete():
    """b feeds two results at different depths; a recursion without order would count one twice."""
    a = Value(2.0)
    b = a * a  # 4
    c = b * 3
    d = c * b  # 3 b**2 = 3 a**4
    d.backward()

    assert 12 * a.data**3 == a.grad
    assert 6 * b.data == b.grad


def test_every_node_has_its_gradient():
    """Interior gradients stay readable after the pass."""
    a = Value(2.0)
    b = a * 5
    c = b * b
    c.backward()

    assert (1.0, 20.0, 100.0) == (c.grad, b.grad, a.grad)


def test_second_backward_adds_to_leaves_only():
    """Calling backward() twice on one graph doubles the leaf gradient exactly."""
    x = Value(3.0)
    y = x * x
    z = y * 2
    z.backward()
    z.backward()

    assert 24.0 == x.grad
    assert 2.0 == y.grad
    assert 1.0 == z.grad


def test_backward_from_an_inner_node_starts_it_afresh():
    """A node that was inside one pass and is the root of the next has gradient 1."""
    x = Value(3.0)
    y = x * x
    z = y * 10
    z.backward()
    y.backward()

    assert 1.0 == y.grad
    assert 60.0 + 6.0 == x.grad


def test_results_that_share_nodes_do_not_leak_gradients():
    """A second root through the same interior node sends only its own gradient."""
    x = Value(3.0)
    shared = x * x
    first, second = shared * 10, shared * 100
    first.backward()
    second.backward()

    assert 100.0 == shared.grad
    assert 10.0 * 6 + 100.0 * 6 == x.grad


def test_backward_on_a_leaf_gives_it_one():
    """d x / d x = 1, once more with every call: a leaf keeps what it has."""
    x = Value(3.0)
    x.backward()
    x.backward()

    assert 2.0 == x.grad


def test_backward_leaves_the_data_alone():
    """A pass writes gradients and nothing else."""
    x, w = Value(3.0), Value(-0.25)
    y = (x * w + x).tanh()
    before = [(node.data, node.op, node.inputs) for node in topological_order(y)]
    y.backward()

    assert before == [(node.data, node.op, node.inputs) for node in topological_order(y)]


def test_backward_can_start_with_any_gradient():
    """The walk is linear in the gradient that it starts with."""
    x = Value(3.0)
    y = x * x
    backward(topological_order(y), -0.5)

    assert -0.5 == y.grad
    assert -3.0 == x.grad


def test_nodes_outside_the_graph_are_not_touched():
    """What the root was not made from keeps its gradient."""
    x, other = Value(3.0), Value(1.0)
    unrelated = other * x
    unrelated.backward()
    (x * 2).backward()

    assert 3.0 == other.grad
    assert 1.0 == unrelated.grad


@pytest.mark.usefixtures("no_collector")
def test_a_dropped_result_frees_its_graph_at_once():
    """Edges lead only from result to inputs, so there are no cycles to collect."""
    x = Watched(1.0)
    before = Watched.alive
    y = x
    for _ in range(100):
        y = (y * x + y).tanh()
    y.backward()
    grown = Watched.alive - before
    del y

    assert 300 == grown
    assert before == Watched.alive


@pytest.mark.usefixtures("no_collector")
def test_a_leaf_keeps_no_result_alive():
    """Parameters live through the whole training; the graphs of its steps do not."""
    w = Watched(1.0)
    before = Watched.alive
    for _ in range(10):
        (w * w).backward()

    assert before == Watched.alive


def test_a_subclass_makes_its_own_results():
    """Arithmetic on a class gives that class: stages extend by inheriting."""

    class Mine(Value):
        __slots__ = ()

    assert [Mine] * 4 == [
        type(y) for y in (Mine(1.0) + Mine(2.0), 1 + Mine(2.0), Mine(2.0) * 3, Mine(1.0).tanh())
    ]


def test_the_later_class_makes_the_result():
    """A Value and one of a subclass meet in the subclass, in both orders."""

    class Later(Value):
        __slots__ = ()

    assert [Later] * 4 == [
        type(y)
        for y in (
            Value(1.0) + Later(2.0),
            Later(2.0) + Value(1.0),
            Value(1.0) * Later(2.0),
            mul(Later(2.0), Value(1.0)),
        )
    ]


def test_classes_of_different_families_do_not_meet():
    """Neither is the later one: an error that names both, in both orders."""

    class Left(Value):
        __slots__ = ()

    class Right(Value):
        __slots__ = ()

    with pytest.raises(TypeError, match=r"'\+' cannot combine .*Left.*Right"):
        Left(1.0) + Right(2.0)
    with pytest.raises(TypeError, match=r"'\*' cannot combine .*Right.*Left"):
        Right(1.0) * Left(2.0)


def test_classes_that_hold_other_data_do_not_meet():
    """A class that holds another kind of data must be converted by hand, even if it inherits."""

    class Grid(Value):
        __slots__ = ()
        holds = "a grid"

    with pytest.raises(TypeError, match=r"Grid \(holds a grid\).*Value \(holds a number\)"):
        Grid(1.0) + Value(2.0)
    with pytest.raises(TypeError, match=r"Value \(holds a number\).*Grid \(holds a grid\)"):
        Value(2.0) * Grid(1.0)


def test_result_makes_a_leaf_when_nothing_made_it():
    """`Node.result(data)` alone is a leaf with no gradient yet."""
    node = Node.result(2.5)

    assert (2.5, 0.0, None, ()) == (node.data, node.grad, node.op, node.inputs)


def test_a_node_has_no_room_for_other_attributes():
    """Slots: a misspelt attribute is an error, and a node stays small."""
    x = Value(1.0)

    with pytest.raises(AttributeError):
        x.gard = 0.0

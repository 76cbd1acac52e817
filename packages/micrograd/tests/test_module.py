"""`Module`: parameters are found by looking, in the order in which they were defined."""

import os
import subprocess
import sys

from micrograd import MLP, Layer, Module, Neuron, Value


class Parts(Module):
    """A module made of whatever it is given."""

    def __init__(self, **parts):
        vars(self).update(parts)


def names(module):
    """The paths of a module's parameters."""
    return [name for name, _ in module.named_parameters()]


def test_names_are_paths_from_the_module():
    """A parameter is called by the attributes and places that lead to it."""
    expected = [
        f"layers.{layer}.neurons.{neuron}.{part}"
        for layer, width in enumerate([2, 1])
        for neuron in range(width)
        for part in ("weights.0", "weights.1", "bias")
    ]

    assert expected == names(MLP(2, [2, 1], seed=0))


def test_parameters_are_the_named_ones():
    """`parameters()` and `named_parameters()` list the same nodes in the same order."""
    model = MLP(3, [4, 4, 1], seed=0)

    assert model.parameters() == [parameter for _, parameter in model.named_parameters()]
    assert 41 == len(model.parameters())


def test_modules_in_plain_lists_tuples_and_dicts_are_found():
    """Nothing needs registering: an ordinary container is enough."""
    model = Parts(
        a=[Neuron(1), (Neuron(1),)],
        b={"first": Neuron(1), 2: [Value(0.0)]},
    )

    assert [
        "a.0.weights.0",
        "a.0.bias",
        "a.1.0.weights.0",
        "a.1.0.bias",
        "b.first.weights.0",
        "b.first.bias",
        "b.2.0",
    ] == names(model)


def test_attributes_need_no_call_of_super():
    """A module of one's own may set its attributes right away."""

    class Line(Module):
        def __init__(self):
            self.slope = Value(1.0)
            self.offset = Value(0.0)

        def __call__(self, x):
            return self.slope * x + self.offset

    assert ["slope", "offset"] == names(Line())


def test_an_attribute_added_later_is_found():
    """Parameters are looked for at every call."""
    model = Parts(a=Value(1.0))
    model.b = Value(2.0)

    assert ["a", "b"] == names(model)


def test_an_attribute_replaced_by_none_is_gone():
    """Setting None takes a parameter away."""
    model = Parts(a=Value(1.0), b=Value(2.0))
    model.a = None

    assert ["b"] == names(model)


def test_a_shared_part_is_named_once_by_the_first_path():
    """A layer that is used twice is trained once."""
    layer = Layer(1, 1)
    model = Parts(encoder=layer, decoder=layer)

    assert ["encoder.neurons.0.weights.0", "encoder.neurons.0.bias"] == names(model)


def test_a_shared_parameter_is_named_once():
    """The same for a tied weight."""
    weight = Value(1.0)

    assert ["a"] == names(Parts(a=weight, b=[weight], c={"x": weight}))


def test_a_shared_list_is_walked_once():
    """And for a list of parts."""
    shared = [Value(1.0), Value(2.0)]

    assert ["a.0", "a.1"] == names(Parts(a=shared, b=shared))


def test_a_module_that_contains_itself_is_walked_once():
    """A cycle ends the walk, not the program."""
    model = Parts(weight=Value(1.0))
    model.me = model
    model.list = [model, Value(2.0)]

    assert ["weight", "list.1"] == names(model)


def test_a_list_that_contains_itself_is_walked_once():
    """The same without a module in between."""
    endless = [Value(1.0)]
    endless.append(endless)

    assert ["a.0"] == names(Parts(a=endless))


def test_computed_values_are_not_parameters():
    """A result that a module keeps, such as its last output, is not trained."""
    w = Value(2.0)

    assert ["w"] == names(Parts(w=w, last=w * 3))


def test_other_attributes_are_passed_over():
    """Numbers, text, functions and sets have no parameters."""
    model = Parts(size=3, name="net", activation=Value.tanh, tags={"a"}, none=None, w=Value(1.0))

    assert ["w"] == names(model)


def test_a_module_without_parts_has_no_parameters():
    """An empty module, list and dict are fine."""
    assert [] == Parts().parameters()
    assert [] == Parts(a=[], b={}, c=(), d=Parts()).parameters()


def test_empty_parts_are_not_confused():
    """Python may give two empty containers one identity; what follows is found all the same."""
    assert ["c.0"] == names(Parts(a=(), b=(), c=(Value(1.0),)))


def test_the_order_does_not_depend_on_hashing():
    """Another process with another hash seed lists the same names."""
    program = (
        "from micrograd import *\n"
        "class M(Module):\n"
        "    def __init__(self):\n"
        "        self.parts = {key: Neuron(1) for key in ('zeta', 'alpha', 'mid')}\n"
        "        self.last = Layer(2, 2)\n"
        "print([name for name, _ in M().named_parameters()])\n"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }

    assert 1 == len(runs)
    assert runs.pop().startswith("['parts.zeta.weights.0', 'parts.zeta.bias', 'parts.alpha")

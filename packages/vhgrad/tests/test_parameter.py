"""`Parameter`: its dtype, what is computed from it, and PyTorch's word for frozen."""

import copy
import pickle

import numpy as np
import pytest

from vhgrad import Parameter, TensorValue


def test_parameters_are_float32_unless_they_come_as_floats():
    """Numbers, lists and whole numbers become float32; float arrays keep their dtype."""
    made = [1, [1.0, 2.0], np.arange(3), np.ones(2), np.ones(2, np.float16)]

    assert ["float32", "float32", "float32", "float64", "float16"] == [
        str(Parameter(data).dtype) for data in made
    ]


def test_what_is_computed_from_parameters_is_no_parameter():
    """Arithmetic, functions and matrix products of parameters make plain tensors."""
    w = Parameter([[1.0, 2.0]])
    made = [w + w, w * 2, 2 - w, w @ w.T, w.exp(), w.sum(), w**2, np.ones((1, 1)) @ w]

    assert {TensorValue} == {type(result) for result in made}


def test_b40_a_gradient_has_the_dtype_of_its_parameter():
    """Also where float64 arrives from above."""
    w = Parameter([1.0, 2.0])
    (w * np.ones(2)).sum().backward()

    assert np.float32 == w.grad.dtype


@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p))])
def test_copies_of_parameters_are_parameters(copied, frozen):
    """Copied and pickled, frozen or not, a parameter stays what it is and shares nothing."""
    w = Parameter([1.0, 2.0], label="w", dtype=np.float64)
    w.requires_grad = not frozen
    twin = copied(w)
    w.data = [0.0, 0.0]

    assert ([1.0, 2.0], "w", np.float64) == (twin.data.tolist(), twin.label, twin.dtype)
    assert type(w) is type(twin)


def test_requires_grad_is_the_opposite_of_frozen():
    """PyTorch's attribute and method say what `freeze` and `unfreeze` say."""
    w = Parameter([1.0])
    seen = [w.requires_grad]
    w.requires_grad = False
    seen.append(w.requires_grad)
    seen.append(w.requires_grad_().requires_grad)
    seen.append(w.requires_grad_(False).requires_grad)

    assert [True, False, True, False] == seen


def test_a_subclass_of_parameter_says_that_it_cannot_be_frozen():
    """It has a class to keep."""

    class Scale(Parameter):
        pass

    with pytest.raises(TypeError, match=r"freeze\(\) knows Parameter only.*Scale.*detach"):
        Scale(1.0).freeze()


def test_a_parameter_is_not_made_of_a_tensor():
    """The graph of the tensor would be lost unseen."""
    with pytest.raises(TypeError, match="needs numbers"):
        Parameter(TensorValue(1.0))


def test_a_parameter_can_be_made_frozen():
    """`requires_grad=False` is `freeze()` at once; a second argument without a name is refused."""
    made = Parameter([1.0], requires_grad=False)
    with pytest.raises(TypeError, match="write requires_grad=False"):
        Parameter([1.0], False)

    assert not made.requires_grad
    made.unfreeze()
    assert made.requires_grad

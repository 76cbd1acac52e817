"""Operations on arrays of random shapes and with random indices, against NumPy and by adding up."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import microgradx as mx
from microgradx import TensorValue, gradcheck
from microgradx.broadcasting import unbroadcast

BINARY = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "max": lambda a, b: a.maximum(b),
    "where": lambda a, b: mx.where(np.array(True), a, b),
}
REDUCTIONS = ["sum", "mean", "max", "min", "prod", "var", "std"]
LAYOUTS = {
    "C": np.ascontiguousarray,
    "Fortran": np.asfortranarray,
    "reversed": lambda x: x[(slice(None, None, -1),) * x.ndim],
}


def array(shape, seed=0):
    """Different numbers from 1 to 2, in random order."""
    size = int(np.prod(shape))
    numbers = 1 + np.random.default_rng(seed).permutation(size) / max(size, 1)
    return numbers.reshape(shape)


@given(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=4, max_side=3, min_side=0))
@settings(max_examples=100, deadline=None)
@pytest.mark.parametrize("name", BINARY)
def test_broadcast_shapes(name, shapes):
    """The result is NumPy's shape; each gradient has its input's shape and its sum of effects."""
    (left, right), result = shapes
    a, b = TensorValue(array(left, 1)), TensorValue(array(right, 2) + 0.01)
    out = BINARY[name](a, b)
    out.backward(np.ones(result))
    full_a, full_b = (TensorValue(np.broadcast_to(t.data, result)) for t in (a, b))
    BINARY[name](full_a, full_b).backward(np.ones(result))

    assert (result, left, right) == (out.shape, a.grad.shape, b.grad.shape)
    np.testing.assert_allclose(unbroadcast(full_a.grad, left), a.grad, rtol=1e-13)
    np.testing.assert_allclose(unbroadcast(full_b.grad, right), b.grad, rtol=1e-13)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_any_index_picks_as_numpy_does_and_adds_up(data):
    """Every entry of the gradient is the sum of what arrived where the entry had gone."""
    shape = data.draw(hnp.array_shapes(min_dims=1, max_dims=3, max_side=4))
    index = data.draw(
        st.one_of(
            hnp.basic_indices(shape, allow_newaxis=True),
            hnp.integer_array_indices(shape),
            hnp.arrays(bool, shape),
        )
    )
    x = TensorValue(array(shape))
    out = x[index]
    upstream = np.random.default_rng(1).normal(size=out.shape)
    out.backward(upstream)
    places = np.arange(x.size).reshape(shape)[index]
    expected = np.bincount(np.ravel(places), np.ravel(upstream), x.size).reshape(shape)

    np.testing.assert_array_equal(x.data[index], out.data)
    np.testing.assert_allclose(expected, x.grad, rtol=1e-13, atol=1e-13)


@given(st.data())
@settings(max_examples=60, deadline=None)
@pytest.mark.parametrize("name", REDUCTIONS)
def test_reductions_over_any_axes(name, data):
    """Result as NumPy's, gradient as measured, for any axes, kept or not, in any layout."""
    shape = data.draw(hnp.array_shapes(min_dims=0, max_dims=3, max_side=3))
    axes = st.one_of(st.none(), hnp.valid_tuple_axes(len(shape)))
    if shape:
        axes = st.one_of(axes, st.integers(-len(shape), len(shape) - 1))
    axis, keepdims = data.draw(axes), data.draw(st.booleans())
    x = LAYOUTS[data.draw(st.sampled_from(list(LAYOUTS)))](array(shape))
    result = getattr(TensorValue(x), name)(axis, keepdims=keepdims)
    expected = getattr(np, name)(x, axis, keepdims=keepdims)
    assume(name != "std" or np.all(expected > 0))  # a kink

    assert np.shape(expected) == result.shape
    np.testing.assert_allclose(expected, result.data, rtol=1e-12, atol=1e-15)
    assert gradcheck(lambda t: getattr(t, name)(axis, keepdims=keepdims), [x])


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_any_einsum(data):
    """Random subscripts: repeated letters, letters of one input only, dots, any order."""
    letters = "abc"
    lengths = {c: data.draw(st.integers(1, 3), c) for c in letters}
    terms = data.draw(st.lists(st.text(letters, max_size=3), min_size=1, max_size=3))
    used = sorted(set("".join(terms)))
    result = "".join(data.draw(st.permutations(used)))[: data.draw(st.integers(0, len(used)))]
    dots = data.draw(st.lists(st.sampled_from([(), (2,), (1,), (3, 2), (3, 1)]), min_size=3))
    shapes, parts = [], []
    for term, extra in zip(terms, dots):
        dotted = data.draw(st.booleans())
        parts.append(("..." if dotted else "") + term)
        shapes.append((extra if dotted else ()) + tuple(lengths[c] for c in term))
    subscripts = ",".join(parts)
    if data.draw(st.booleans()):
        subscripts += "->" + ("..." if "..." in subscripts else "") + result
    inputs = [array(shape, k) for k, shape in enumerate(shapes)]
    expected = np.einsum(subscripts, *inputs)

    np.testing.assert_allclose(expected, mx.einsum(subscripts, *inputs).data, rtol=1e-13)
    assert gradcheck(lambda *tensors: mx.einsum(subscripts, *tensors), inputs)


@given(hnp.array_shapes(min_dims=1, max_dims=3, max_side=4), st.data())
@settings(max_examples=50, deadline=None)
def test_joining_what_was_split_gives_it_back(shape, data):
    """`concatenate` undoes `split`, in numbers and in gradients."""
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    places = sorted(data.draw(st.lists(st.integers(0, shape[axis]), max_size=3)))
    x = TensorValue(array(shape))
    out = mx.concatenate(x.split(places, axis), axis)
    upstream = np.random.default_rng(1).normal(size=shape)
    out.backward(upstream)

    assert (x.data.tolist(), upstream.tolist()) == (out.data.tolist(), x.grad.tolist())


@given(hnp.array_shapes(min_dims=1, max_dims=3, max_side=4), st.data())
@settings(max_examples=50, deadline=None)
def test_take_and_take_along_axis_are_numpys(shape, data):
    """Along any axis, also of the flattened tensor, with repeated indices."""
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    index = st.integers(-shape[axis], shape[axis] - 1)
    indices = np.array(data.draw(st.lists(index, min_size=1, max_size=4)))
    along = np.argsort(array(shape, 3), axis)
    x = array(shape)

    np.testing.assert_array_equal(np.take(x, indices, axis), mx.take(x, indices, axis).data)
    np.testing.assert_array_equal(
        np.take_along_axis(x, along, axis), mx.take_along_axis(x, along, axis).data
    )
    assert gradcheck(lambda t: t.take(indices, axis), [x])
    assert gradcheck(lambda t: t.take_along_axis(along, axis), [x])

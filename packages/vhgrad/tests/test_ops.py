"""What the operations of stage 4 have in common: purity, settings, layouts, dtypes."""

import numpy as np
import pytest

from microgradx import TensorValue
from vhgrad import ops
from vhgrad.ops.windows import Sweep, pair, sweeps

rng = np.random.default_rng(0)
IMAGES = rng.normal(size=(2, 4, 6, 6))
OPS = {
    "convolution": (
        ops.convolution(*sweeps(3, 1, 1), groups=2),
        [IMAGES, rng.normal(size=(4, 2, 3, 3)), rng.normal(size=4)],
    ),
    "max_pool": (ops.max_pool(-1, Sweep(3, 2, 1, 1)), [IMAGES]),
    "avg_pool": (ops.avg_pool(-2, Sweep(2, 2)), [IMAGES]),
    "dropout": (ops.dropout(0.4), [IMAGES, rng.random(IMAGES.shape) > 0.4]),
    "gelu": (ops.gelu, [IMAGES]),
    "softplus": (ops.softplus(2.0, 1.0), [IMAGES]),
    "embedding": (ops.embedding(1), [np.array([0, 1, 2, 2]), rng.normal(size=(4, 3))]),
    "standardise": (
        ops.standardise((0, 2, 3), 1e-5),
        [IMAGES, ops.moments((0, 2, 3))(IMAGES).data],
    ),
}


def frozen(inputs):
    """Copies that raise where somebody writes into them."""
    copies = [x.copy() for x in inputs]
    for x in copies:
        x.setflags(write=False)
    return copies


@pytest.mark.parametrize(("op", "inputs"), OPS.values(), ids=OPS)
def test_forward_and_rules_are_pure(op, inputs):
    """Nothing is written into, and asked twice they answer the same."""
    raw = frozen(inputs)
    out = op.forward(*raw)
    out.setflags(write=False)
    [g] = frozen([rng.normal(size=out.shape)])

    assert np.array_equal(out, op.forward(*raw))
    for rule in op.backward:
        if rule is not None:
            assert np.array_equal(rule(g, out, *raw), rule(g, out, *raw))


@pytest.mark.parametrize(("op", "inputs"), OPS.values(), ids=OPS)
def test_results_share_no_memory_with_each_other(op, inputs):
    """What one call gave is not what the next one writes."""
    raw = frozen(inputs)
    first = op.forward(*raw)
    kept = first.copy()
    second = op.forward(*[np.flip(x, 0).copy() for x in raw])

    assert not np.shares_memory(first, second)
    assert np.array_equal(kept, first)


@pytest.mark.parametrize(("op", "inputs"), OPS.values(), ids=OPS)
def test_float32_stays_float32(op, inputs):
    """Result and gradients."""
    leaves = [
        TensorValue(x, dtype=np.float32) if rule is not None else x
        for x, rule in zip(inputs, op.backward)
    ]
    if op.name == "standardise":
        leaves[1] = leaves[1].astype(np.float32)
    out = op(*leaves)
    out.backward(np.ones(out.shape))

    assert np.float32 == out.dtype
    assert all(x.grad.dtype == np.float32 for x in leaves if isinstance(x, TensorValue))


@pytest.mark.parametrize(("op", "inputs"), OPS.values(), ids=OPS)
def test_layout_does_not_matter(op, inputs):
    """Fortran order and reversed memory give the same numbers and gradients."""
    raw = [np.asarray(x) for x in inputs]
    out = op.forward(*raw)
    g = rng.normal(size=out.shape)
    for other in (np.asfortranarray, lambda x: np.ascontiguousarray(x[..., ::-1])[..., ::-1]):
        same = [other(x) for x in raw]

        np.testing.assert_allclose(op.forward(*same), out, atol=1e-13)
        for rule in op.backward:
            if rule is not None:
                wanted = rule(g, out, *raw)
                np.testing.assert_allclose(rule(other(g), other(out), *same), wanted, atol=1e-12)


def test_equal_settings_give_the_same_operation():
    """However they are written."""
    assert ops.dropout(0.5) is ops.dropout(p=0.5)
    assert ops.convolution(*sweeps(3, padding=1)) is ops.convolution(*sweeps((3, 3), 1, [1, 1]))
    assert ops.max_pool(-1, Sweep(2)) is not ops.max_pool(-1, Sweep(3))


def test_sweep_counts_windows():
    """As PyTorch does, also where the last one reaches beyond the border."""
    assert 4 == Sweep(2, 2, partial=True).count(7)
    assert 3 == Sweep(2, 2).count(7)
    assert (1, 2) == Sweep(3, 2, 1, 1, partial=True).around(4)
    assert 2 == Sweep(1, 3, partial=True).count(4)  # a third would start beyond the end
    with pytest.raises(ValueError, match=r"^$"):
        Sweep(3, dilation=2).count(4)


def test_pairs():
    """One number or two, whole, large enough; NumPy's too."""
    assert (2, 2) == pair("stride", np.int64(2))
    assert (1, 2) == pair("stride", (1, np.int32(2)))
    for wrong in (1.0, "12", (1,), None):
        with pytest.raises(TypeError, match="`stride` needs a whole number or two"):
            pair("stride", wrong)

"""Every operation that moves numbers or looks at images, as onnx's own plain evaluator does it.

`nox -s interop` asks onnxruntime the same of whole models.
"""

import numpy as np
import pytest

import vhgrad
from vhgrad import NotRecordable, concatenate, einsum, export_onnx, nn, ops, stack, where
from vhgrad.nn import functional
from vhgrad.nn.functional import avg_pool2d, max_pool2d
from vhgrad.ops.windows import Sweep

onnx = pytest.importorskip("onnx", reason="ONNX files need the extra vhgrad[onnx]")
reference = pytest.importorskip("onnx.reference")

BLOCKS = np.random.default_rng(0).normal(size=(5, 4, 3)).astype(np.float32)
IMAGES = np.random.default_rng(1).normal(size=(5, 2, 8, 7)).astype(np.float32)


def assert_same(tmp_path, function, example, batches=(1, 2, 5)):
    """The exported function gives the same as the function, for batches of any length."""
    path = tmp_path / "model.onnx"
    export_onnx(path, function, example[:2])
    model = reference.ReferenceEvaluator(onnx.load(path))
    for n in batches:
        expected = function(vhgrad.TensorValue(example[:n]))
        (got,) = model.run(None, {"input": example[:n]})

        assert (expected.shape, expected.dtype) == (got.shape, got.dtype)
        np.testing.assert_allclose(got, expected.data, atol=1e-6)


MOVED = {
    "reshape": lambda x: x.reshape(-1, 12),
    "reshape to no fixed length": lambda x: x.reshape(-1),
    "broadcast": lambda x: x.mean(axis=1, keepdims=True).broadcast_to(*x.shape),
    "broadcast to more axes": lambda x: x.broadcast_to(2, *x.shape),
    "expand one": lambda x: x.expand_dims(-1),
    "expand two": lambda x: x.expand_dims((1, 3)),
    "squeeze one": lambda x: x[:, :1].squeeze(1),
    "transpose": lambda x: x.transpose(0, 2, 1),
    "transpose, reversed": lambda x: x.T,
    "transpose, axes from the end": lambda x: x.transpose(-1, 0, -2),
    "swap": lambda x: x.swapaxes(1, -1),
    "concatenate": lambda x: concatenate([x, x * 2.0], axis=-1),
    "stack": lambda x: stack([x, x * 2.0, x], axis=2),
    "pad": lambda x: x.pad(((0, 0), (1, 2), (0, 3)), value=0.5),
    "slice": lambda x: x[:, 1:3],
    "slice from the end": lambda x: x[:, -3:, :-1],
    "slice in steps": lambda x: x[:, ::2, 1:],
    "slice backwards": lambda x: x[:, ::-1],
    "slice backwards from and to": lambda x: x[:, 3:0:-2],
    "one": lambda x: x[:, 1],
    "one from the end": lambda x: x[:, -1, -2],
    "ellipsis": lambda x: x[..., 0],
    "ellipsis in the middle": lambda x: x[:, ..., 1:],
    "a new axis": lambda x: x[:, None],
    "new axes": lambda x: x[:, None, 1, ..., None],
    "sum": lambda x: x.sum(axis=1),
    "sum of all but the batch": lambda x: x.sum(axis=(1, 2), keepdims=True),
    "mean": lambda x: x.mean(axis=-1),
    "max of all": lambda x: x.max(),
    "norm": lambda x: x.norm(axis=2),
    "where": lambda x: where(np.array([True, False, True]), x, -1.0),
}


@pytest.mark.parametrize("name", MOVED)
def test_numbers_are_moved(tmp_path, name):
    """Shapes with a batch of any length, axes from both ends, slices of all kinds."""
    assert_same(tmp_path, MOVED[name], BLOCKS)


def test_squeeze_of_all_leaves_the_batch(tmp_path):
    """Also of one example, where `x.squeeze()` takes it away; no batch here has that length."""
    assert_same(tmp_path, lambda x: x[:, :1, :, None].squeeze(), BLOCKS, batches=(2, 5))


VARYING = {
    "two lengths that vary": lambda x: (x[:, 0] @ x[:, 0].T).reshape(len(x), len(x), 1),
    "places in an array": lambda x: x[:, [0, 2]],
    "a mask": lambda x: x[:, np.array([True, False, True, True])],
    "images as high as the batch is long": lambda x: max_pool2d(x.swapaxes(0, 1)[None], 1),
    "broadcast to the batch": lambda x: x[:1].broadcast_to(*x.shape),
}


@pytest.mark.parametrize("name", VARYING)
def test_what_onnx_cannot_say_is_refused(tmp_path, name):
    """By an error at the export, and no file."""
    with pytest.raises((ValueError, NotRecordable)):
        export_onnx(tmp_path / "a", VARYING[name], BLOCKS)

    assert not list(tmp_path.iterdir())


BENT = {
    "clip": lambda x: x.clip(-0.5, 1.0),
    "elu": lambda x: functional.elu(x, 0.5),
    "expm1": lambda x: x.expm1(),
    "gelu": lambda x: functional.gelu(x),
    "gelu of the earlier stages": lambda x: x.gelu(),
    "leaky_relu": lambda x: x.leaky_relu(0.2),
    "log1p": lambda x: (x * x).log1p(),
    "power": lambda x: (x * x) ** 1.5,
    "silu": lambda x: x.silu(),
    "softplus": lambda x: functional.softplus(x, beta=2.0, threshold=0.5),
    "softmax": lambda x: x.softmax(axis=1),
    "log_softmax": lambda x: x.log_softmax(axis=2),
    "einsum": lambda x: einsum("nij,nkj->nik", x, x),
}


@pytest.mark.parametrize("name", BENT)
def test_numbers_are_computed(tmp_path, name):
    """By one operator or several, each with its settings."""
    assert_same(tmp_path, BENT[name], BLOCKS)


@pytest.mark.parametrize("layer", [nn.LayerNorm(3), nn.Linear(3, 2, bias=False, seed=0)], ids=repr)
def test_layers_of_blocks(tmp_path, layer):
    """Mean and variance along the last axis; a product with each row."""
    assert_same(tmp_path, layer, BLOCKS)


POOLS = {
    "max": lambda x: max_pool2d(x, 2),
    "max, more than the image": lambda x: max_pool2d(x, 3, stride=2, padding=1, ceil_mode=True),
    "max, dilated": lambda x: max_pool2d(x, 2, dilation=(2, 3)),
    "mean": lambda x: avg_pool2d(x, 2),
    "means of means": lambda x: avg_pool2d(avg_pool2d(x, 3, stride=1), (1, 2)),
    "means of two kinds": lambda x: avg_pool2d(
        avg_pool2d(x, (1, 3), padding=(0, 1), count_include_pad=False), (2, 1)
    ),
    "along rows alone": lambda x: max_pool2d(x, (1, 3), stride=(1, 2)),
    "along columns alone": lambda x: ops.max_pool(-2, Sweep(3, 2))(x),
    "mean, border not counted": lambda x: avg_pool2d(x, 3, padding=1, count_include_pad=False),
    "mean, more than the image": lambda x: avg_pool2d(x, 3, stride=2, ceil_mode=True),
}


@pytest.mark.parametrize("name", POOLS)
def test_images_are_pooled(tmp_path, name):
    """Rows and columns in one operator; windows that reach beyond the border."""
    assert_same(tmp_path, POOLS[name], IMAGES)

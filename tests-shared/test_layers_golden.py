"""Layers and loss modules against PyTorch: results, gradients and running averages."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from microgradx import TensorValue
from vhgrad import nn

GOLDEN = json.loads((Path(__file__).parent / "golden" / "layers.json").read_text(encoding="utf-8"))


def array(shape, flat):
    """An array from its shape and its numbers, some of them as text."""
    return np.array([float(x) for x in flat]).reshape(shape)


def called(case):
    """`Conv2d-kernel_size=3-...`."""
    settings = [f"{name}={x}" for name, x in case["settings"].items()]
    return "-".join([case["layer"], *settings]) + ("" if case.get("training", True) else "-eval")


def built(case, dtype):
    """The layer with the parameters and averages that PyTorch had."""
    made_of_numbers = (
        case["layer"] in ("Conv2d", "Embedding", "LayerNorm") or "Norm" in case["layer"]
    )
    dtypes = {"dtype": dtype} if made_of_numbers else {}
    layer = getattr(nn, case["layer"])(**case["settings"], **dtypes).train(case["training"])
    for name, value in case["state"].items():
        if isinstance(getattr(layer, name), TensorValue):
            getattr(layer, name).data = array(*value)
        else:
            kind = getattr(layer, name).dtype
            setattr(layer, name, array(*value).astype(kind))
    return layer


def assert_close(expected, found, tolerance):
    """Shapes agree, and numbers relative to the largest: sums run in another order."""
    assert expected.shape == found.shape
    size = max(1.0, np.abs(expected[np.isfinite(expected)]).max(initial=0.0))
    np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance * size)


@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 3e-5)], ids=["float64", "float32"]
)
@pytest.mark.parametrize("case", GOLDEN["layers"], ids=called)
def test_layer_equals_pytorch(case, dtype, tolerance):
    """The result, the gradients of input and parameters, and the averages afterwards."""
    layer = built(case, dtype)
    x = array(*case["input"])
    x = x.astype(int) if case["layer"] == "Embedding" else TensorValue(x, dtype=dtype)
    out = layer(x)
    assert_close(array(*case["result"]), getattr(out, "data", out), tolerance)
    if case["layer"] != "Identity":
        assert dtype == out.dtype
        out.backward(array(*case["upstream"]))
        found = dict(layer.named_parameters()) | {"input": x}
        for name, gradient in case["gradients"].items():
            assert_close(array(*gradient), found[name].grad, tolerance)
    for name, value in case["buffers"].items():
        assert_close(array(*value), getattr(layer, name), tolerance)


@pytest.mark.parametrize("case", GOLDEN["losses"], ids=called)
def test_loss_module_equals_pytorch(case):
    """Targets first; all else as there."""
    predictions = TensorValue(array(*case["input"]))
    loss = getattr(nn, case["layer"])(**case["settings"])(case["targets"], predictions)
    loss.backward(array(*case["upstream"]))

    assert_close(array(*case["result"]), loss.data, 1e-12)
    assert_close(array(*case["gradients"]["input"]), predictions.grad, 1e-12)


def test_every_layer_with_state_has_pytorchs_names():
    """So that weights can be exchanged: the same names in the same shapes."""
    for case in GOLDEN["layers"]:
        if case["state"]:
            shapes = {name: value[0] for name, value in case["state"].items()}
            found = built(case, np.float64).state_dict()

            assert shapes == {name: list(value.shape) for name, value in found.items()}


def test_there_are_many_settings():
    """Of the layers with windows, above all."""
    layers = [case["layer"] for case in GOLDEN["layers"]]

    assert all(layers.count(name) >= 25 for name in ("Conv2d", "MaxPool2d", "AvgPool2d"))
    assert math.prod(layers.count(name) for name in ("LayerNorm", "BatchNorm1d", "Embedding")) > 0

"""What `export_onnx` writes and what it refuses; `nox -s interop` runs files in onnxruntime."""

import sys

import numpy as np
import pytest

import micrograd
import vhgrad
from vhgrad import NotRecordable, export_onnx, nn, no_grad

onnx = pytest.importorskip("onnx", reason="ONNX files need the extra vhgrad[onnx]")
reference = pytest.importorskip("onnx.reference")

ROWS = np.random.default_rng(0).normal(size=(7, 5)).astype(np.float32)
IMAGES = np.random.default_rng(1).normal(size=(3, 2, 8, 7)).astype(np.float32)


def exported(tmp_path, model, *examples):
    export_onnx(tmp_path / "model.onnx", model, *examples)
    return onnx.load(tmp_path / "model.onnx")


def computed(model, *inputs):
    """What the slow, plain evaluator of onnx itself computes."""
    names = [given.name for given in model.graph.input]
    return reference.ReferenceEvaluator(model).run(None, dict(zip(names, inputs)))[0]


def kinds(model):
    return [node.op_type for node in model.graph.node]


def lengths(value):
    return [length.dim_param or length.dim_value for length in value.type.tensor_type.shape.dim]


def test_an_mlp(tmp_path):
    """One operator per operation, weights under their names, a batch of any length."""
    model = nn.MLP(5, [8, 3], seed=0)
    found = exported(tmp_path, model, ROWS[:1])

    assert kinds(found) == ["Gemm", "Tanh", "Gemm", "Identity"]
    assert [tensor.name for tensor in found.graph.initializer] == list(model.state_dict())
    assert lengths(found.graph.input[0]) == ["batch", 5]
    assert lengths(found.graph.output[0]) == ["batch", 3]
    np.testing.assert_allclose(computed(found, ROWS), model(ROWS).data, atol=1e-6)


def test_a_layer_without_bias_and_one_on_more_axes(tmp_path):
    """No zeros are added, and a stack of rows is multiplied row by row."""
    found = exported(tmp_path, nn.Linear(5, 3, bias=False), ROWS)
    assert "weight" == found.graph.node[0].input[-1]

    model, words = nn.Sequential(nn.Embedding(4, 2), nn.Linear(2, 3)), np.array([[3, 1], [0, 2]])
    found = exported(tmp_path, model, words)
    assert ["Gather", "Transpose", "MatMul", "Add", "Identity"] == kinds(found)
    np.testing.assert_allclose(computed(found, words), model(words).data, atol=1e-6)


def test_a_cnn(tmp_path):
    """Normalising is by the statistics of training, and dropout is gone."""
    model = nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1, generator=0),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Dropout(0.5, generator=0),
        nn.Flatten(),
        nn.Linear(48, 3, seed=0),
    )
    model(IMAGES)
    found = exported(tmp_path, model, IMAGES)

    assert kinds(found) == ["Conv", "Mul", "Add", "Relu", "MaxPool", "Reshape", "Gemm", "Identity"]
    np.testing.assert_allclose(computed(found, IMAGES), model.eval()(IMAGES).data, atol=1e-6)


def test_an_embedding(tmp_path):
    """Whole numbers stay whole numbers."""
    model = nn.Sequential(nn.Embedding(4, 2, generator=0), nn.Flatten())
    words = np.array([[3, 1], [0, 0], [2, 3]])
    found = exported(tmp_path, model, words[:1])

    assert found.graph.input[0].type.tensor_type.elem_type == onnx.TensorProto.INT64
    assert computed(found, words).tolist() == model(words).data.tolist()


@pytest.mark.parametrize("training", [True, False])
def test_the_model_stays_as_it_was(tmp_path, training):
    """Modes, statistics, weights, gradients and the draws of dropout."""
    model = nn.Sequential(nn.Linear(5, 4, seed=0), nn.BatchNorm1d(4), nn.Dropout(generator=1))
    model(ROWS).sum().backward()
    model.train(training)[1].eval()
    before = model.state_dict(), [p.grad for p in model.parameters()]
    stream = str(model[2].generator.bit_generator.state)
    exported(tmp_path, model, ROWS)

    assert [module.training for module in model.modules()] == [training, training, False, training]
    assert all((a == b).all() for a, b in zip(before[0].values(), model.state_dict().values()))
    assert all(a is b.grad for a, b in zip(before[1], model.parameters()))
    assert stream == str(model[2].generator.bit_generator.state)


def test_shared_weights_are_stored_once(tmp_path):
    """A layer that stands in two places."""
    layer = nn.Linear(5, 5, seed=0)
    model = nn.Sequential(layer, nn.Tanh(), layer)
    found = exported(tmp_path, model, ROWS)

    assert [tensor.name for tensor in found.graph.initializer] == ["0.weight", "0.bias"]


@pytest.mark.parametrize("freeze", [True, False])
def test_frozen_models_and_no_grad(tmp_path, freeze):
    """Nothing needs a gradient to be written down."""
    model = nn.MLP(5, [8, 3], seed=0)
    first = exported(tmp_path, model, ROWS).SerializeToString()
    if freeze:
        model.freeze()
    with no_grad(), vhgrad.detect_anomaly():
        again = exported(tmp_path, model, ROWS)

    assert first == again.SerializeToString()


def test_the_same_model_gives_the_same_bytes(tmp_path):
    """Whatever the example was."""
    for name, rows in (("a", ROWS), ("b", ROWS[:1] * 100), ("c", [[0.0] * 5])):
        export_onnx(tmp_path / name, nn.MLP(5, [3, 2], seed=0), rows)

    assert 1 == len({(tmp_path / name).read_bytes() for name in "abc"})


class Hostile(nn.Module):
    """Names that are taken, empty, no text or a path."""

    def __init__(self):
        self.input = nn.Parameter([1.0] * 5)
        self.output = nn.Parameter([2.0] * 5)
        self.parts = {
            key: nn.Parameter([3.0] * 5) for key in ("", "\ud800", "\0", "../x", "a\n", "mul")
        }

    def forward(self, x):
        x = x * self.input + self.output
        for part in self.parts.values():
            x = x * part
        return x


def test_hostile_names(tmp_path):
    """Names are texts and nothing else; no two things have one."""
    model = Hostile()
    found = exported(tmp_path, model, ROWS)
    names = [tensor.name for tensor in found.graph.initializer]

    assert 8 == len(set(names))
    assert names[0] == "input_2"
    np.testing.assert_allclose(computed(found, ROWS), model(ROWS).data, rtol=1e-6)


def test_a_module_in_place_of_a_parameter_is_no_input(tmp_path):
    """A layer of whole-number buffers and one without parameters."""
    assert kinds(exported(tmp_path, nn.Sequential(), ROWS)) == ["Identity"]
    assert kinds(exported(tmp_path, nn.Flatten(), IMAGES)) == ["Reshape", "Identity"]


RANDOM = np.random.default_rng(3)
DIFFERENT = {
    "a branch": lambda x: x.relu() if x.data.sum() > 0.0 else x.tanh(),
    "more steps": lambda x: x * 2.0 if len(x) == 2 else x * 2.0 * 2.0,
    "numpy": lambda x: x * np.abs(x.data).max(),
    "a comparison": lambda x: vhgrad.where(x > 0.0, x, 0.0),
    "random numbers": lambda x: x * RANDOM.normal(),
    "dropout": lambda x: nn.functional.dropout(x),
    "a setting": lambda x: x.clip(0.0, float(len(x))),
    "a constant of the batch": lambda x: x * np.ones((len(x), 1)),
    "a weight of the batch": lambda x: nn.Parameter(np.ones(5)).broadcast_to(len(x), 5) + x,
    "another number of axes": lambda x: x.sum() if len(x) == 2 else x,
    "no tensor": lambda x: x.argmax(axis=1),
    "no dependence": lambda x: nn.Parameter(np.ones(5)) * 2.0,
    "one batch only": lambda x: x.reshape(10),
    "an error": lambda x: x if len(x) == 2 else 1 / 0,
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_what_would_be_wrong_for_another_input_is_refused(tmp_path, name):
    """Numbers that depend on the input without an operation, and lengths that are not fixed."""
    with pytest.raises(NotRecordable):
        export_onnx(tmp_path / "a", DIFFERENT[name], np.ones((2, 5)))

    assert not list(tmp_path.iterdir())


def test_all_operations_without_operators_are_named(tmp_path):
    """Each once, and nothing is written."""
    with pytest.raises(ValueError, match=r"no ONNX operators for 'cumsum', 'std', '\[\]';"):
        export_onnx(
            tmp_path / "a",
            lambda x: (x.cumsum(1) + x.cumsum(1).std(1, keepdims=True))[:, [0, 0]],
            ROWS,
        )

    assert not list(tmp_path.iterdir())


class Sub(nn.Parameter):
    """A parameter of one's own, which the stand-in for the input cannot meet."""


def holder():
    model = nn.Linear(5, 2)
    model.weight = Sub(np.ones((2, 5)))
    return model


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((nn.MLP(5, [1]), "path", ROWS), TypeError, "path first"),
        (("a", "b", ROWS), TypeError, "path first"),
        (("a", nn.MLP(5, [1])), TypeError, "an example for each input"),
        (("a", 3, ROWS), TypeError, "needs a module, got int"),
        (("a", micrograd.MLP(5, [1]), ROWS), TypeError, r"got a MLP of micrograd.nn; load_state"),
        (("a", nn.MLP(5, [1]), ROWS[:0]), ValueError, r"no axis of length 0; got shape \(0, 5\)"),
        (("a", nn.MLP(5, [1]), 1.0), ValueError, r"as first axis, .* got shape \(\)"),
        (("a", nn.MLP(5, [1]), ROWS[0]), ValueError, r"expected inputs of shape \(\.\.\., 5\)"),
        (("a", nn.MLP(5, [1]), [[1, 2, 3, 4, 5]]), TypeError, "'linear' got whole numbers"),
        (("a", nn.MLP(5, [1]), ["a"]), TypeError, "real numbers"),
        (("a", nn.Embedding(3, 2), [[7]]), IndexError, "from 0 to 2, got 7"),
        (("a", nn.Embedding(3, 2), [[1.0]]), TypeError, "whole numbers"),
        (("a", holder(), ROWS), TypeError, "cannot combine"),
        (("a", lambda x, y: x + y, ROWS, ROWS[:1]), ValueError, "one length, got 7, 1"),
    ],
)
def test_errors_where_bad_input_enters(tmp_path, monkeypatch, arguments, error, words):
    """What was expected, what came, what to do."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=words):
        export_onnx(*arguments)

    assert not list(tmp_path.iterdir())


def test_without_onnx_the_extra_is_named(tmp_path, monkeypatch):
    """Before anything is computed; the rest of the package does not need it."""
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match=r"pip install 'vhgrad\[onnx\]'"):
        export_onnx(tmp_path / "a", nn.MLP(5, [1]), ROWS)

    assert not list(tmp_path.iterdir())


def test_the_file_is_replaced_in_one_step(tmp_path, monkeypatch):
    """An export that fails leaves the old file, and nothing else."""
    path = tmp_path / "model.onnx"
    exported(tmp_path, nn.MLP(5, [1]), ROWS)
    before = path.read_bytes()
    monkeypatch.setattr("vhgrad.checkpoint.files.move", lambda *names: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        exported(tmp_path, nn.MLP(5, [2]), ROWS)

    assert path.read_bytes() == before
    assert [path] == list(tmp_path.iterdir())


def test_a_folder_is_no_file(tmp_path):
    """The error of the file layer says it."""
    with pytest.raises(vhgrad.CheckpointError, match="is a directory"):
        export_onnx(tmp_path, nn.MLP(5, [1]), ROWS)


def test_more_than_a_file_can_hold(tmp_path, monkeypatch):
    """Protobuf would say it in terms of its own."""
    monkeypatch.setattr("vhgrad.onnx.file.LARGEST", 100)
    with pytest.raises(ValueError, match="less than 2 GiB, these weights take 144 bytes"):
        export_onnx(tmp_path / "a", nn.Linear(5, 6), ROWS)

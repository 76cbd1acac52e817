"""onnxruntime computes the same as the model that was exported, to 1e-6, for batches of any length.

Run by `nox -s interop`. The reference is the model itself, in eval mode.
"""

import itertools
import re
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

import microgradx
import vhgrad
from vhgrad import nn, no_grad, ops

PAGE = Path(__file__).resolve().parents[2] / "docs" / "interchange.md"
RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(7, 5)).astype(np.float32)
IMAGES = RNG.normal(size=(7, 6, 13, 11)).astype(np.float32)
WORDS = RNG.integers(0, 10, (7, 4))


def sequential(*layers):
    return nn.Sequential(*layers)


def cnn():
    """Convolution, normalising, pooling, dropout, and rows at the end."""
    model = sequential(
        nn.Conv2d(6, 8, 3, padding=1, generator=0),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 8, 3, stride=2, groups=4, generator=1),
        nn.GELU(),
        nn.AvgPool2d(2, ceil_mode=True),
        nn.Dropout(0.5),
        nn.Flatten(),
        nn.Linear(8, 10, seed=2),
        nn.Softmax(),
    )
    for _ in range(3):
        model(RNG.normal(size=(9, 6, 13, 11)).astype(np.float32) * 2 + 1)  # running statistics
    return model


def normalised(layer, width=6):
    """A layer within an MLP, in training for a while."""
    model = sequential(nn.Linear(5, width, seed=0), layer, nn.Linear(width, 3, seed=1))
    for _ in range(3):
        model(RNG.normal(size=(9, 5)) * 3 + 1)
    return model


class Residual(nn.Module):
    """A forward of one's own: two inputs, a shared layer, a frozen one, parameters of its own."""

    def __init__(self):
        self.shared = nn.Linear(5, 5, seed=0)
        self.frozen = nn.Linear(5, 5, seed=1).freeze()
        self.scale = nn.Parameter(np.float32(1.5))
        self.offset = np.linspace(0, 1, 5, dtype=np.float32)  # a buffer

    def forward(self, x, y):
        h = self.shared(x).relu() + self.shared(y) * self.scale
        with no_grad():
            h = h - self.frozen(h.detach()) + self.offset
        return h, (h**2).sum(axis=1, keepdims=True).sqrt()


def errors(path, model, *inputs):
    """The largest difference of any output, where names and dtypes are right, too."""
    session = onnxruntime.InferenceSession(path)
    names = [given.name for given in session.get_inputs()]
    was = model.training if isinstance(model, nn.Module) else None
    if was is not None:
        model.eval()
    found = 0.0
    for n in (1, 2, 7):
        batch = [x[:n] for x in inputs]
        floats = isinstance(model, nn.Module) or batch[0].dtype.kind != "f"
        expected = model(*(batch if floats else map(microgradx.TensorValue, batch)))
        expected = expected if isinstance(expected, tuple) else (expected,)
        for out, got in zip(expected, session.run(None, dict(zip(names, batch))), strict=True):
            assert (out.shape, out.dtype) == (got.shape, got.dtype)
            found = max(found, float(np.abs(out.data - got).max()))
    if was is not None:
        model.train(was)
    return found


def exported(tmp_path, model, *inputs):
    path = tmp_path / "model.onnx"
    vhgrad.export_onnx(path, model, *(x[:2] for x in inputs))
    return str(path)


def assert_same(tmp_path, model, *inputs, within=1e-6):
    assert errors(exported(tmp_path, model, *inputs), model, *inputs) <= within


@pytest.mark.parametrize("activation", nn.Layer.activations)
@pytest.mark.parametrize("made", [nn.MLP, microgradx.MLP])
def test_mlp(tmp_path, made, activation):
    """Every activation, hidden and last."""
    model = made(5, [8, 8, 3], activation=activation, seed=0, dtype=np.float32)
    assert_same(tmp_path, model, ROWS)
    last = made(5, [8, 1], last_activation=activation, seed=0, dtype=np.float32)
    assert_same(tmp_path, last, ROWS)


@pytest.mark.parametrize(
    "layer",
    [
        nn.ReLU(),
        nn.LeakyReLU(0.2),
        nn.Tanh(),
        nn.Sigmoid(),
        nn.GELU(),
        nn.GELU("tanh"),
        nn.SiLU(),
        nn.ELU(0.5),
        nn.Softplus(),
        nn.Softplus(2.0, threshold=0.5),
        nn.Softmax(),
        nn.LogSoftmax(dim=1),
        nn.Dropout(0.5),
        nn.Identity(),
        nn.Flatten(),
        nn.LayerNorm(6),
        nn.LayerNorm(6, elementwise_affine=False),
        nn.BatchNorm1d(6),
        nn.BatchNorm1d(6, affine=False),
        nn.Linear(6, 6, bias=False, seed=3),
    ],
    ids=repr,
)
def test_layers_for_rows(tmp_path, layer):
    """Every layer that stands between two linear ones."""
    assert_same(tmp_path, normalised(layer), ROWS)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"stride": 2},
        {"stride": (2, 3), "padding": (2, 1)},
        {"padding": "same"},
        {"kernel_size": (2, 4), "padding": "same"},
        {"dilation": 2},
        {"groups": 3},
        {"groups": 6, "bias": False},
        {"stride": (2, 1), "padding": (1, 2), "dilation": (1, 2), "groups": 2},
        {"kernel_size": 1},
        {"kernel_size": (13, 11)},
    ],
    ids=str,
)
def test_conv2d(tmp_path, settings):
    """Every setting of a convolution."""
    model = nn.Conv2d(6, 6, **{"kernel_size": 3, "generator": 0} | settings)
    assert_same(tmp_path, model, IMAGES)


WINDOWS = [
    {},
    {"stride": 1},
    {"padding": 1},
    {"kernel_size": 3, "stride": 5},
    {"kernel_size": (2, 1)},
    {"kernel_size": (3, 4), "stride": (2, 3), "padding": (1, 2)},
    {"kernel_size": 5, "stride": 4},
    {"kernel_size": 3, "stride": 5, "padding": 1},
]
FURTHER = {
    nn.MaxPool2d: [{"dilation": 2}, {"dilation": (3, 2), "padding": 1}],
    nn.AvgPool2d: [{"count_include_pad": False, "padding": 1}],
}
POOLS = [(layer, window) for layer, more in FURTHER.items() for window in WINDOWS + more]


@pytest.mark.parametrize("ceil_mode", [False, True])
@pytest.mark.parametrize(("layer", "settings"), POOLS, ids=str)
def test_pooling(tmp_path, layer, settings, ceil_mode):
    """Every setting of a pooling layer, and a last window that reaches beyond the border."""
    model = layer(**{"kernel_size": 2, "ceil_mode": ceil_mode} | settings)
    assert_same(tmp_path, model, IMAGES)


def test_a_whole_cnn(tmp_path):
    """Trained statistics are in the file; the model goes on in the mode it had."""
    model = cnn()
    path = exported(tmp_path, model, IMAGES)

    assert all(module.training for module in model.modules())
    assert errors(path, model, IMAGES) <= 1e-6


@pytest.mark.parametrize("kind", ["mlp", "cnn"])
def test_networks_for_mnist_after_training(tmp_path, kind):
    """Within 1e-6 of the largest output: sums of 784 products round more than those of 5."""
    rng = np.random.default_rng(0)
    x, y = rng.random((64, 784), np.float32), rng.integers(0, 10, 64)
    model = nn.MLP(784, [512, 512, 10], activation="relu", seed=0)
    if kind == "cnn":
        x = x.reshape(64, 1, 28, 28)
        model = sequential(
            nn.Conv2d(1, 16, 3, padding=1, generator=0),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.MaxPool2d(4),
            nn.Flatten(),
            nn.Linear(16 * 49, 128, seed=0),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.Linear(128, 10, seed=1),
        )
    optimizer = vhgrad.optim.Adam(model.parameters())
    for _ in range(15):
        optimizer.zero_grad()
        vhgrad.cross_entropy(y, model(x)).backward()
        optimizer.step()
    largest = float(np.abs(model.eval()(x).data).max())

    assert_same(tmp_path, model, x, within=1e-6 * max(1.0, largest))


def test_embeddings(tmp_path):
    """Whole numbers go in; the model has to find their rows, also after looking at some alone."""
    table = nn.Embedding(10, 3, padding_idx=0, generator=0)
    assert_same(tmp_path, sequential(table, nn.Flatten(), nn.Linear(12, 2, seed=0)), WORDS)
    each = sequential(table, nn.LayerNorm(3), nn.Linear(3, 2, seed=0), nn.Linear(2, 2, bias=False))
    assert_same(tmp_path, each, WORDS)
    assert_same(tmp_path, lambda x: table(x[:, 1:]).mean(axis=1), WORDS)


def test_masks(tmp_path):
    """An input of yes and no decides what stays."""
    assert_same(tmp_path, lambda mask, words: vhgrad.where(mask, 1.5, -0.5), ROWS > 0, WORDS)
    table = nn.Embedding(10, 5, generator=0)
    assert_same(
        tmp_path, lambda words: vhgrad.where([True, False] * 2 + [True], table(words), 0.0), WORDS
    )


def test_a_forward_of_ones_own(tmp_path):
    """Several inputs and outputs, shared and frozen layers, `no_grad`, `detach`, a buffer."""
    assert_same(tmp_path, Residual(), ROWS, ROWS[::-1].copy())


@pytest.mark.parametrize(("dtype", "within"), [(np.float16, 2e-3), (np.float64, 1e-12)])
def test_other_dtypes(tmp_path, dtype, within):
    """An MLP in double or half precision stays what it is."""
    model = nn.MLP(5, [8, 8, 3], seed=0, dtype=dtype)
    assert_same(tmp_path, model, ROWS.astype(dtype), within=within)


def test_dtypes_that_meet(tmp_path):
    """Where float32 meets float64 the file converts, as NumPy does."""
    weight = microgradx.TensorValue(np.linspace(0, 1, 5))
    assert_same(tmp_path, lambda x: (x * weight).exp(), ROWS)


CALLS = {
    "arithmetic": lambda x: (2.0 - x) / (x * x + 1.0) - 3 * x**2 + (x + 9.0) ** 0.5 + 2.0**x,
    "functions": lambda x: x.exp().log1p() + x.sin() * x.cos() - abs(x).sqrt() + x.expm1().log1p(),
    "bounds": lambda x: x.clip(-0.5, 0.5) + x.maximum(0.25) * x.minimum(x * 2.0),
    "sums": lambda x: x.sum(axis=1) + x.mean(axis=-1) * x.max(axis=1) - x.min(axis=(1,)),
    "more sums": lambda x: x.prod(axis=1) + x.norm(axis=1) + x.logsumexp(axis=1),
    "kept": lambda x: x - x.mean(axis=1, keepdims=True) + x.sum(axis=0) + x.sum(),
    "products": lambda x: x @ np.eye(5, 4, dtype=np.float32) @ x.T[:4],
    "einsum": lambda x: vhgrad.einsum("ni,nj->nij", x, x),
    "axes": lambda x: x.reshape(-1, 5, 1).swapaxes(1, 2).expand_dims(1).squeeze((1, 2)).T,
    "to the batch": lambda x: x.reshape(len(x) * 5).reshape(len(x), 5).reshape(x.shape[0], -1, 1),
    "index": lambda x: x[:, 1:-1][:, ::-1][..., None] + x[:, -2, None, None] + x[-1, 0],
    "joined": lambda x: vhgrad.concatenate([x, x * 2.0, np.zeros((1, 5), np.float32)])[1:],
    "every other": lambda x: x[::2].reshape(-1),
    "stacked": lambda x: vhgrad.stack([x, x.tanh()], axis=-1),
    "padded": lambda x: x.pad(((0, 0), (1, 2)), 0.5),
    "where": lambda x: vhgrad.where(np.arange(5) < 3, x, 0.0),
    "broadcast": lambda x: x.expand_dims(1).broadcast_to(len(x), 4, 5),
    "of no batch": lambda x: nn.functional.layer_norm(x, 5),
    "reversed": lambda x: x[::-2],
}


WITHOUT = {
    "a batch made of one": lambda x: x.mean(axis=0, keepdims=True).broadcast_to(len(x), 5),
    "two lengths that vary": lambda x: (x @ x.T).reshape(len(x), 1, len(x)),
}


@pytest.mark.parametrize("name", WITHOUT)
def test_shapes_that_onnx_would_get_wrong(tmp_path, name):
    """They are refused, not written down for one length of batch."""
    with pytest.raises(ValueError, match=r"no ONNX operators for '(reshape|broadcast_to)'"):
        exported(tmp_path, WITHOUT[name], ROWS)


@pytest.mark.parametrize("name", CALLS)
def test_functions_of_tensors(tmp_path, name):
    """What a `forward` may be written with."""
    assert_same(tmp_path, CALLS[name], ROWS)


EDGES = np.array(
    [[0.0, -0.0, 1e-30, 1e4, -1e4], [88.0, -88.0, 19.9999, 20.0001, 1e3], [np.inf] * 4 + [-np.inf]]
    + [[3e38, -3e38, 1.0, -1.0, 0.5]] * 4,
    np.float32,
)
POINTWISE = ["relu", "tanh", "sigmoid", "softplus", "elu", "silu", "gelu", "leaky_relu"]


@pytest.mark.parametrize("name", [*POINTWISE, "exp", "log", "sqrt", "softmax", "logsumexp", "norm"])
def test_edges(tmp_path, name):
    """Numbers that overflow, minus 0, infinities: the same infinities and nans on both sides."""
    vhgrad.export_onnx(tmp_path / "a", getattr(vhgrad, name), EDGES)
    session = onnxruntime.InferenceSession(tmp_path / "a")
    (got,) = session.run(None, {"input": EDGES})

    np.testing.assert_allclose(got, getattr(vhgrad, name)(EDGES).data, rtol=1e-6, atol=1e-6)


def test_every_operation_has_an_operator_or_is_known_to_have_none():
    """A new operation is given its ONNX operators, or is added here."""
    from vhgrad.onnx.operators import FORMS, OPERATORS, REDUCTIONS

    known = {*FORMS, *OPERATORS, *REDUCTIONS}
    without = {
        name
        for room in (microgradx.ops, ops)
        for name in room.__all__
        if getattr(room, name) not in known
    }

    assert {"cumsum", "dropout", "std_over", "var_over"} == without


@pytest.mark.parametrize("seed", range(20))
def test_random_networks(tmp_path, seed):
    """Layers in random order, each with settings that fit."""
    rng = np.random.default_rng(seed)
    activations = itertools.cycle(rng.permutation([nn.ReLU, nn.Tanh, nn.GELU, nn.SiLU, nn.ELU]))
    layers, channels, size = [], 6, 13
    for _ in range(3):
        groups = int(rng.choice([1, 2]))
        layers += [nn.Conv2d(channels, 4, 3, padding=1, groups=groups, generator=rng)]
        layers += [nn.BatchNorm2d(4), next(activations)()]
        channels = 4
        if size > 3:
            layers += [rng.choice([nn.MaxPool2d, nn.AvgPool2d])(2, ceil_mode=bool(rng.integers(2)))]
            size //= 2
    model = sequential(*layers, nn.Flatten())
    model = sequential(*model, nn.Linear(model(IMAGES).shape[1], 3, generator=rng))
    assert_same(tmp_path, model, IMAGES)


def test_the_page_runs_with_onnxruntime():
    """What the ordinary tests cannot run, too; without PyTorch, which has a test of its own."""
    blocks = re.findall(r"^```(?:python|py)\n(.*?)^```$", PAGE.read_text("utf-8"), re.S | re.M)
    names = {}
    for block in blocks:
        if "torch" not in block:
            exec(block, names)

    assert (5, 10) == names["scores"].shape

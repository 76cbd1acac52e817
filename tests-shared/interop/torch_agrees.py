"""Weights go to PyTorch and come back through files: the same names, shapes, dtypes and outputs.

Run by `nox -s interop -- --torch`.
"""

import re
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch

import vhgrad
from vhgrad import nn

PAGE = Path(__file__).resolve().parents[2] / "docs" / "interchange.md"
RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(7, 6)).astype(np.float32)
IMAGES = RNG.normal(size=(7, 6, 9, 8)).astype(np.float32)
WORDS = RNG.integers(0, 6, (7, 4))

LAYERS = [  # names and settings mean the same in both
    ("Linear", (6, 4), {}, ROWS),
    ("Linear", (6, 4), {"bias": False}, ROWS),
    ("Conv2d", (6, 4, 3), {}, IMAGES),
    ("Conv2d", (6, 4, 3), {"stride": 2, "padding": 1, "groups": 2, "bias": False}, IMAGES),
    ("Conv2d", (6, 6, (2, 3)), {"dilation": 2, "padding": "same", "groups": 6}, IMAGES),
    ("BatchNorm1d", (6,), {}, ROWS),
    ("BatchNorm1d", (6,), {"affine": False, "momentum": None}, ROWS),
    ("BatchNorm2d", (6,), {"eps": 1e-3}, IMAGES),
    ("BatchNorm2d", (6,), {"track_running_stats": False}, IMAGES),
    ("LayerNorm", (6,), {}, ROWS),
    ("LayerNorm", ((9, 8),), {"bias": False}, IMAGES),
    ("LayerNorm", (6,), {"elementwise_affine": False}, ROWS),
    ("Embedding", (6, 3), {}, WORDS),
    ("Embedding", (6, 3), {"padding_idx": 0}, WORDS),
]
CNN = [
    ("Conv2d", (6, 8, 3), {"padding": 1}),
    ("BatchNorm2d", (8,), {}),
    ("ReLU", (), {}),
    ("MaxPool2d", (2,), {}),
    ("Dropout", (0.5,), {}),
    ("Flatten", (), {}),
    ("Linear", (128, 10), {}),
    ("LayerNorm", (10,), {}),
    ("GELU", (), {}),
]


class Nested(nn.Module):
    """Modules within modules, in lists, a parameter and a buffer of its own."""

    def __init__(self):
        self.blocks = [nn.Linear(6, 6), nn.Linear(6, 6)]
        self.head = nn.Sequential(nn.Linear(6, 4), nn.Tanh(), nn.Linear(4, 2))
        self.scale = nn.Parameter(np.full(6, 1.5, np.float32))
        self.offset = np.ones(6, np.float32)

    def forward(self, x):
        for block in self.blocks:
            x = block(x).relu() * self.scale + self.offset
        return self.head(x)


class TorchNested(torch.nn.Module):
    """The same in PyTorch's words."""

    def __init__(self):
        super().__init__()
        self.blocks = torch.nn.ModuleList([torch.nn.Linear(6, 6), torch.nn.Linear(6, 6)])
        self.head = torch.nn.Sequential(
            torch.nn.Linear(6, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2)
        )
        self.scale = torch.nn.Parameter(torch.zeros(6))
        self.register_buffer("offset", torch.zeros(6))

    def forward(self, x):
        for block in self.blocks:
            x = block(x).relu() * self.scale + self.offset
        return self.head(x)


def pairs():
    for name, sizes, settings, x in LAYERS:
        made = [getattr(room, name)(*sizes, **settings) for room in (nn, torch.nn)]
        yield pytest.param(*made, x, id=f"{name}{settings}")
    made = [
        room.Sequential(*[getattr(room, name)(*sizes, **settings) for name, sizes, settings in CNN])
        for room in (nn, torch.nn)
    ]
    yield pytest.param(*made, IMAGES, id="CNN")
    yield pytest.param(Nested(), TorchNested(), ROWS, id="Nested")


def trained(model, x):
    """Statistics and weights that are not those of the start."""
    model.train()
    for k in range(3):
        model(x if x.dtype != torch.float32 else x * (k + 1) + k)
    return model


def assert_same_outputs(ours, theirs, x):
    ours.eval()
    theirs.eval()
    with torch.no_grad():
        expected = theirs(torch.from_numpy(x)).numpy()

    assert expected.dtype == ours(x).dtype
    np.testing.assert_allclose(ours(x).data, expected, rtol=1e-6, atol=1e-6)


def assert_same_states(ours, theirs):
    """In the order that each has, bit by bit."""
    other = {name: tensor.numpy() for name, tensor in theirs.state_dict().items()}

    assert set(ours.state_dict()) == set(other)
    for name, array in ours.state_dict().items():
        assert (array.shape, array.dtype) == (other[name].shape, other[name].dtype), name
        assert array.tobytes() == other[name].tobytes(), name


@pytest.mark.parametrize(("ours", "theirs", "x"), list(pairs()))
def test_ours_to_theirs(ours, theirs, x, tmp_path):
    """`vhgrad.save`, `safetensors.torch.load_file`, and a strict `load_state_dict`."""
    ours.train()
    for k in range(3):
        ours(x * (k + 1) + k if x.dtype == np.float32 else x)
    vhgrad.save(tmp_path / "a", ours)
    theirs.load_state_dict(safetensors.torch.load_file(tmp_path / "a"), strict=True)

    assert_same_states(ours, theirs)
    assert_same_outputs(ours, theirs, x)


@pytest.mark.parametrize(("ours", "theirs", "x"), list(pairs()))
def test_theirs_to_ours(ours, theirs, x, tmp_path):
    """`safetensors.torch.save_file`, which knows nothing of us, and a strict `vhgrad.load`."""
    trained(theirs, torch.from_numpy(x))
    safetensors.torch.save_file(theirs.state_dict(), tmp_path / "a")
    vhgrad.load(tmp_path / "a", ours)

    assert_same_states(ours, theirs)
    assert_same_outputs(ours, theirs, x)


def test_out_of_a_checkpoint(tmp_path):
    """The model of a whole run, under `model/`."""
    ours, theirs = nn.Linear(6, 4), torch.nn.Linear(6, 4)
    optimizer = vhgrad.optim.Adam(ours.parameters())
    vhgrad.save_checkpoint(tmp_path / "a", model=ours, optimizer=optimizer)
    tensors = safetensors.torch.load_file(tmp_path / "a")
    weights = {
        name.removeprefix("model/"): tensor
        for name, tensor in tensors.items()
        if name.startswith("model/")
    }
    theirs.load_state_dict(weights)

    assert_same_states(ours, theirs)


@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_other_dtypes(tmp_path, dtype):
    """A file keeps the dtype; loading takes that of the model."""
    ours = nn.Linear(6, 4, dtype=dtype)
    theirs = torch.nn.Linear(6, 4, dtype=getattr(torch, dtype))
    safetensors.torch.save_file(theirs.state_dict(), tmp_path / "a")
    vhgrad.load(tmp_path / "a", ours)

    assert_same_states(ours, theirs)


def test_what_pytorch_has_and_numpy_has_not(tmp_path):
    """bfloat16 is refused by name, and the model stays as it was."""
    ours = nn.Linear(6, 4, seed=0)
    safetensors.torch.save_file(torch.nn.Linear(6, 4).bfloat16().state_dict(), tmp_path / "a")
    with pytest.raises(vhgrad.CheckpointError, match=r"'(weight|bias)' has the dtype 'BF16'"):
        vhgrad.load(tmp_path / "a", ours)

    assert (ours.weight.data == nn.Linear(6, 4, seed=0).weight.data).all()


def test_a_pickle_is_refused(tmp_path):
    """A `.pt` file is never opened as what it is."""
    torch.save(torch.nn.Linear(6, 4).state_dict(), tmp_path / "a.pt")
    with pytest.raises(vhgrad.CheckpointError, match=r"a zip archive, such as a \.pt"):
        vhgrad.load(tmp_path / "a.pt", nn.Linear(6, 4))


def test_what_does_not_fit_is_listed_on_both_sides(tmp_path):
    """A model with other layers gets nothing."""
    ours, theirs = nn.Sequential(nn.Linear(6, 4)), torch.nn.Sequential(torch.nn.Linear(6, 5))
    theirs.append(torch.nn.Linear(5, 2))
    safetensors.torch.save_file(theirs.state_dict(), tmp_path / "a")
    with pytest.raises(vhgrad.CheckpointError) as error:
        vhgrad.load(tmp_path / "a", ours)

    for part in ("`0.weight`: expected shape (4, 6), got (5, 6)", "unexpected `1.bias`"):
        assert part in str(error.value)


def test_tied_weights(tmp_path):
    """PyTorch's `save_model` keeps one of the names; that is loaded with `strict=False`."""
    theirs = torch.nn.Sequential(torch.nn.Linear(6, 6), torch.nn.Linear(6, 6))
    theirs[1].weight = theirs[0].weight
    safetensors.torch.save_model(theirs, str(tmp_path / "a"))
    ours = nn.Sequential(nn.Linear(6, 6), nn.Linear(6, 6))
    ours[1].weight = ours[0].weight
    with pytest.raises(vhgrad.CheckpointError, match=r"missing `1\.weight`"):
        vhgrad.load(tmp_path / "a", ours)
    keys = ours.load_state_dict(vhgrad.load(tmp_path / "a"), strict=False)

    assert ["1.weight"] == keys.missing_keys
    assert_same_states(ours, theirs)


def test_the_page_runs_with_pytorch():
    """All Python on the page, also what the ordinary tests cannot run, is one program."""
    blocks = re.findall(r"^```(?:python|py)\n(.*?)^```$", PAGE.read_text("utf-8"), re.S | re.M)
    names = {}
    for block in blocks:
        exec(block, names)

    assert len(blocks) > 8
    assert_same_outputs(names["model"], names["theirs"], names["images"])

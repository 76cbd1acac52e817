"""Recompute `golden/layers.json` with PyTorch: layers with their gradients, in many settings.

Run `python tests-shared/oracle/layers.py` where torch is installed; the tests only read the file.
A case names a layer and its settings, which are PyTorch's and `vhgrad.nn`'s alike. Arrays stand as
a shape and the numbers in reading order; what is not finite is text.
"""

import itertools
import json
import math
import random
from pathlib import Path

import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(3)
draw = random.Random(3)

ACTIVATIONS = [
    ("ReLU", {}),
    ("LeakyReLU", {}),
    ("LeakyReLU", {"negative_slope": 0.3}),
    ("Tanh", {}),
    ("Sigmoid", {}),
    ("GELU", {}),
    ("GELU", {"approximate": "tanh"}),
    ("SiLU", {}),
    ("ELU", {}),
    ("ELU", {"alpha": 0.4}),
    ("Softplus", {}),
    ("Softplus", {"beta": 2.5}),
    ("Softplus", {"beta": 0.5, "threshold": 1.0}),
    ("Softmax", {"dim": -1}),
    ("Softmax", {"dim": 0}),
    ("LogSoftmax", {"dim": 1}),
    ("LogSoftmax", {"dim": 0}),
    ("Flatten", {}),
    ("Flatten", {"start_dim": 0}),
    ("Identity", {}),
]
EDGES = [0.0, -0.0, 1e-30, -1e-20, 30.0, -30.0, 1e3, -1e3, 1.0, 19.999999, 20.000001]
NOT_FINITE = [math.inf, -math.inf, math.nan, 0.5]
BOTH = ["ReLU", "LeakyReLU", "Tanh", "Sigmoid", "ELU", "Softplus"]  # have numbers for these, too

PAIR_OF_PADS = [0, 1, 2, [1, 0], [0, 2], "same", "valid"]


def numbers(*shape):
    """Random numbers that are short to write down, no two of them equal."""
    made = torch.randn(shape).round(decimals=4)
    return made + torch.arange(made.numel()).reshape(shape) * 1e-8


def array(x):
    """A shape and numbers."""
    flat = x.reshape(-1).tolist()
    return [list(x.shape), [n if math.isfinite(n) else str(n) for n in flat]]


def case(layer, settings, x, *, training=True, state=None):
    """One layer on one input: result, gradients, and what became of its state."""
    module = getattr(nn, layer)(**settings).train(training)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(numbers(*parameter.shape))
        for name, value in (state or {}).items():
            getattr(module, name).copy_(torch.as_tensor(value))
    before = {name: array(value) for name, value in module.state_dict().items()}
    measured = x.is_floating_point()
    leaf = x.clone().requires_grad_() if measured else x
    out = module(leaf)
    upstream = numbers(*out.shape)
    out.backward(upstream)
    gradients = {name: array(p.grad) for name, p in module.named_parameters()}
    if measured:
        gradients["input"] = array(leaf.grad)
    return {
        "layer": layer,
        "settings": settings,
        "training": training,
        "state": before,
        "input": array(x),
        "upstream": array(upstream),
        "result": array(out),
        "gradients": gradients,
        "buffers": {name: array(value) for name, value in module.named_buffers()},
    }


def activations():
    """Random numbers, and those where something happens."""
    for layer, settings in ACTIVATIONS:
        yield case(layer, settings, 2 * numbers(3, 2, 4))
        if layer not in ("Flatten", "Identity"):
            yield case(layer, settings, torch.tensor([EDGES, EDGES[::-1]]))
        if layer in BOTH:
            yield case(layer, settings, torch.tensor(NOT_FINITE))


def convolutions():
    """Every setting in turn, and many of them together."""
    listed = [
        {"kernel_size": 3, "padding": 1},
        {"kernel_size": 3, "stride": 2},
        {"kernel_size": [1, 1]},
        {"kernel_size": [2, 3], "padding": "same"},
        {"kernel_size": 4, "padding": "same", "dilation": [1, 2]},
        {"kernel_size": 3, "padding": "valid", "bias": False},
        {"kernel_size": 2, "groups": 4},
        {"kernel_size": [6, 7]},
        {"kernel_size": 1, "stride": 3},
    ]
    for settings in listed:
        settings = {"in_channels": 4, "out_channels": 4, **settings}
        yield case("Conv2d", settings, numbers(2, 4, 6, 7))
    yield case(
        "Conv2d", {"in_channels": 1, "out_channels": 2, "kernel_size": 3}, numbers(1, 1, 5, 5)
    )
    yield case(
        "Conv2d", {"in_channels": 2, "out_channels": 2, "kernel_size": 3}, numbers(0, 2, 5, 5)
    )
    for _ in range(50):
        groups = draw.choice([1, 1, 2])
        padding = draw.choice(PAIR_OF_PADS)
        settings = {
            "in_channels": groups * draw.choice([1, 2]),
            "out_channels": groups * draw.choice([1, 3]),
            "kernel_size": [draw.randint(1, 3), draw.randint(1, 3)],
            "stride": 1 if padding == "same" else [draw.randint(1, 3), draw.randint(1, 3)],
            "padding": padding,
            "dilation": [draw.randint(1, 2), draw.randint(1, 2)],
            "groups": groups,
            "bias": draw.random() < 0.7,
        }
        shape = draw.randint(1, 3), settings["in_channels"], draw.randint(5, 7), draw.randint(5, 7)
        yield case("Conv2d", settings, numbers(*shape))


def pools():
    """Windows that overlap, touch, leave gaps, and reach into the border."""
    for kernel, stride, padding, ceil_mode in itertools.product(
        [1, 2, 3, [2, 3]], [None, 1, 2, [3, 2]], [0, 1], [False, True]
    ):
        if padding and (kernel == 1 or draw.random() < 0.3):
            continue
        window = {"kernel_size": kernel, "stride": stride, "padding": padding}
        window["ceil_mode"] = ceil_mode
        size = draw.randint(5, 7), draw.randint(5, 7)
        dilation = draw.choice([1, 1, 2])
        yield case("MaxPool2d", {**window, "dilation": dilation}, numbers(2, 2, *size))
        count = {"count_include_pad": draw.random() < 0.5}
        yield case("AvgPool2d", {**window, **count}, numbers(2, 2, *size))
    ties = torch.tensor([[0.0, -0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 2.0], [3.0, 3.0, -1.0, -1.0]])
    low = torch.tensor([[-math.inf, -math.inf, -math.inf, 1.0], [-math.inf, -math.inf, 2.0, 3.0]])
    unknown = torch.tensor([[math.nan, 1.0, 5.0, 2.0], [0.0, 3.0, 4.0, math.nan]])
    for x in ties, low, unknown, torch.full((2, 4), math.inf):
        yield case("MaxPool2d", {"kernel_size": 2}, x[None, None])
    yield case("MaxPool2d", {"kernel_size": 3, "stride": 1, "padding": 1}, ties[None, None])
    yield case("MaxPool2d", {"kernel_size": 2}, numbers(0, 2, 4, 4))


def norms():
    """In training and in use, with and without parameters and averages."""
    inputs = {"BatchNorm1d": [(5, 3), (2, 3), (4, 3, 5), (1, 3, 2)], "BatchNorm2d": [(4, 3, 2, 5)]}
    for layer, shapes in inputs.items():
        for shape, affine, tracking, momentum, training in itertools.product(
            shapes, [True, False], [True, False], [0.1, 0.7, None], [True, False]
        ):
            if not tracking and (momentum != 0.1 or not affine):
                continue
            settings = {"num_features": 3, "affine": affine, "momentum": momentum}
            settings |= {"track_running_stats": tracking, "eps": draw.choice([1e-5, 0.1])}
            state = {
                "running_mean": numbers(3),
                "running_var": numbers(3).abs(),
                "num_batches_tracked": draw.randint(0, 4),
            }
            x = 3 * numbers(*shape) + 1
            yield case(layer, settings, x, training=training, state=state if tracking else None)
    for normalized, shape in ([4], (3, 4)), ([2, 4], (3, 2, 4)), ([1], (2, 1)), ([5], (2, 0, 5)):
        for affine in {}, {"elementwise_affine": False}, {"bias": False}, {"eps": 0.3}:
            yield case("LayerNorm", {"normalized_shape": normalized, **affine}, numbers(*shape))
    yield case("LayerNorm", {"normalized_shape": [3]}, torch.full((2, 3), 0.1))


def embeddings():
    """Rows that are looked up once, often and never."""
    for padding, shape in itertools.product([None, 0, 2, -1], [(), (1,), (7,), (3, 4), (0,)]):
        settings = {"num_embeddings": 5, "embedding_dim": 3, "padding_idx": padding}
        yield case("Embedding", settings, torch.randint(0, 5, shape))


def losses():
    """Loss modules; their functions are in `losses.json`."""
    pointwise = [
        ("MSELoss", {}),
        ("L1Loss", {}),
        ("HuberLoss", {"delta": 0.7}),
        ("SmoothL1Loss", {}),
        ("SmoothL1Loss", {"beta": 0.3}),
        ("SmoothL1Loss", {"beta": 0.0}),
        ("BCEWithLogitsLoss", {}),
        ("BCELoss", {}),
    ]
    for (layer, settings), reduction in itertools.product(pointwise, ["mean", "sum", "none"]):
        yield loss(layer, {**settings, "reduction": reduction}, torch.rand(3, 4), torch.rand(3, 4))
    weight = [0.5, 2.0, 1.0]
    classes = [
        ("CrossEntropyLoss", {}),
        ("CrossEntropyLoss", {"label_smoothing": 0.1, "weight": weight}),
        ("CrossEntropyLoss", {"ignore_index": 1}),
        ("NLLLoss", {}),
        ("NLLLoss", {"weight": weight, "ignore_index": 0}),
    ]
    for (layer, settings), reduction in itertools.product(classes, ["mean", "sum", "none"]):
        labels = torch.tensor([0, 2, 1, 2])
        yield loss(layer, {**settings, "reduction": reduction}, labels, numbers(4, 3))


def loss(layer, settings, targets, predictions):
    """One loss module and the gradient of the predictions."""
    given = dict(settings)
    if "weight" in given:
        given["weight"] = torch.tensor(given["weight"])
    leaf = predictions.clone().requires_grad_()
    value = getattr(nn, layer)(**given)(leaf, targets)
    upstream = numbers(*value.shape)
    value.backward(upstream)
    return {
        "layer": layer,
        "settings": settings,
        "targets": targets.tolist(),
        "input": array(predictions),
        "upstream": array(upstream),
        "result": array(value),
        "gradients": {"input": array(leaf.grad)},
    }


if __name__ == "__main__":
    layers = [*activations(), *convolutions(), *pools(), *norms(), *embeddings()]
    parts = {"layers": layers, "losses": list(losses())}
    texts = []
    for name, rows in parts.items():
        lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
        texts.append(f'"{name}": [\n{lines}\n]')
    text = f'{{"made_with": "torch {torch.__version__}", {", ".join(texts)}}}\n'
    path = Path(__file__).parent.parent / "golden" / "layers.json"
    path.write_text(text, encoding="utf-8")
    print(f"{path.name}: {' and '.join(f'{len(rows)} {name}' for name, rows in parts.items())}")

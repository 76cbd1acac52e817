"""How is a convolution best written in NumPy, and how far is a network of them from PyTorch?

First the formulations, each in plain NumPy, on the two convolutions of a small network for CIFAR-10
with 64 images, forwards, and backwards for the images and for the filters. Then a training step of
that network, ours and PyTorch's, which runs in a process of its own; both are asked in turn.

    python benchmarks/convolution.py [--torch-python PATH]

PATH is a Python in whose environment `torch` is installed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import timing
from cifar_network import network
from numpy.lib.stride_tricks import sliding_window_view

import vhgrad
from vhgrad import nn, ops
from vhgrad.ops.windows import sweeps

WORKER = Path(__file__).resolve().with_name("convolution_worker.py")
LAYERS = {"3 to 32, 32 x 32": (3, 32, 32), "32 to 64, 16 x 16": (32, 64, 16)}
IMAGES = 64
K = 3  # height and width of the filters; the border is 1, so that sizes stay

Array = Any


def ours(x: Array, w: Array) -> Array:
    """What `vhgrad` does: as columns, a few images at a time."""
    return CONVOLUTION.forward(x, w)


def all_at_once(x: Array, w: Array) -> Array:
    """As columns, all images before the first product."""
    n, c, size, _ = x.shape
    columns = np.ascontiguousarray(seen(x)).reshape(n, c * K * K, size * size)
    return (w.reshape(len(w), -1) @ columns).reshape(n, len(w), size, size)


def one_product(x: Array, w: Array) -> Array:
    """As columns, and one large product; its rows are not where the output has them."""
    n, c, size, _ = x.shape
    columns = np.ascontiguousarray(seen(x).transpose(1, 2, 3, 0, 4, 5)).reshape(c * K * K, -1)
    out = (w.reshape(len(w), -1) @ columns).reshape(len(w), n, size, size)
    return np.ascontiguousarray(out.swapaxes(0, 1))


def channels_last(x: Array, w: Array) -> Array:
    """As rows, with channels last inside, so that neighbours in memory stay neighbours."""
    n, c, size, _ = x.shape
    last = np.ascontiguousarray(padded(x).transpose(0, 2, 3, 1))
    view = sliding_window_view(last, (K, K), (1, 2)).transpose(0, 1, 2, 4, 5, 3)
    rows = np.ascontiguousarray(view).reshape(-1, K * K * c)
    out = rows @ w.transpose(2, 3, 1, 0).reshape(-1, len(w))
    return np.ascontiguousarray(out.reshape(n, size, size, len(w)).transpose(0, 3, 1, 2))


def shifted(x: Array, w: Array) -> Array:
    """Nine products, one for each place in the filter, added up."""
    n, c, size, _ = x.shape
    full, out = padded(x), np.zeros((n, len(w), size * size), x.dtype)
    for i, j in np.ndindex(K, K):
        out += w[:, :, i, j] @ full[:, :, i : i + size, j : j + size].reshape(n, c, -1)
    return out.reshape(n, len(w), size, size)


def long_rows(x: Array, w: Array) -> Array:
    """As columns of whole rows with their border: longer pieces to copy, more to multiply."""
    n, c, size, _ = x.shape
    wide = size + 2
    flat = np.zeros((n, c, size + 3, wide), x.dtype)
    flat[:, :, 1 : size + 1, 1 : size + 1] = x
    a, b, row, one = flat.strides
    view = np.lib.stride_tricks.as_strided(flat, (n, c, K, K, size * wide), (a, b, row, one, one))
    out, matrix = np.empty((n, len(w), size, size), x.dtype), w.reshape(len(w), -1)
    columns = np.empty(view.shape[1:], x.dtype)
    for k in range(n):
        np.copyto(columns, view[k])
        product = matrix @ columns.reshape(c * K * K, -1)
        out[k] = product.reshape(len(w), size, wide)[..., :size]
    return out


def fourier(x: Array, w: Array) -> Array:
    """A product of Fourier transforms, channels added up between them."""
    size = x.shape[-1]
    wide = size + 2
    images, filters = np.fft.rfft2(padded(x)), np.fft.rfft2(w[:, :, ::-1, ::-1], (wide, wide))
    spectrum = np.einsum("ncij,ocij->noij", images, filters, optimize=True)
    return np.fft.irfft2(spectrum, (wide, wide))[:, :, 2:, 2:].astype(x.dtype)


def images_by_columns(g: Array, x: Array, w: Array) -> Array:
    """What `vhgrad` does: columns come back a few images at a time and are added up."""
    return CONVOLUTION.backward[0](g, None, x, w)


def images_by_turned_filters(g: Array, x: Array, w: Array) -> Array:
    """A convolution of what came back with the filters turned by half."""
    return ours(g, np.ascontiguousarray(w[:, :, ::-1, ::-1].swapaxes(0, 1)))


def images_shifted(g: Array, x: Array, w: Array) -> Array:
    """Nine products for all images, each added where it belongs."""
    n, c, size, _ = x.shape
    full, flat = np.zeros((n, c, size + 2, size + 2), x.dtype), g.reshape(n, len(w), -1)
    for i, j in np.ndindex(K, K):
        product = np.ascontiguousarray(w[:, :, i, j].T) @ flat
        full[:, :, i : i + size, j : j + size] += product.reshape(x.shape)
    return full[:, :, 1:-1, 1:-1]


def filters_by_columns(g: Array, x: Array, w: Array) -> Array:
    """What `vhgrad` does: columns are made again, a few images at a time."""
    return CONVOLUTION.backward[1](g, None, x, w)


def filters_from_kept(g: Array, columns: Array, w: Array) -> Array:
    """Columns of all images, kept from the forward pass (their making is not counted)."""
    product = g.reshape(len(g), len(w), -1) @ columns.swapaxes(1, 2)
    return product.sum(0).reshape(w.shape)


CONVOLUTION = ops.convolution(*sweeps(K, 1, 1), bias=False)
FORWARD = [all_at_once, one_product, channels_last, shifted, long_rows, fourier]


def padded(x: Array) -> Array:
    """Images with a border of one zero."""
    return np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))


def seen(x: Array) -> Array:
    """What the windows see, as a view."""
    return sliding_window_view(padded(x), (K, K), (2, 3)).transpose(0, 1, 4, 5, 2, 3)


def cases(c: int, o: int, size: int) -> dict[str, dict[str, Callable[[], Array]]]:
    """For each of the three tasks the ways to do it, the first one ours."""
    rng = np.random.default_rng(0)

    def draw(*shape: int) -> Array:
        return rng.normal(size=shape).astype(np.float32)

    x, w, g = draw(IMAGES, c, size, size), draw(o, c, K, K), draw(IMAGES, o, size, size)
    columns = np.ascontiguousarray(seen(x)).reshape(IMAGES, c * K * K, size * size)
    backward = [images_by_columns, images_by_turned_filters, images_shifted]
    return {
        "forward": {f.__name__: lambda f=f: f(x, w) for f in [ours, *FORWARD]},
        "images": {f.__name__: lambda f=f: f(g, x, w) for f in backward},
        "filters": {
            "filters_by_columns": lambda: filters_by_columns(g, x, w),
            "filters_from_kept": lambda: filters_from_kept(g, columns, w),
        },
    }


def formulations(rounds: int) -> dict[str, Any]:
    """Check that all give the same; then time each against ours."""
    results: dict[str, Any] = {}
    for layer, sizes in LAYERS.items():
        rows = []
        for task, ways in cases(*sizes).items():
            (first, mine), *others = ways.items()
            for name, way in others:
                timing.same(mine().ravel().tolist(), way().ravel().tolist(), tolerance=1e-4)
                found = timing.compare(
                    timing.stopwatch(way), timing.stopwatch(mine), rounds=rounds, budget=0.03
                )
                rows.append([f"{first} against {name}", *found.row()])
                results.setdefault(layer, {}).setdefault(task, {})[name] = found.record()
        print(timing.table([layer, *timing.Timing.header], rows), end="\n\n")
    return results


def against_torch(python: str, rounds: int) -> dict[str, Any]:
    """A training step of the network, 64 images, cross-entropy and Adam; losses agree first."""
    vhgrad.manual_seed(0)
    rng = np.random.default_rng(0)
    images = rng.normal(size=(IMAGES, 3, 32, 32)).astype(np.float32)
    labels = rng.integers(0, 10, IMAGES)
    model = network(nn)
    optimizer = vhgrad.Adam(model.parameters(), 1e-3)

    def step() -> float:
        loss = vhgrad.cross_entropy(labels, model(images))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    with tempfile.TemporaryDirectory() as folder:
        start = Path(folder) / "start.npz"
        np.savez(start, images=images, labels=labels, **model.state_dict())
        pipe = subprocess.PIPE
        command = [python, "-E", str(WORKER), str(start)]
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
            assert process.stdin is not None
            assert process.stdout is not None

            def ask(**request: int) -> Any:
                process.stdin.write(json.dumps(request) + "\n")
                process.stdin.flush()
                return json.loads(process.stdout.readline())

            timing.same(ask(losses=5), [step() for _ in range(5)], tolerance=1e-3)
            found = timing.compare(
                lambda calls: ask(seconds=calls), timing.stopwatch(step), rounds=rounds, budget=0.3
            )
            process.stdin.close()
    print(timing.table(["PyTorch against ours", *timing.Timing.header], [["step", *found.row()]]))
    return {"step": found.record()}


def main() -> None:
    """Measure, print the tables, write the record."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--torch-python", metavar="PATH")
    parser.add_argument("--short", action="store_true", help="fewer rounds")
    parser.add_argument("--out", type=Path, default=timing.RESULTS / "convolution.json")
    options = parser.parse_args()
    rounds = 3 if options.short else 15

    with timing.one_thread() as threads:
        results: dict[str, Any] = {"formulations": formulations(rounds)}
        if options.torch_python:
            results["torch"] = against_torch(options.torch_python, rounds)
        else:
            print(
                "PyTorch: absent; --torch-python names an environment that has it", file=sys.stderr
            )
    timing.write_json(options.out, {"machine": timing.machine(threads), "results": results})


if __name__ == "__main__":
    main()

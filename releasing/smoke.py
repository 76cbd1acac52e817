"""Use one installed stage as its users do: `python smoke.py microgradx`.

Alone with what is installed: no test tool, no checkout. Every stage learns the same few steps.
"""

import importlib
import importlib.util
import sys
import tempfile
from pathlib import Path

__all__: list[str] = []

MODULES = ("micrograd", "micrograd_plus", "microgradx", "vhgrad")
XOR = ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 0.0])


def main() -> None:
    """Import, calculate, learn, and on the last stage save and load."""
    stage = sys.argv[1].replace("-", "_")
    place = MODULES.index(stage)
    for name in MODULES[: place + 1]:
        file = importlib.import_module(name).__file__
        assert file is not None, f"{name} is an empty namespace"
        assert Path(file).is_relative_to(sys.prefix), f"{name} comes from {file}"
        assert (Path(file).parent / "py.typed").is_file(), f"{name} has lost its types"
    for name in MODULES[place + 1 :]:
        assert importlib.util.find_spec(name) is None, f"{name} is there without being asked for"

    calculate()
    package = importlib.import_module(stage)
    if place:
        learn(package)
    if stage == "vhgrad":
        save_and_load(package)


def calculate() -> None:
    """The first lesson of stage 1: (2 * -3 + 10) and its gradients."""
    from micrograd import Value

    a, b = Value(2.0), Value(-3.0)
    c = a * b + 10
    c.backward()
    assert (c.data, a.grad, b.grad) == (4.0, -3.0, 2.0)


def learn(package) -> None:
    """XOR, 500 steps downhill."""
    xs, ys = XOR
    model = package.MLP(2, [3, 1], seed=1)
    optimizer = package.SGD(model.parameters(), lr=0.1)
    losses = []
    for _ in range(500):
        loss = package.mse(ys, [model(x) for x in xs])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.data))
    assert losses[-1] < losses[0] / 5, f"{package.__name__}: {losses[0]} to {losses[-1]}"


def save_and_load(package) -> None:
    """Weights go through a file unchanged."""
    model = package.MLP(2, [3, 1], seed=1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.safetensors"
        package.save_checkpoint(path, model=model)
        again = package.MLP(2, [3, 1], seed=2)
        package.load_checkpoint(path, model=again)
    pairs = zip(model.state_dict().values(), again.state_dict().values())
    assert all((a == b).all() for a, b in pairs)


if __name__ == "__main__":
    main()

"""Random networks: one description, built and trained at every stage that can.

What is compared are the outputs, the loss and all gradients of ten training steps, and the weights
after them. Stage 1 has tanh on every layer and no losses, so its loss is written with `+` and `*`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

import micrograd
import micrograd_plus
import microgradx
import vhgrad

__all__ = ["Network", "random_network", "train"]

STEPS = 10
LOSSES = ("mse", "binary_cross_entropy_with_logits", "hinge", "huber", "l1", "cross_entropy")
ACTIVATIONS = ("tanh", "relu", "sigmoid", "silu", "gelu", "elu", "leaky_relu", "softplus")
PACKAGES = {
    "micrograd": micrograd,
    "micrograd-plus": micrograd_plus,
    "microgradx": microgradx,
    "vhgrad": vhgrad,
}


@dataclass(frozen=True)
class Network:
    """A multi-layer perceptron, its loss, its optimiser and its data, all from seeds."""

    nin: int
    nouts: tuple[int, ...]
    seed: int
    points: int
    settings: tuple[tuple[str, Any], ...] = ()
    loss: str = "mse"
    optimizer: tuple[str, tuple[tuple[str, float], ...]] = ("SGD", (("lr", 0.05),))

    def data(self) -> tuple[np.ndarray, np.ndarray]:
        """Inputs and fitting targets."""
        rng = np.random.default_rng(self.seed)
        X, nout = rng.uniform(-1, 1, (self.points, self.nin)), self.nouts[-1]
        if self.loss == "cross_entropy":
            return X, rng.integers(0, nout, self.points)
        shape = (self.points, nout) if nout > 1 else (self.points,)
        if self.loss.startswith("binary"):
            return X, rng.integers(0, 2, shape).astype(float)
        if self.loss == "hinge":
            return X, rng.choice([-1.0, 1.0], shape)
        return X, rng.uniform(-1, 1, shape)


def random_network(rng: np.random.Generator, later: str) -> Network:
    """A network that the later stage of a pair and the one before both know."""
    layers = tuple(int(n) for n in rng.integers(1, 9, rng.integers(1, 4)))
    base = Network(int(rng.integers(1, 5)), layers, int(rng.integers(10**6)), 5)
    if later == "micrograd-plus":
        return base
    hidden, last = (str(rng.choice(ACTIVATIONS)) for _ in range(2))
    settings = (("activation", hidden), ("last_activation", str(rng.choice(["linear", last]))))
    rate = (("lr", float(rng.uniform(0.01, 0.1))), ("momentum", float(rng.choice([0.0, 0.9]))))
    if later == "microgradx":
        loss = str(rng.choice(["mse", "binary_cross_entropy_with_logits", "hinge"]))
        return Network(base.nin, layers, base.seed, 5, settings, loss, ("SGD", rate))
    losses = LOSSES if layers[-1] > 1 else LOSSES[:-1]
    init = ("init", str(rng.choice(["uniform", "xavier", "he"])))
    optimizer = ("Adam", (("lr", 0.01),)) if rng.random() < 0.5 else ("SGD", rate)
    points = int(rng.choice([5, 100]))
    loss = str(rng.choice(losses))
    return Network(base.nin, layers, base.seed, points, (*settings, init), loss, optimizer)


def train(stage: str, network: Network) -> dict[str, np.ndarray]:
    """Every quantity of ten training steps, by name."""
    package, (X, y) = PACKAGES[stage], network.data()
    settings = dict(network.settings)
    if not settings and stage != "micrograd":
        settings = {"activation": "tanh", "last_activation": "tanh"}  # as stage 1 always is
    if stage == "vhgrad":
        settings["dtype"] = np.float64
    model = package.MLP(network.nin, list(network.nouts), seed=network.seed, **settings)
    optimizer = None
    if stage != "micrograd":
        name, given = network.optimizer
        optimizer = getattr(package, name)(model.parameters(), **dict(given))
    seen = {}
    for step in range(1, STEPS + 1):
        outputs = predictions(stage, model, X)
        seen[f"outputs {step}"] = plain(outputs)
        loss = measured(package, network.loss, y, outputs)
        clear(model, optimizer)
        loss.backward()
        seen[f"loss {step}"] = np.asarray(loss.data)
        seen |= {f"gradient {k} in step {step}": g for k, g in enumerate(per_layer(model, "grad"))}
        if optimizer is None:
            for p in model.parameters():
                p.data -= 0.05 * p.grad
        else:
            optimizer.step()
    return seen | {f"weights {k}": w for k, w in enumerate(per_layer(model, "data"))}


def predictions(stage: str, model: Any, X: np.ndarray) -> Any:
    """A batch at once, or one example at a time."""
    if stage in ("micrograd", "micrograd-plus"):
        return [model(x) for x in X.tolist()]
    return model(X)


def measured(package: Any, loss: str, y: np.ndarray, outputs: Any) -> Any:
    """The loss, by its name in the package; stage 1 has none."""
    if package is micrograd:
        return by_hand(y, outputs)
    targets = y.tolist() if isinstance(outputs, list) else y
    return getattr(package, loss)(targets, outputs)


def by_hand(y: np.ndarray, outputs: list[Any]) -> Any:
    """The mean squared error of stage 1."""
    total = 0.0
    for target, output in zip(y.tolist(), outputs):
        several = isinstance(output, list)
        for t, o in zip(target, output) if several else [(target, output)]:
            error = o + -1.0 * t
            total = total + error * error * (1 / y.size)
    return total


def clear(model: Any, optimizer: Any) -> None:
    """Forget the gradients."""
    if optimizer is not None:
        optimizer.zero_grad()
        return
    for p in model.parameters():
        p.grad = 0.0


def plain(outputs: Any) -> np.ndarray:
    """Numbers instead of nodes."""
    if not isinstance(outputs, list):
        return outputs.data
    return np.array(
        [[o.data for o in row] if isinstance(row, list) else row.data for row in outputs]
    )


def per_layer(model: Any, what: str) -> list[np.ndarray]:
    """Weights with the bias as last column, one array per layer."""
    arrays = []
    for layer in model.layers:
        if hasattr(layer, "weight"):
            weight, bias = getattr(layer.weight, what), getattr(layer.bias, what)
            arrays.append(np.column_stack([weight, bias]))
        else:
            rows = [[*n.weights, n.bias] for n in layer.neurons]
            arrays.append(np.array([[getattr(p, what) for p in row] for row in rows]))
    return arrays

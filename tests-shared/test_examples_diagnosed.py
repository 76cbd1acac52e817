"""`diagnose` finds nothing in the examples: with their models and data, at three times."""

import copy
import os
import runpy
from pathlib import Path

import pytest

import vhgrad

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
SCHEDULES = ("constant", "step", "exponential", "cosine", "warm-up, cosine", "one cycle")
IMAGES = {"samples": 256, "epochs": 2}


def images(*words):
    """Trains an example on some pictures: real digits where they are at hand, else made-up ones."""

    def train(script, folder):
        real = None if words else os.environ.get("VHGRAD_DATA_DIR")
        chosen, tested = script["load"](real or folder, IMAGES["samples"], 0)
        script["train"](*words, (chosen, [part[:100] for part in tested]), IMAGES["epochs"], 0)

    return train


RUNS = {  # name: the example, and what trains it as it is trained there
    "xor": ("xor", lambda script, _: script["train"]()),
    "spiral": ("spiral", lambda script, _: script["train"]()),
    "regression": ("regression", lambda script, _: script["train"]()),
    "mnist": ("mnist", images()),
    "mnist_cnn": ("mnist_cnn", images()),
    "cifar10 mlp": ("cifar10", images("mlp")),
    "cifar10 cnn": ("cifar10", images("cnn")),
    **{
        f"schedules, {name}": ("schedules", lambda script, _, name=name: script["train"](name, 0))
        for name in SCHEDULES
    },
}


def watched(found):
    """`fit`, with a diagnosis before the first epoch, after half of them and after the last."""

    def fit(model, data, *, loss, optimizer, epochs, callbacks=(), **settings):
        def look(epoch, logs):
            if epoch in (0, epochs // 2, epochs):
                batch = next(iter(copy.deepcopy(data)))  # the order of the next epoch stays
                # After the last step some schedules are at 0. It would be said, and be right, that
                # one more step moves nothing; but the run is over, so the model is asked alone.
                over = optimizer.param_groups[0]["lr"] < 1e-12
                held = None if over and epoch == epochs else optimizer
                found[epoch] = vhgrad.diagnose(model, batch, loss=loss, optimizer=held)

        look(0, {})
        settings = {"loss": loss, "optimizer": optimizer, "epochs": epochs, **settings}
        return vhgrad.fit(model, data, callbacks=[*callbacks, look], **settings)

    return fit


@pytest.mark.parametrize("name", RUNS)
def test_healthy_examples_are_left_alone(name, image_folder):
    """Three looks at each of them, and not one finding."""
    example, train = RUNS[name]
    script = runpy.run_path(str(EXAMPLES / f"{example}_vhgrad.py"))
    found = {}
    script["train"].__globals__["fit"] = watched(found)
    train(script, image_folder)

    assert 3 == len(found)
    assert {} == {epoch: str(findings) for epoch, findings in found.items() if findings}


def test_every_example_that_trains_is_looked_at():
    """A new one has to be healthy, too."""
    texts = {path: path.read_text(encoding="utf-8") for path in EXAMPLES.glob("*.py")}
    training = {path.stem for path, text in texts.items() if " fit(" in text and "vhgrad" in text}

    assert {f"{example}_vhgrad" for example, _ in RUNS.values()} == training

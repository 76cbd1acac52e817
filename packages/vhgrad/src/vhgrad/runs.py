"""One run of `vhgrad train`: load, train, measure, draw. Results go to standard output."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from microgradx import cross_entropy
from microgradx.data import DataLoader
from vhgrad import plot
from vhgrad.metrics import accuracy
from vhgrad.nn import MLP
from vhgrad.optim import Adam
from vhgrad.tasks import TASKS, TaskData
from vhgrad.training import evaluate, fit, predict

__all__ = ["Settings", "run"]


@dataclass(frozen=True)
class Settings:
    """What a run is: the same settings give the same result."""

    task: str
    samples: int | None
    epochs: int
    batch_size: int
    lr: float
    seed: int


def run(settings: Settings, data_dir: str | None, out: Path, *, quiet: bool = False) -> None:
    """Train, print the test accuracy, and write metrics and pictures into the folder `out`.

    Raises:
        DatasetError: if the data cannot be had.
        OSError: if `out` cannot be written.
        FloatingPointError: if the loss is no longer a number.
    """

    def tell(line: str) -> None:
        if not quiet:
            print(line, file=sys.stderr, flush=True)

    task = TASKS[settings.task]
    rng = np.random.default_rng(settings.seed)
    data = task.load(settings.samples, rng, data_dir)
    out.mkdir(parents=True, exist_ok=True)  # now, not after minutes of training
    model = MLP(task.nin, task.nouts, activation=task.activation, seed=settings.seed)
    layers = "-".join(str(size) for size in (task.nin, *task.nouts))
    tell(f"{settings.task}: {len(data.train):,} samples, network {layers}, seed {settings.seed}")
    test = DataLoader(data.test, 1000)
    history = train(model, data, test, settings, rng, tell, progress=not quiet)
    score = evaluate(model, test, loss=cross_entropy, metrics={"accuracy": accuracy})["accuracy"]
    print(f"test accuracy: {100 * score:.2f} %", flush=True)
    record = {**asdict(settings), "test_accuracy": score, "history": history}
    (out / "metrics.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    tell(f"wrote {out / 'metrics.json'}")
    try:
        for name, figure in pictures(
            model, data, settings.task, f"test accuracy {100 * score:.2f} %"
        ):
            figure.savefig(out / name)
            tell(f"wrote {out / name}")
    except ImportError as error:
        tell(str(error))


def train(
    model: Any,
    data: TaskData,
    test: DataLoader,
    settings: Settings,
    rng: np.random.Generator,
    tell: Callable[[str], None],
    *,
    progress: bool,
) -> dict[str, list[float]]:
    """Fit with Adam, its rate falling to 0 along half a cosine; a line per epoch."""
    loader = DataLoader(data.train, settings.batch_size, shuffle=True, generator=rng)
    optimizer = Adam(model.parameters(), lr=settings.lr)

    def on_epoch(epoch: int, logs: dict[str, float]) -> None:
        for group in optimizer.param_groups:
            group["lr"] = settings.lr * (1 + math.cos(math.pi * epoch / settings.epochs)) / 2
        if progress and sys.stderr.isatty():
            return  # `fit` shows a line itself
        tell(
            f"epoch {epoch:{len(str(settings.epochs))}}/{settings.epochs}  "
            f"loss {logs['loss']:.4f}  accuracy {100 * logs['accuracy']:6.2f} %  "
            f"{logs['seconds']:.2f} s"
        )

    # A loss that is no number stops `fit` with one sentence, so NumPy need not warn as well.
    with one_thread(), np.errstate(all="ignore"):
        history = fit(
            model,
            loader,
            loss=cross_entropy,
            optimizer=optimizer,
            epochs=settings.epochs,
            validation=test,
            metrics={"accuracy": accuracy},
            progress=progress,
            callbacks=[on_epoch],
        )
    if history.interrupted:
        raise KeyboardInterrupt
    return {name: values for name, values in history.items() if name != "seconds"}


def one_thread() -> AbstractContextManager[object]:
    """Matrix products in one thread.

    Products as small as these gain nothing from a second thread, and where other programs keep the
    cores busy, threads that wait for each other cost much: 12 s in one thread, 125 s in two (MNIST,
    10,000 samples, 20 epochs, two busy cores).
    """
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1, user_api="blas")


def pictures(model: Any, data: TaskData, task: str, title: str) -> Iterator[tuple[str, Any]]:
    """The pictures of a run, with their file names."""
    X, y = data.test.arrays
    if task != "mnist":
        yield "decision_boundary.png", plot.decision_boundary(model, X, y, title=f"{task}, {title}")
        return
    predicted = predict(model, X).argmax(axis=1)
    yield "confusion_matrix.png", plot.confusion_matrix(y, predicted, title=f"MNIST, {title}")
    wrong = np.flatnonzero(predicted != y)
    some = wrong[:30]
    title = f"{len(some)} of {len(wrong):,} mistakes in {len(y):,} test images"
    grid = plot.image_grid(data.shown[some], y[some], predicted[some], title=title)
    yield "mistakes.png", grid

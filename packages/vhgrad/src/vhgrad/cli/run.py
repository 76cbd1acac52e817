"""One run of `vhgrad train`: load, train, measure, draw. Results go to standard output."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from microgradx import cross_entropy
from vhgrad import plot
from vhgrad.checkpoint import load_checkpoint
from vhgrad.checkpoint.replacing import replacement
from vhgrad.cli.folder import CHECKPOINT, METRICS
from vhgrad.cli.recipe import optimizer_of, schedule_of
from vhgrad.cli.saving import RunCheckpoint, metadata_of, row
from vhgrad.cli.settings import Settings
from vhgrad.cli.stopping import Stopping
from vhgrad.data import DataLoader, Normalize, TensorDataset
from vhgrad.metrics import accuracy
from vhgrad.random import manual_seed
from vhgrad.training import History, evaluate, fit, generators, predict
from vhgrad.training.progress import is_watched, tell

__all__ = ["Run", "one_thread", "write_text"]


class Run:
    """A run in its folder.

    Args:
        settings: what to do.
        data_dir: where the data files are.
        out: the folder, which is there.
        quiet: whether nothing is told on the way.

    Raises:
        DatasetError: if the data cannot be had.
    """

    def __init__(self, settings: Settings, data_dir: str | None, out: Path, quiet: bool) -> None:
        self.settings, self.out, self.quiet = settings, out, quiet
        self.task = task = row(settings)
        manual_seed(settings.seed)  # nothing here draws from it, but its state is saved, too
        rng = np.random.default_rng(settings.seed)
        (X, y), (X_test, self.y_test) = task.load(settings.samples, rng, data_dir)
        self.shown = X_test
        self.normalize = Normalize.of(X) if task.images else None
        self.X_test = prepared(X_test, self.normalize)
        self.samples = len(X)
        self.loader = DataLoader(
            TensorDataset(np.asarray(X, np.float32), y),
            settings.batch_size,
            shuffle=True,
            generator=rng,
            transform=task.transform(self.normalize),
        )
        self.test = DataLoader(TensorDataset(self.X_test, self.y_test), 1000)
        self.model = task.network(settings.seed)
        self.optimizer = optimizer_of(settings, self.model.parameters())
        self.scheduler = schedule_of(settings, self.optimizer, len(self.loader))
        self.history = History()
        self.weights = sum(p.size for p in self.model.parameters())

    def tell(self, line: str) -> None:
        """A line on standard error."""
        if not self.quiet:
            tell(line)

    def parts(self) -> dict[str, Any]:
        """What a checkpoint holds; there may be a scheduler, too."""
        return {
            "model": self.model,
            "optimizer": self.optimizer,
            "loader": self.loader,
            "generator": generators(self.model),
            "history": self.history,
        }

    def resume(self, before: Settings) -> None:
        """Go on where the checkpoint in the folder ends.

        With more epochs than before, the rate goes on as if there had been so many from the start.

        Raises:
            CheckpointError: if it does not fit.
        """
        longer = before.epochs != self.settings.epochs
        if longer:  # another schedule, and two of one optimiser would multiply their rates
            self.optimizer = optimizer_of(self.settings, self.model.parameters())
        parts = self.parts()
        if self.scheduler is not None and not longer:
            parts["scheduler"] = self.scheduler
        load_checkpoint(self.out / CHECKPOINT, **parts)
        if self.scheduler is not None and longer:
            self.scheduler = schedule_of(self.settings, self.optimizer, len(self.loader))
            steps = self.history.epochs
            if getattr(self.scheduler, "unit", "epoch") == "batch":
                steps = steps * len(self.loader) + self.history.steps
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the optimiser's steps were made before
                for _ in range(steps):
                    self.scheduler.step()

    def train(self, stopping: Stopping) -> None:
        """Train for what is left of the epochs; saves after every one, and where it is stopped."""
        settings, width = self.settings, len(str(self.settings.epochs))

        def line(epoch: int, logs: dict[str, float]) -> None:
            self.tell(
                f"epoch {epoch:{width}}/{settings.epochs}  loss {logs['loss']:.4f}  "
                f"accuracy {100 * logs['accuracy']:6.2f} %  {logs['seconds']:.2f} s"
            )

        terminal = is_watched()  # there `fit` shows a bar, and a line of its own
        checkpoint = RunCheckpoint(self.out / CHECKPOINT, metadata_of(settings, self.normalize))
        stopping.training = True
        # A loss that is no number stops `fit` with one sentence, so NumPy need not warn as well.
        with one_thread(), np.errstate(all="ignore"):
            fit(
                self.model,
                self.loader,
                loss=cross_entropy,
                optimizer=self.optimizer,
                epochs=settings.epochs,
                scheduler=self.scheduler,
                validation=self.test,
                metrics={"accuracy": accuracy},
                checkpoint=checkpoint,
                callbacks=[stopping] if terminal else [line, stopping],
                progress=not self.quiet,
                history=self.history,
            )
        stopping.training = False
        if not settings.epochs:
            checkpoint.save(**self.parts())  # to begin with later, by --resume --epochs

    def report(self, stopping: Stopping) -> None:
        """Write metrics, print the test accuracy, draw pictures."""
        with one_thread():
            found = evaluate(
                self.model, self.test, loss=cross_entropy, metrics={"accuracy": accuracy}
            )
        score = found["accuracy"]
        columns = {name: column for name, column in self.history.items() if name != "seconds"}
        record = {**asdict(self.settings), "test_accuracy": score, "history": columns}
        write_text(self.out / METRICS, json.dumps(record, indent=2, allow_nan=False) + "\n")
        print(f"test accuracy: {100 * score:.2f} %", flush=True)  # may fail, so not before that
        self.tell(f"wrote {self.out / METRICS}")
        with stopping.later():  # a library that is just being imported may not survive a signal
            self.draw(f"test accuracy {100 * score:.2f} %")

    def draw(self, title: str) -> None:
        """Write the pictures, if there is something to draw with."""
        try:
            for name, figure in self.pictures(title):
                figure.savefig(self.out / name)
                self.tell(f"wrote {self.out / name}")
        except ImportError as error:
            self.tell(str(error))

    def pictures(self, title: str) -> Iterator[tuple[str, Any]]:
        """The pictures of a run, with their file names."""
        X, y, name = self.X_test, self.y_test, self.settings.task
        if not self.task.images:
            boundary = plot.decision_boundary(self.model, X, y, title=f"{name}, {title}")
            yield "decision_boundary.png", boundary
            return
        with one_thread():
            predicted = predict(self.model, X).argmax(axis=1)
        confused = plot.confusion_matrix(y, predicted, title=f"{name}, {title}")
        yield "confusion_matrix.png", confused
        wrong = np.flatnonzero(predicted != y)
        some = wrong[:30]
        if len(some):
            title = f"{len(some)} of {len(wrong):,} mistakes in {len(y):,} test images"
            grid = plot.image_grid(self.shown[some], y[some], predicted[some], title=title)
            yield "mistakes.png", grid


def prepared(X: Any, normalize: Normalize | None) -> Any:
    """Inputs as the network takes them."""
    X = np.asarray(X, np.float32)
    return X if normalize is None else np.asarray(normalize(X), np.float32)


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    with replacement(os.fspath(path)) as new:
        Path(new).write_text(text, encoding="utf-8")


def one_thread() -> AbstractContextManager[object]:
    """Matrix products in one thread.

    Products as small as these gain nothing from a second thread, and where other programs keep the
    cores busy, threads that wait for each other cost much: 12 s in one thread, 125 s in two (MNIST,
    10,000 samples, 20 epochs, two busy cores).
    """
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1, user_api="blas")

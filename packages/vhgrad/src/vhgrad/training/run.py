"""`Run`: everything that `fit` was given, checked, with what is done per step and per epoch."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from microgradx import manual_seed
from vhgrad.nn import Module
from vhgrad.training.batches import check_data, pairs, rest_of_epoch
from vhgrad.training.buffers import Buffers
from vhgrad.training.callbacks import Callbacks
from vhgrad.training.checks import check_loss, check_optimizer
from vhgrad.training.compiled import NotFinite, compiled_step
from vhgrad.training.divergence import diverged
from vhgrad.training.early_stopping import EarlyStopping
from vhgrad.training.evaluation import evaluate
from vhgrad.training.generators import generators
from vhgrad.training.history import History
from vhgrad.training.interrupts import Interrupts
from vhgrad.training.measuring import named
from vhgrad.training.progress import Progress
from vhgrad.training.settings import advance, clipping, saving
from vhgrad.training.step import train_step

__all__ = ["Run"]


class Run:
    """One call of `fit`. Between two of its steps everything can be saved, and is whole."""

    def __init__(
        self,
        model: Module,
        data: Any,
        history: History,
        epochs: int,
        *,
        loss: Callable[[Any, Any], Any],
        optimizer: Any,
        validation: Any,
        metrics: Any,
        scheduler: Any,
        early_stopping: EarlyStopping | None,
        clip: Any,
        checkpoint: Any,
        callbacks: Iterable[Any],
        progress: bool,
        compile: bool,
    ) -> None:
        check_loss(loss)
        check_optimizer(optimizer, model.parameters())
        check_data("data", data, epochs - history.epochs)
        names = ["loss", "seconds"]
        if validation is not None:
            check_data("validation", validation, epochs - history.epochs)
            names += ["validation_loss", *named(metrics)]
        elif metrics is not None:
            raise ValueError("`metrics` are measured on `validation`, which is missing.")
        if early_stopping is not None:
            early_stopping.check(names)
        self.model, self.data, self.history, self.epochs = model, data, history, epochs
        self.loss, self.optimizer, self.scheduler = loss, optimizer, scheduler
        self.validation, self.metrics = validation, metrics
        self.early_stopping, self.clip = early_stopping, clipping(clip)
        self.checkpoint, self.callbacks = saving(checkpoint, names), Callbacks(callbacks)
        self.progress = Progress(epochs, progress)
        self.fast = compile and compiled_step(model, loss=loss, optimizer=optimizer, clip=self.clip)
        self.every_batch = getattr(scheduler, "unit", "epoch") == "batch"

    def start(self, seed: int | None) -> None:
        """Begin: anew if nothing is in the history, else where it ends."""
        if not (self.history.epochs or self.history.steps):
            if self.early_stopping is not None:
                self.early_stopping.reset()
            if seed is not None:
                manual_seed(seed)
        self.history.interrupted = False
        if not self.model.training:
            self.model.train()
        self.buffers = Buffers(self.model)

    def goes_on(self) -> bool:
        """Whether there is an epoch to train."""
        stopped = self.early_stopping is not None and self.early_stopping.stopped
        return self.history.epochs < self.epochs and not stopped

    def steps(self, interrupts: Interrupts) -> None:
        """Train for what is left of the epoch."""
        history = self.history
        rest = self.progress.batches(rest_of_epoch(self.data, history.steps), history, self.data)
        start = time.perf_counter()
        for inputs, targets in pairs(rest, first=history.steps + 1):
            number = self.step(inputs, targets)
            now = time.perf_counter()
            history.count(number, len(targets), now - start)
            start = now
            if self.every_batch:
                self.scheduler.step()
            for hook in self.callbacks.batch:
                hook(history.steps, {"loss": number})
            interrupts.check()
        if not history.examples:
            raise ValueError("expected at least one batch, got none.")

    def step(self, inputs: Any, targets: Any) -> float:
        """One step; if numbers are no longer finite, everything stays as before it."""
        try:
            if self.fast:
                return self.fast(inputs, targets)
        except NotFinite:
            pass  # once more, slowly, to see where it began
        self.buffers.save()
        try:
            return train_step(
                self.model,
                inputs,
                targets,
                loss=self.loss,
                optimizer=self.optimizer,
                clip=self.clip,
            )
        except FloatingPointError as error:
            self.buffers.restore()
            raise diverged(error, self.model, self.history) from error

    def end_epoch(self, interrupts: Interrupts) -> None:
        """Measure, write it down, and move on what moves from epoch to epoch."""
        history = self.history
        logs = {"loss": history.mean(), "seconds": history.seconds}
        if self.validation is not None:
            batches = interrupts.between(self.validation)
            found = evaluate(self.model, batches, loss=self.loss, metrics=self.metrics)
            logs |= {"validation_loss": found.pop("loss"), **found}
        history.add(logs)
        if self.scheduler is not None and not self.every_batch:
            advance(self.scheduler, logs)
        if self.early_stopping is not None:
            self.early_stopping.update(logs, self.model)
        self.progress.line(history.epochs, logs)
        for hook in self.callbacks.epoch:
            hook(history.epochs, logs)
        interrupts.check()
        self.save()

    def save(self) -> None:
        """Save all parts, if a checkpoint is wanted."""
        if self.checkpoint is not None:
            parts = {
                "model": self.model,
                "optimizer": self.optimizer,
                "scheduler": self.scheduler,
                "loader": self.data if hasattr(self.data, "load_state_dict") else None,
                "generator": generators(self.model),
                "early_stopping": self.early_stopping,
                "history": self.history,
            }
            self.checkpoint.save(**{k: part for k, part in parts.items() if part is not None})

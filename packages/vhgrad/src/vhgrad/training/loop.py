"""The training loop, built from public parts only: what it does, your own loop can do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from vhgrad.nn import Module
from vhgrad.training.callbacks import StopTraining
from vhgrad.training.checks import check_epochs, check_model
from vhgrad.training.early_stopping import EarlyStopping
from vhgrad.training.history import History
from vhgrad.training.interrupts import Interrupts
from vhgrad.training.run import Run

__all__ = ["fit"]


def fit(
    model: Module,
    data: Iterable[tuple[Any, Any]],
    *,
    loss: Callable[[Any, Any], Any],
    optimizer: Any,
    epochs: int,
    validation: Iterable[tuple[Any, Any]] | None = None,
    metrics: Any = None,
    scheduler: Any = None,
    early_stopping: EarlyStopping | None = None,
    clip: float | Callable[[Sequence[Any]], object] | None = None,
    checkpoint: Any = None,
    callbacks: Iterable[Any] = (),
    progress: bool = True,
    seed: int | None = None,
    history: History | None = None,
    compile: bool = False,
) -> History:
    """Train a model: for every batch a forward pass, a backward pass and a step.

    Ctrl-C ends it after the current step: the model holds that step, and the history what was done,
    with `history.interrupted` set; a second Ctrl-C raises KeyboardInterrupt at once. Given the same
    history again, `fit` goes on from there, in the middle of an epoch, too; if model, optimizer,
    scheduler, early stopping, loader and generators are as they were then, or loaded from their
    `state_dict`, the numbers are those of a run that was never stopped.

    Args:
        model: a module. If it is in evaluation mode it is put into training mode, with all its
            parts; if it is in training mode, parts that you put into evaluation mode stay there.
        data: batches `(inputs, targets)`, gone through once per epoch.
        loss: `loss(targets, outputs)` gives one number, the mean over a batch.
        optimizer: moves the model's parameters.
        epochs: how often to go through the data, counting the epochs in `history`.
        validation: batches to measure on after every epoch.
        metrics: what to measure on them, as in `evaluate`.
        scheduler: stepped after every epoch, or after every step if its `unit` is "batch"; one
            whose `step` needs a number gets the validation loss, or without validation the loss.
        early_stopping: may end the training; a new run resets it. With `restore_best`, the model
            has its best weights at the end, unless Ctrl-C or a callback ended it.
        clip: the largest norm of all gradients together, or a function that is called with the
            parameters before every step.
        checkpoint: a path, or a `Checkpoint`: everything is saved after every epoch, and where
            Ctrl-C or a callback ends the training.
        callbacks: functions `f(epoch, logs)` called after every epoch, counted from 1, or objects
            with `on_epoch_end(epoch, logs)` or `on_batch_end(step, logs)` or both. They may raise
            `StopTraining`.
        progress: show a bar and a line per epoch on standard error, if that is a terminal.
        seed: starts the default generator anew, which dropout draws from, unless a history goes on.
        history: from an earlier call, to go on from there.
        compile: record the step, and repeat it without the engine (`vhgrad.compile`): the same
            numbers, sooner; small models gain most.

    Returns:
        A history with `loss` and `seconds` of every epoch, and with validation data
        `validation_loss` and the metrics.

    Raises:
        TypeError: if an argument is not what it should be, such as a batch that is no pair.
        ValueError: if one is out of range, there are no batches, or nothing is in one of them.
        NotRecordable: with `compile`, if the model does something that cannot be repeated.
        DivergenceError: if the loss or a gradient is nan or infinite: a FloatingPointError that
            names epoch, step and the operation where it began. The step is not made: parameters,
            buffers, optimizer and scheduler are as before it.

    Example:
        >>> from vhgrad import MLP, SGD, mse
        >>> xs, ys = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
        >>> model = MLP(2, [8, 1], seed=1)
        >>> optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
        >>> history = fit(model, [(xs, ys)], loss=mse, optimizer=optimizer, epochs=200)
        >>> history["loss"][-1] < 0.05
        True
    """
    check_model("fit", model, data)
    check_epochs(epochs)
    history = History() if history is None else history
    run = Run(
        model,
        data,
        history,
        epochs,
        loss=loss,
        optimizer=optimizer,
        validation=validation,
        metrics=metrics,
        scheduler=scheduler,
        early_stopping=early_stopping,
        clip=clip,
        checkpoint=checkpoint,
        callbacks=callbacks,
        progress=progress,
        compile=compile,
    )
    run.start(seed)
    with Interrupts() as interrupts:
        try:
            while run.goes_on():
                run.steps(interrupts)
                run.end_epoch(interrupts)
        except StopTraining:
            history.interrupted = interrupts.noted
            run.save()
            return history
    if early_stopping is not None:
        early_stopping.restore(model)
    return history

"""`vhgrad train`: a run in a folder of its own, or the rest of one."""

from __future__ import annotations

import argparse
from dataclasses import asdict, replace
from pathlib import Path

from vhgrad.cli.folder import CHECKPOINT, METRICS, FolderError, locked
from vhgrad.cli.run import Run
from vhgrad.cli.saving import read_settings
from vhgrad.cli.settings import Settings, SettingsError, chosen, from_file
from vhgrad.cli.stopping import Stopping
from vhgrad.cli.values import READERS
from vhgrad.training.progress import tell

__all__ = ["run_train"]


def run_train(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """Train, and print the test accuracy.

    Raises:
        FolderError: if there is a run in the folder, or none to resume.
        OSError: if the folder cannot be written.
        CheckpointError: if a run cannot be resumed.
    """
    try:
        wishes = from_file(options.config) if options.config is not None else {}
    except SettingsError as error:
        parser.error(f"argument --config: {error}")
    given = {name: value for name in READERS if (value := getattr(options, name)) is not None}
    wishes |= given
    task = wishes.get("task", "spiral")
    out = Path("runs", task) if options.out is None else Path(options.out).expanduser()
    if options.out == "":  # a variable that was not set; Path("") would be the folder one is in
        parser.error("argument --out: needs the name of a folder, got ''; here is --out .")
    if options.resume and options.overwrite:
        parser.error("argument --resume: not together with --overwrite")
    try:
        settings = chosen(task, wishes)
    except SettingsError as error:
        parser.error(f"argument {error}")
    with locked(out, overwrite=options.overwrite, resume=options.resume):
        return train_in(out, settings, wishes, options)


def train_in(
    out: Path, settings: Settings, wishes: dict[str, object], options: argparse.Namespace
) -> int:
    """The same in a folder that is ours."""
    before = None
    if options.resume:
        before, _ = read_settings(str(out / CHECKPOINT))
        settings = continued(before, wishes)
    with Stopping() as stopping:
        run = Run(settings, options.data_dir, out, options.quiet)
        if before is not None:
            run.resume(before)
        done = run.history.epochs
        run.tell(
            f"{settings.task}: {run.samples:,} samples, {run.weights:,} weights, "
            f"seed {settings.seed}"
        )
        if before is not None:
            run.tell(f"resumed after {done} of {settings.epochs} epochs")
            if done >= settings.epochs:
                run.tell("the run is finished; more --epochs would go on with it")
        else:  # only now: what is overwritten stays until there is something to train
            (out / METRICS).unlink(missing_ok=True)
        run.train(stopping)
        if stopping.number:
            where = f"after {run.history.epochs} of {settings.epochs} epochs"
            tell(f"stopped {where}, saved {out / CHECKPOINT}; --resume goes on with it")
            return 128 + stopping.number
        run.report(stopping)
    return 0


def continued(before: Settings, wishes: dict[str, object]) -> Settings:
    """The settings of a run to go on with: its own, but there may be more epochs.

    Raises:
        FolderError: if others are asked for.
    """
    changed = [
        f"{name} {value!r} instead of {asdict(before)[name]!r}"
        for name, value in wishes.items()
        if name != "epochs" and value != asdict(before)[name]
    ]
    if changed:
        raise FolderError(f"a run is resumed as it was begun, not with {', '.join(changed)}")
    epochs = wishes.get("epochs", before.epochs)
    assert isinstance(epochs, int)
    if epochs < before.epochs:
        raise FolderError(f"a run of {before.epochs} epochs cannot be resumed with only {epochs}")
    return replace(before, epochs=epochs)

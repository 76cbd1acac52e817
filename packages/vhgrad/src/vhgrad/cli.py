"""The command `vhgrad`: results on standard output, all else on standard error.

Exit codes: 0 done, 1 the run failed (data, files, a loss that is no number), 2 the command line is
wrong, 130 interrupted with Ctrl-C.
"""

from __future__ import annotations

import argparse
import difflib
import math
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from microgradx.datasets import DatasetError
from vhgrad import __version__
from vhgrad.runs import Settings, run
from vhgrad.tasks import TASKS

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser, train = parsers()
    if not words:
        parser.print_usage(sys.stderr)
        return 2
    refuse_unknown(words, parser, train)
    options = parser.parse_args(words)
    try:
        return run_train(options, train)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader has left, as `head` does
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, 1)
        os.dup2(sink, 2)
        return 1


def run_train(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """The command `train`."""
    task = TASKS[options.task]
    if options.samples is not None and options.samples > task.most_samples:
        parser.error(
            f"argument --samples: {options.task} has at most {task.most_samples:,}, "
            f"got {options.samples:,}"
        )
    chosen = {
        name: getattr(task, name) if getattr(options, name) is None else getattr(options, name)
        for name in ("samples", "epochs", "batch_size", "lr")
    }
    out = Path("runs", options.task) if options.out is None else Path(options.out).expanduser()
    try:
        run(
            Settings(task=options.task, seed=options.seed, **chosen),
            options.data_dir,
            out,
            quiet=options.quiet,
        )
    except BrokenPipeError:
        raise
    except (DatasetError, FloatingPointError) as error:
        print(f"vhgrad train: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"vhgrad train: cannot write to {out}: {error.strerror or error}", file=sys.stderr)
        return 1
    return 0


def parsers() -> tuple[argparse.ArgumentParser, argparse.ArgumentParser]:
    """The whole command line, and the part after `train`."""
    parser = argparse.ArgumentParser(
        prog="vhgrad", description="Train small neural networks.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"vhgrad {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    train = commands.add_parser(
        "train",
        help="train a network on a task and draw what it learned",
        description="Train a network on a task, print its test accuracy, draw what it learned.",
        allow_abbrev=False,
    )
    add = train.add_argument
    add(
        "task",
        nargs="?",
        default="spiral",
        type=task_name,
        metavar="TASK",
        help=f"one of {', '.join(TASKS)}; default: spiral",
    )
    add("--samples", type=whole(1), metavar="N", help="number of training samples")
    add("--epochs", type=whole(0), metavar="N", help="how often to go through them")
    add("--batch-size", type=whole(1), metavar="N", help="samples per step")
    add("--lr", type=rate, metavar="RATE", help="learning rate at the start; it falls to 0")
    add("--seed", type=whole(0, 2**64 - 1), default=0, metavar="N", help="default: 0")
    add("--data-dir", metavar="DIR", help="folder of the MNIST files; default: VHGRAD_DATA_DIR")
    add("--out", metavar="DIR", help="folder for metrics and pictures; default: runs/TASK")
    add("--quiet", action="store_true", help="print the result only")
    return parser, train


def task_name(word: str) -> str:
    """A task of the table."""
    if word not in TASKS:
        raise argparse.ArgumentTypeError(f"no task {word!r}{suggestion(word, TASKS)}")
    return word


def whole(least: int, most: int = 10**6) -> Callable[[str], int]:
    """Reads a whole number within limits."""

    def read(word: str) -> int:
        try:
            number = int(word)
        except ValueError:
            number = least - 1
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(
                f"needs a whole number from {least} to {most}, got {word!r}"
            )
        return number

    return read


def rate(word: str) -> float:
    """Reads a learning rate."""
    try:
        number = float(word)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"needs a number above 0, got {word!r}")
    return number


def refuse_unknown(
    words: Sequence[str], parser: argparse.ArgumentParser, train: argparse.ArgumentParser
) -> None:
    """Name an unknown command or option, with the known one that looks like it."""
    command = words[0]
    if not command.startswith("-") and command != "train":
        parser.error(f"no command {command!r}{suggestion(command, ['train'])}")
    known = train if command == "train" else parser
    options = list(known._option_string_actions)
    for word in words:
        name = word.partition("=")[0]
        if name.startswith("--") and len(name) > 2 and name not in options:
            known.error(f"no option {name}{suggestion(name, options)}")


def suggestion(word: str, known: Iterable[str]) -> str:
    """The end of an error message: the nearest known word, or all of them."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else f"; there is {', '.join(known)}"

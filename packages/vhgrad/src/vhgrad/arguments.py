"""What may stand on the command line, and what to say where something else does."""

from __future__ import annotations

import argparse
import difflib
import math
from collections.abc import Callable, Iterable, Sequence

from vhgrad import __version__
from vhgrad.tasks import TASKS

__all__ = ["parsers", "refuse_unknown"]


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

"""What may stand on the command line, and what to say where something else does."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any

from vhgrad import __version__
from vhgrad.cli.tasks import TASKS
from vhgrad.cli.values import OPTIMIZERS, READERS, SCHEDULES, suggestion

__all__ = ["Parsers", "parsers", "refuse_unknown"]

EXIT_CODES = """\
exit codes:
  0    done
  1    the run failed: data, files, or a loss that is no number
  2    the command line is wrong
  3    a checkpoint is damaged, or belongs to something else
  129  its terminal was closed (SIGHUP), after saving
  130  stopped by Ctrl-C, after saving
  143  told to stop (SIGTERM), after saving
"""

Parsers = dict[str, argparse.ArgumentParser]


def parsers() -> tuple[argparse.ArgumentParser, Parsers]:
    """The whole command line, and the parts by command."""
    parser = argparse.ArgumentParser(
        prog="vhgrad",
        description="Train small neural networks, and use them.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"vhgrad {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    found = {
        name: commands.add_parser(name, help=text, description=text, allow_abbrev=False)
        for name, text in {
            "train": "Train a network on a task, print its test accuracy, draw what it learned.",
            "evaluate": "Measure a trained network on the test data of its task.",
            "predict": "Print the class of every example in files, one per line.",
            "inspect": "Verify a checkpoint and list what is in it.",
        }.items()
    }
    for part in found.values():
        part.add_argument("--debug", action="store_true", help="on failure, print the traceback")
    train_options(found["train"])
    for name in ("evaluate", "predict", "inspect"):
        found[name].add_argument(
            "checkpoint", metavar="CHECKPOINT", help="what train wrote: the file, or its folder"
        )
    found["evaluate"].add_argument("--data-dir", metavar="DIR", help="folder of the data files")
    found["predict"].add_argument(
        "files", nargs="+", metavar="FILE", help="IDX, CSV, .npy or PNG; - is standard input"
    )
    found["predict"].add_argument(
        "--probabilities", action="store_true", help="after the class, that of every class"
    )
    return parser, found


def train_options(train: argparse.ArgumentParser) -> None:
    """Everything after `train`; None means: not asked for."""

    def add(name: str, help: str, metavar: str = "N") -> None:
        reader = READERS[name.removeprefix("--").replace("-", "_")]
        train.add_argument(name, type=argument(reader), metavar=metavar, help=help)

    train.add_argument(
        "task",
        nargs="?",
        type=argument(READERS["task"]),
        metavar="TASK",
        help=f"one of {', '.join(TASKS)}; default: spiral",
    )
    add("--samples", "number of training samples")
    add("--epochs", "how often to go through them")
    add("--batch-size", "samples per step")
    add("--lr", "learning rate at its highest", metavar="RATE")
    add("--optimizer", f"one of {', '.join(OPTIMIZERS)}; default: adam", metavar="NAME")
    add("--schedule", f"one of {', '.join(SCHEDULES)}; default: cosine", metavar="NAME")
    add("--seed", "of weights, order and made-up data; default: 0")
    option = train.add_argument
    option("--data-dir", metavar="DIR", help="folder of the data files; default: VHGRAD_DATA_DIR")
    option("--config", metavar="FILE", help="settings in TOML; options here win over them")
    option("--out", metavar="DIR", help="for checkpoint, metrics, pictures; default: runs/TASK")
    option("--overwrite", action="store_true", help="replace a run that is in the folder")
    option("--resume", action="store_true", help="go on with the run that is in the folder")
    option("--quiet", action="store_true", help="print the result only")


def argument(reader: Callable[[str], Any]) -> Callable[[str], Any]:
    """A reader whose complaint argparse prints as it is."""

    def read(word: str) -> Any:
        try:
            return reader(word)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return read


def refuse_unknown(words: Sequence[str], parser: argparse.ArgumentParser, known: Parsers) -> None:
    """Name an unknown command or option, with the known one that looks like it."""
    command = words[0]
    if not command.startswith("-") and command not in known:
        parser.error(f"no command {command!r}{suggestion(command, known)}")
    asked = known.get(command, parser)
    options = list(asked._option_string_actions)
    for word in words:
        if word == "--":
            break
        name = word.partition("=")[0]
        if name.startswith("--") and len(name) > 2 and name not in options:
            asked.error(f"no option {name}{suggestion(name, options)}")

"""The command `vhgrad`: results on standard output, all else on standard error.

Exit codes: 0 done, 1 the run failed (data, files, a loss that is no number), 2 the command line is
wrong, 3 a checkpoint is damaged or belongs to something else, 129 left without its terminal, 130
interrupted with Ctrl-C, 143 told to stop by SIGTERM. The last three mean that all was saved, if
training had begun.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence

from vhgrad.checkpoint import CheckpointError
from vhgrad.cli.arguments import Parsers, parsers, refuse_unknown
from vhgrad.cli.evaluate import run_evaluate
from vhgrad.cli.folder import FolderError
from vhgrad.cli.inspect import run_inspect
from vhgrad.cli.predict import run_predict
from vhgrad.cli.stopping import Stopped
from vhgrad.cli.train import run_train
from vhgrad.data import DatasetError
from vhgrad.training.progress import tell

__all__ = ["main", "program"]


def program() -> int:
    """The command as a process of its own, where a Ctrl-C may also come after all is done."""
    try:
        code = main()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    except KeyboardInterrupt:
        return 130
    return code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser, parts = parsers()
    if not words:
        parser.print_usage(sys.stderr)
        return 2
    refuse_unknown(words, parser, parts)
    options = parser.parse_args(words)
    try:
        return command(options, parts)
    except BrokenPipeError:  # the reader has left, as `head` does
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, 1)
        os.dup2(sink, 2)
        return 1
    except Stopped as stopped:
        tell(str(stopped))
        return stopped.code
    except KeyboardInterrupt:
        tell("interrupted")
        return 130
    except (
        DatasetError,
        FloatingPointError,
        FolderError,
        CheckpointError,
        OSError,
        MemoryError,
    ) as error:
        if options.debug:
            raise
        tell(f"vhgrad {options.command}: {reason(error)}")
        return 3 if isinstance(error, CheckpointError) else 1


def reason(error: BaseException) -> str:
    """What went wrong, for the user."""
    if isinstance(error, OSError):
        place = "" if error.filename is None else f"{error.filename or repr('')}: "
        return f"{place}{error.strerror or error}"
    return str(error) or "there is not enough memory for that"


def command(options: argparse.Namespace, parts: Parsers) -> int:
    """Run one command; returns the exit code."""
    if options.command == "train":
        return run_train(options, parts["train"])
    run = {"evaluate": run_evaluate, "predict": run_predict, "inspect": run_inspect}
    return run[options.command](options)

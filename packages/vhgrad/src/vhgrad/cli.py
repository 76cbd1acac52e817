"""The command `vhgrad`: results on standard output, all else on standard error.

Exit codes: 0 done, 1 the run failed (data, files, a loss that is no number), 2 the command line is
wrong, 130 interrupted with Ctrl-C.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from microgradx.datasets import DatasetError
from vhgrad.arguments import parsers, refuse_unknown
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

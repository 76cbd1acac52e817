"""The same accidents with `torch.save`, `torch.load` and `load_state_dict` as with ours.

    pip install torch==2.13.0
    python durability/beside_pytorch.py --out docs/results

Counts are of tries that ended badly: a file that cannot be read, other numbers without a word, a
model that is neither as before nor as saved.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import pickle
import random
import resource
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "benchmarks"), str(Path(__file__).resolve().parent)]

import numpy as np  # noqa: E402
import torch  # noqa: E402
from children import Child  # noqa: E402
from timing import machine, rounded, table, version, write_json  # noqa: E402

import vhgrad  # noqa: E402
from vhgrad.checkpoint import files  # noqa: E402

__all__ = ["main"]

KILLS, FLIPS, READS = 300, 2000, 3  # tries, tries, seconds
ENTRIES = 100_000


class PyTorch:
    """A file of `torch.save` that tells by itself whether it is whole."""

    name = "PyTorch"

    @staticmethod
    def write(path: Path, number: int) -> None:
        """Save a version as one does."""
        torch.save({"w": torch.full((ENTRIES,), float(number)), "number": number}, path)

    @staticmethod
    def found(path: Path) -> int:
        """The number of the version that is there; raises if it cannot be read."""
        state = torch.load(path)
        if not bool((state["w"] == state["number"]).all()):
            raise ValueError("other numbers")
        return int(state["number"])


class Ours:
    """The same content in a file of ours."""

    name = "vhgrad"

    @staticmethod
    def write(path: Path, number: int) -> None:
        """Save a version."""
        w = np.full(ENTRIES, number, np.float32)
        vhgrad.save_checkpoint(path, metadata={"w": w, "number": number})

    @staticmethod
    def found(path: Path) -> int:
        """The number of the version that is there; raises if it cannot be read."""
        state = vhgrad.load_checkpoint(path)
        if not (state["w"] == state["number"]).all():
            raise ValueError("other numbers")
        return int(state["number"])


Library = type[PyTorch] | type[Ours]


def is_whole(library: Library, path: Path) -> bool:
    """Whether some version can be read."""
    try:
        library.found(path)
    except Exception:
        return False
    return True


def killed(library: Library) -> str:
    """SIGKILL while one file is saved again and again."""
    bad, rng = 0, random.Random(0)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "run"

        def work(tell: Any) -> None:
            tell(0)
            number = 0
            while True:
                number += 1
                library.write(path, number % 100)

        for _ in range(KILLS):
            library.write(path, 0)
            child = Child(work)
            child.wait_for_number()
            time.sleep(rng.random() * 0.012)
            child.end(signal.SIGKILL)
            bad += not is_whole(library, path)
    return f"{bad} of {KILLS} files lost"


def no_room(library: Library) -> str:
    """A disk that takes no more than so many bytes of a file."""
    bad = silent = 0
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "run"
        limits = range(1000, 400_000, 20_000)
        for limit in limits:

            def work(tell: Any, limit: int = limit) -> None:
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
                sys.stderr = io.StringIO()
                try:
                    library.write(path, 50)
                except Exception:
                    tell(1)

            library.write(path, 1)
            _, told = Child(work).end()
            silent += not told
            bad += not is_whole(library, path)
    return f"{bad} of {len(limits)} old files lost, {silent} in silence"


def read_meanwhile(library: Library) -> str:
    """A process that reads while another one saves."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "run"
        library.write(path, 0)
        end = time.monotonic() + READS

        def work(tell: Any) -> None:
            number = 0
            while time.monotonic() < end:
                number += 1
                library.write(path, number % 100)

        writer, seen = Child(work), []
        while time.monotonic() < end:
            seen.append(is_whole(library, path))
            time.sleep(0.005)
        writer.end()
    bad = seen.count(False)
    return f"{100 * bad / len(seen):.0f} % of {len(seen):,} reads failed"


def flipped(library: Library) -> str:
    """One bit of the file flipped."""
    silent, rng = 0, random.Random(1)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "run"
        library.write(path, 3)
        good = path.read_bytes()
        for _ in range(FLIPS):
            data, bit = bytearray(good), rng.randrange(8 * len(good))
            data[bit // 8] ^= 1 << bit % 8
            path.unlink()
            path.write_bytes(data)
            silent += not refused(library, path)
    return f"{100 * silent / FLIPS:.1f} % of {FLIPS:,} load without an error"


def refused(library: Library, path: Path) -> bool:
    """Whether loading says that something is wrong."""
    try:
        library.found(path)
    except ValueError as error:
        return str(error) != "other numbers"
    except Exception:
        return True
    return False


def cut(library: Library) -> str:
    """The file cut short."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "run"
        library.write(path, 3)
        good, silent = path.read_bytes(), 0
        lengths = range(0, len(good), len(good) // 300)
        for length in lengths:
            path.write_bytes(good[:length])
            silent += not refused(library, path)
    return f"{silent} of {len(lengths)} load"


def half_loaded(library: Library) -> str:
    """A state in which the last of four arrays has another shape."""
    if library is PyTorch:
        model: Any = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Linear(4, 2))
        state = {name: torch.zeros_like(x) for name, x in model.state_dict().items()}
        state["1.bias"] = torch.zeros(7)
    else:
        model = vhgrad.Sequential(vhgrad.Linear(3, 4), vhgrad.Linear(4, 2))
        state = {name: np.zeros_like(x) for name, x in model.state_dict().items()}
        state["1.bias"] = np.zeros(7)
    try:
        model.load_state_dict(state)
    except (RuntimeError, ValueError):
        changed = sum(not np.asarray(x).any() for x in model.state_dict().values())
        return f"{changed} of 4 arrays changed"
    return "no error"


def wrong_schedule(library: Library) -> str:
    """A schedule that is given the state of another kind of schedule."""
    if library is PyTorch:
        optimizer: Any = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.1)
        schedules: Any = torch.optim.lr_scheduler
    else:
        optimizer = vhgrad.SGD([vhgrad.Parameter([1.0])], lr=0.1)
        schedules = vhgrad.optim.lr_scheduler
    state = schedules.ExponentialLR(optimizer, 0.5).state_dict()
    try:
        schedules.CosineAnnealingLR(optimizer, 9).load_state_dict(state)
    except ValueError:
        return "refused"
    return "taken without a word"


class Code:
    """An object whose pickle runs a function of its author's choice."""

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return os.mkdir, (f"{tempfile.gettempdir()}/ran-{os.getpid()}",)


def code(library: Library) -> str:
    """A file made by somebody who means no good."""
    ran = Path(f"{tempfile.gettempdir()}/ran-{os.getpid()}")
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "run"
        path.write_bytes(pickle.dumps(Code()))
        reads: dict[str, Callable[[], Any]] = {"": lambda: vhgrad.load_checkpoint(path)}
        if library is PyTorch:
            torch.save(Code(), path)
            reads = {
                "by default ": lambda: torch.load(path),
                "with weights_only=False ": lambda: torch.load(path, weights_only=False),
            }
        found = []
        for how, read in reads.items():
            with contextlib.suppress(Exception):
                read()
            found.append(f"{how}{'it runs' if ran.exists() else 'refused'}")
            if ran.exists():
                ran.rmdir()
    return ", ".join(found)


def same_bytes(library: Library) -> str:
    """The same content saved under two names."""
    with tempfile.TemporaryDirectory() as place:
        for name in ("first", "second"):
            library.write(Path(place) / name, 5)
        one, other = (Path(place, name).read_bytes() for name in ("first", "second"))
    return "the same bytes" if one == other else "other bytes"


def position(library: Library) -> str:
    """Stopping in the middle of an epoch: whether a loader can say where it is."""
    loader: Any = torch.utils.data.DataLoader if library is PyTorch else vhgrad.DataLoader
    return "saved and restored" if hasattr(loader, "state_dict") else "has no state"


def times() -> tuple[str, str]:
    """The time of a save of 400 kB, taken in turns, ours also without waiting for the disk."""
    taken: dict[str, list[float]] = {"theirs": [], "ours": [], "unsynced": []}
    waits = files.sync, files.sync_folder
    with tempfile.TemporaryDirectory() as place:
        for number in range(60):
            for name, times in taken.items():
                if name == "unsynced":
                    files.sync, files.sync_folder = (lambda file: None), (lambda path: None)
                library = PyTorch if name == "theirs" else Ours
                start = time.perf_counter()
                library.write(Path(place) / name, number)
                times.append(time.perf_counter() - start)
                files.sync, files.sync_folder = waits
    theirs, ours, unsynced = (median(times) for times in taken.values())
    return "1", f"{ours / theirs:.1f}; {unsynced / theirs:.1f} without fsync"


WHAT: dict[str, Callable[[Library], str]] = {
    "killed while saving over an old file": killed,
    "no room for the new file": no_room,
    "read while another process saves": read_meanwhile,
    "one bit flipped": flipped,
    "cut short": cut,
    "a state with one array of another shape": half_loaded,
    "the state of another kind of schedule": wrong_schedule,
    "code in the file": code,
    "the same content under two names": same_bytes,
    "a loader in the middle of an epoch": position,
}


def main() -> int:
    """Print the table; with `--out` write it, too."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, help="a folder for beside_pytorch.json and .md")
    options = parser.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    rows = []
    for what, probe in WHAT.items():
        rows.append((what, probe(PyTorch), probe(Ours)))
        print(*rows[-1], sep=": ", file=sys.stderr)
    rows.append(("time of a save of 400 kB", *times()))
    header = ("accident", f"PyTorch {torch.__version__.partition('+')[0]}", "vhgrad")
    print(table(header, rows))
    if options.out is not None:
        about = {"torch": version("torch"), **machine("one")}
        write_json(options.out / "beside_pytorch.json", rounded({**about, "rows": rows}))
        lines = ["| " + " | ".join(header) + " |", "|---|---|---|"]
        lines += ["| " + " | ".join(row) + " |" for row in rows]
        lines += ["", f"{about['date']}, commit {about['commit']}, {about['cpu']}."]
        text = "\n".join(lines) + "\n"
        (options.out / "beside_pytorch.md").write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

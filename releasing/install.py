"""Install what was built as users do, in fresh environments outside the checkout.

    python releasing/install.py --release dist --registry dist/registry [--record FOLDER]

Prints a line for every check, green where it holds, and ends with an error if one does not.
`--record` also writes `install.json` and `install.md` for the docs.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from downstream import downstream
from environments import Environment, done, program, pythons
from installing import alone, changed, highest, lowest, pinned, plain
from namesake import after_original, before_original, replaced_by_original, replaced_original
from recording import record
from stages import STAGES, module, upto
from staging import NAME_ON_THE_INDEX

__all__: list[str] = []

GREEN, RED, PLAIN = ("\033[32m", "\033[31m", "\033[0m") if sys.stdout.isatty() else ("", "", "")

Check = tuple[str, str, Callable[[Environment], None]]  # what, Python, how


def main() -> None:
    """Every check in an environment of its own."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--release", type=Path, required=True, help="files of a release")
    words.add_argument("--registry", type=Path, required=True, help="files for the package index")
    words.add_argument("--python", action="append", help="3.11, 3.12, ...; default: all here")
    words.add_argument("--only", default="", help="checks whose line has this text")
    words.add_argument("--record", type=Path, help="folder for install.json and install.md")
    chosen = words.parse_args()
    if chosen.record and chosen.only:
        words.error("a record is made of all checks; leave out --only")
    found = {v: p for v, p in pythons().items() if not chosen.python or v in chosen.python}
    if not found:
        sys.exit("none of these Pythons is here; there are " + ", ".join(pythons()))

    rows = []
    print(f"{'check':58} Python  seconds", flush=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as outside:
        place = Path(outside).resolve()
        done(sys.executable, "-m", "venv", place / "pip")
        tools = program(place / "pip", "python")
        checks = all_checks(chosen.release.resolve(), chosen.registry.resolve(), list(found))
        for number, (what, version, check) in enumerate(checks):
            if chosen.only not in what:
                continue
            began = time.perf_counter()
            error = problem(check, place / str(number), found[version], tools)
            seconds = time.perf_counter() - began
            colour, mark = (RED, "FAILED") if error else (GREEN, "ok")
            rows.append({"check": what, "python": version, "seconds": seconds, "result": mark})
            print(f"{what:58} {version:6} {seconds:8.1f}  {colour}{mark}{PLAIN}", flush=True)
            if error:
                print(error)
    held = sum(row["result"] == "ok" for row in rows)
    seconds = sum(row["seconds"] for row in rows)
    colour = GREEN if held == len(rows) else RED
    print(f"{colour}{held} of {len(rows)} hold{PLAIN}, after {seconds:.0f} seconds")
    if chosen.record:
        record(rows, chosen.record)
    sys.exit(held < len(rows) or not rows)


def problem(check: Callable, place: Path, python: Path, tools: Path) -> str | None:
    """What went wrong in a fresh environment, or None; the environment is removed."""
    try:
        check(Environment(place, python, tools))
    except (AssertionError, RuntimeError, OSError) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return None


def all_checks(release: Path, registry: Path, versions: list[str]) -> Iterator[Check]:
    """The checks: each stage on every Python, everything else on the oldest or the newest."""
    wheels = [next(release.glob(f"{module(stage)}-*.whl")) for stage in STAGES]
    sdists = [next(release.glob(f"{module(stage)}-*.tar.gz")) for stage in STAGES]
    first = next(registry.glob(f"{module(NAME_ON_THE_INDEX)}-*.whl"))
    of_index = [first, *(registry / wheel.name for wheel in wheels[1:])]
    oldest, newest = versions[0], versions[-1]
    for version in versions:
        for stage in STAGES:
            files = wheels[: len(upto(stage))]
            yield (f"{stage} alone, gone without a trace", version, partial(alone, stage, files))
    for version, what, check, files in (
        (oldest, "all four from their source distributions", plain, sdists),
        (oldest, "lowest dependencies allowed", lowest, wheels),
        (newest, "highest dependencies there are, all extras", highest, wheels),
        (newest, "the files for the package index", plain, of_index),
        (newest, "a requirements file, hostile namesakes on the index", pinned, release),
        (newest, "a requirements file, one byte more in a wheel: refused", changed, release),
        (newest, "the original micrograd, then a release: replaced", replaced_original, wheels),
        (newest, "a release, then the original: error, repair", replaced_by_original, wheels),
        (newest, "the original, then the index; it goes: error, repair", after_original, of_index),
        (newest, "the index, then the original: error, repair", before_original, of_index),
        (newest, "a package that depends on vhgrad alone, strict types", downstream, release),
    ):
        yield what, version, partial(check, files)


if __name__ == "__main__":
    main()

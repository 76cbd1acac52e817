"""Make all four packages ready for a release: versions, the pins between them, change logs.

    python releasing/bump.py 1.1.0 [--date 2027-01-31] [--draft]

`--draft` changes nothing and prints what the change logs would say. The version may stay what it
is, for a first release; it never goes back.
"""

import argparse
import datetime
import re
import sys

from changelog import collect, section
from stages import ROOT, STAGES, folder, version

__all__: list[str] = []


def main() -> None:
    """Check what was asked for, then do it."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("version", help="in the form X.Y.Z")
    words.add_argument("--date", default=datetime.datetime.now(datetime.UTC).date().isoformat())
    words.add_argument("--draft", action="store_true", help="only print the change logs")
    chosen = words.parse_args()
    old, new = version(), chosen.version
    if not re.fullmatch(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}", new):
        sys.exit(f"expected a version in the form X.Y.Z, got {new}; try nox -s bump -- 1.1.0")
    if numbers(new) < numbers(old):
        sys.exit(f"expected a version of {old} or later, got {new}; published ones stay")

    try:
        sections = {stage: section(stage, new, chosen.date) for stage in STAGES}
    except ValueError as error:
        sys.exit(str(error))  # before anything was written
    if chosen.draft:
        print("\n".join(f"# {stage}\n\n{text}" for stage, text in sections.items()))
        return
    for stage, text in sections.items():
        collect(stage, text)
        move(stage, old, new)
    cite(new, chosen.date)
    print(f"{old} -> {new}; nox -s 'tests(shared)' checks it, then commit and tag v{new}")


def numbers(text: str) -> tuple[int, ...]:
    """A version as numbers, which compare as versions do."""
    return tuple(int(part) for part in text.split("."))


def move(stage: str, old: str, new: str) -> None:
    """Write the version of one stage, and of every stage that it pins."""
    path = folder(stage) / "pyproject.toml"
    text = path.read_text(encoding="utf-8")
    text = text.replace(f'\nversion = "{old}"\n', f'\nversion = "{new}"\n')
    pin = rf'"((?:{"|".join(STAGES)})(?:\[[a-z,]+\])?)=={re.escape(old)}"'
    path.write_text(re.sub(pin, rf'"\1=={new}"', text), encoding="utf-8", newline="\n")


def cite(new: str, date: str) -> None:
    """Write version and date where people look who cite this."""
    path = ROOT / "CITATION.cff"
    text = re.sub(r"(?m)^version: .*$", f"version: {new}", path.read_text(encoding="utf-8"))
    text = re.sub(r"(?m)^date-released: .*$", f'date-released: "{date}"', text)
    path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()

"""Write a stage yourself: `python exercises micrograd` makes a folder, and later grades it.

Which bodies are emptied stands in `micrograd.toml` and its neighbours.
"""

import argparse
from pathlib import Path

from folders import ROOT, STAGES, make
from grading import OPEN, RIGHT, grades

__all__: list[str] = []


def main() -> None:
    """Make the folder if it is not there; otherwise tell how far it is."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("stage", choices=STAGES)
    words.add_argument("names", nargs="*", help="exercises to grade; default: all")
    words.add_argument("--to", type=Path, help="the folder; default: exercise-<stage>")
    chosen = words.parse_args()
    folder = chosen.to or ROOT / f"exercise-{chosen.stage}"
    if not folder.exists():
        make(chosen.stage, folder)
        print(f"made {folder}; read EXERCISES.md there, then run this again")
        return
    found = []
    for name, grade in grades(chosen.stage, folder, chosen.names):
        found.append(grade)
        print(f"{name:24} {grade}", flush=True)
    print(f"{found.count(RIGHT)} right, {found.count(OPEN)} open, of {len(found)}")


if __name__ == "__main__":
    main()

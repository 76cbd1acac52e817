"""What a release is announced with: the newest section of all four change logs.

    python releasing/notes.py v1.1.0

Ends with an error where the tag, the versions and the change logs disagree.
"""

import re
import sys

from stages import STAGES, folder, metadata

__all__: list[str] = []


def main() -> None:
    """Print the notes as Markdown."""
    tag = sys.argv[1]
    for stage in STAGES:
        version = metadata(stage)["version"]
        if tag != f"v{version}":
            sys.exit(f"{stage} has version {version}, the tag is {tag}; run nox -s bump first")
        path = folder(stage) / "CHANGELOG.md"
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        found = re.search(rf"(?ms)^## {re.escape(version)} \(.*?\)\n(.*?)(?=^## |\Z)", text)
        if not found:
            sys.exit(f"{stage}: no {version} in CHANGELOG.md; run nox -s bump -- {version}")
        print(f"## {stage}\n\n{found[1].strip()}\n")


if __name__ == "__main__":
    main()

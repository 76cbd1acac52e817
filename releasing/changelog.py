"""The change logs: fragments from `changelog.d/` become a section of `CHANGELOG.md`."""

from pathlib import Path

from stages import folder

__all__ = ["collect", "section"]

KINDS = ("added", "changed", "deprecated", "removed", "fixed")
HEAD = "# Change log\n\nAll four stages have the same version; each tells its own changes.\n"
NOTHING = "Nothing but the version, which all stages share."


def section(stage: str, version: str, date: str) -> str:
    """What changed in a stage since the last release, as Markdown.

    Raises:
        ValueError: if this version was released already, or a fragment is of no known kind.
    """
    if f"\n## {version} (" in earlier(stage):
        raise ValueError(f"{stage}: the change log has {version} already; choose a later version.")
    lines = [f"## {version} ({date})", ""]
    found = fragments(stage)
    for kind in KINDS:
        texts = [path.read_text(encoding="utf-8").split() for path in found if is_of(kind, path)]
        if texts:
            lines += [f"### {kind.capitalize()}", ""]
            lines += [*(f"- {' '.join(words)}" for words in texts), ""]
    return "\n".join(lines if found else [*lines, NOTHING, ""])


def collect(stage: str, text: str) -> None:
    """Put a section at the top of the change log and delete the fragments it was made from."""
    whole = f"{HEAD}\n{text}{earlier(stage)}"
    (folder(stage) / "CHANGELOG.md").write_text(whole, encoding="utf-8", newline="\n")
    for fragment in fragments(stage):
        fragment.unlink()


def earlier(stage: str) -> str:
    """The sections of earlier releases."""
    path = folder(stage) / "CHANGELOG.md"
    return path.read_text(encoding="utf-8").removeprefix(HEAD) if path.is_file() else ""


def fragments(stage: str) -> list[Path]:
    """The files `<name>.<kind>.md` of a stage, in the order of their names."""
    files = (folder(stage) / "changelog.d").glob("*.md")
    found = sorted(path for path in files if path.name != "README.md")
    unknown = [path.name for path in found if not any(is_of(kind, path) for kind in KINDS)]
    if unknown:
        raise ValueError(f"{stage}: expected <name>.<kind>.md with a kind of {KINDS}: {unknown}.")
    return found


def is_of(kind: str, fragment: Path) -> bool:
    """Whether a fragment tells of this kind of change."""
    return fragment.name.endswith(f".{kind}.md")

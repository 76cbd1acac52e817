"""What `install.py` found, for the docs: once as numbers, once as a table."""

import datetime
import json
import platform
from pathlib import Path
from typing import Any

from staging import git

__all__ = ["record"]


def record(rows: list[dict[str, Any]], folder: Path) -> None:
    """Write `install.json` and `install.md`."""
    found = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "commit": git("rev-parse", "--short=7", "HEAD").strip(),
        "machine": f"{platform.system()} {platform.machine()}",
        "rows": [{**row, "seconds": round(row["seconds"], 1)} for row in rows],
    }
    text = json.dumps(found, indent=2) + "\n"
    (folder / "install.json").write_text(text, encoding="utf-8", newline="\n")
    (folder / "install.md").write_text(as_table(found), encoding="utf-8", newline="\n")


def as_table(found: dict[str, Any]) -> str:
    """A row for each check, with all the Pythons it was made on."""
    checks: dict[str, list[dict[str, Any]]] = {}
    for row in found["rows"]:
        checks.setdefault(row["check"], []).append(row)
    lines = ["| installed in a fresh environment | Python | result |", "|---|---|---|"]
    for check, rows in checks.items():
        failed = [row["python"] for row in rows if row["result"] != "ok"]
        result = f"**failed on {', '.join(failed)}**" if failed else "ok"
        lines.append(f"| {check} | {', '.join(row['python'] for row in rows)} | {result} |")
    when = f"Made on {found['date']} at commit {found['commit']}, {found['machine']}."
    return "\n".join([*lines, "", when, ""])

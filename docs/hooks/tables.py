"""Tables for pages, made from numbers that were recorded and from the sources."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
STAGES = ("micrograd", "micrograd-plus", "microgradx", "vhgrad")
ADDS = {
    "micrograd": "`Value` with `+ * tanh`, the walk back, drawings, `Neuron`, `Layer`, `MLP`",
    "micrograd-plus": "every operation, losses, SGD, a gradient checker, a compiler",
    "microgradx": "the same on arrays: batches, data sets, Adam",
    "vhgrad": "modules, layers, `fit`, metrics, pictures, checkpoints, a command",
}


def table(name: str) -> str:
    """One of the tables below, by its name."""
    return TABLES[name]()


def figures(name: str) -> dict[str, Any]:
    """What a benchmark recorded."""
    return json.loads((ROOT / "benchmarks" / "results" / name).read_text(encoding="utf-8"))


def when(machine: dict[str, Any]) -> str:
    """Where and when numbers were measured."""
    return (
        f"Measured on {machine['date']} at commit `{machine['commit'][:7]}`: {machine['cpu']}, "
        f"{machine['cores']} cores, {machine['system']}, Python {machine['python']}, "
        f"NumPy {machine['numpy']}, {machine['threads']}."
    )


def lines_of_code(stage: str) -> int:
    """Lines in a package's sources, docstrings, comments and blank lines included."""
    files = (ROOT / "packages" / stage / "src").rglob("*.py")
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files)


def ratio(faster: dict[str, float]) -> str:
    """How many times faster, with its 95 % interval."""
    low, median, high = (f"{faster[key]:.3g}" for key in ("low", "median", "high"))
    return f"{median} × ({low}–{high})"


def verdict(stage: str) -> str:
    """Whether the recorded proof of a stage against the one before holds."""
    path = ROOT / "docs" / "results" / "proof.md"
    if stage == STAGES[0]:
        return "the beginning"
    if not path.is_file():
        return "not recorded yet"
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("|")
    ]
    of_stage = [row for row in rows if row[0].endswith(f", {stage}")]
    cases = sum(int(row[2].replace(",", "")) for row in of_stage)
    right = sum(row[-1] == "proved" for row in of_stage)
    held = "proved" if right == len(of_stage) else f"{right} of {len(of_stage)} rows proved"
    return f"[{held}, {cases:,} cases](proof.md)"


def ladder() -> str:
    """The four stages: what each adds, how long it is, how much faster, whether it is proved."""
    recorded = figures("ladder.json")
    faster = {row["after"]: row["faster"] for row in recorded["results"] if row["batch"] == 100}
    rows = [
        "| stage | what it adds | lines | one training step | the same results? |",
        "|---|---|--:|---|---|",
    ]
    for number, stage in enumerate(STAGES, 1):
        speed = ratio(faster[stage]) if stage in faster else "–"
        rows.append(
            f"| {number} `{stage}` | {ADDS[stage]} | {lines_of_code(stage):,} | {speed} "
            f"| {verdict(stage)} |"
        )
    return "\n".join([*rows, "", "Each stage is compared with the one before. " + step(recorded)])


def step(recorded: dict[str, Any]) -> str:
    """What was timed for the ladder."""
    return f"A step is that of `{recorded['step']}` on 100 points. {when(recorded['machine'])}"


def ladder_by_batch() -> str:
    """Each stage against the one before, at batches of several sizes."""
    recorded = figures("ladder.json")
    rows = [
        "| from | to | batch | before, ms | after, ms | faster |",
        "|---|---|--:|--:|--:|---|",
    ]
    rows += [
        f"| {row['before']} | {row['after']} | {row['batch']} | {1e3 * row['before_seconds']:.3g} "
        f"| {1e3 * row['after_seconds']:.3g} | {ratio(row['faster'])} |"
        for row in recorded["results"]
    ]
    return "\n".join([*rows, "", step(recorded)])


def results_when() -> str:
    """Where and when the table of results was made."""
    path = ROOT / "docs" / "results" / "results.json"
    return when(json.loads(path.read_text(encoding="utf-8"))["machine"])


def changes() -> str:
    """The collected change logs, and what waits for the next release."""
    text = []
    for stage in reversed(STAGES):
        folder = ROOT / "packages" / stage
        text.append(f"## {stage}")
        fragments = [p for p in sorted(folder.glob("changelog.d/*.md")) if p.name != "README.md"]
        if fragments:
            text += ["### Not released yet", *map(fragment, fragments)]
        log = folder / "CHANGELOG.md"
        if log.is_file():  # its title is ours already; its headings go one level down
            body = re.sub(r"\A# .*\n", "", log.read_text(encoding="utf-8"))
            text.append(re.sub(r"^#", "##", body, flags=re.MULTILINE))
    return "\n\n".join(text)


def fragment(path: Path) -> str:
    """One change, with its kind in front."""
    kind = path.stem.rpartition(".")[2]
    return f"- **{kind}**: " + path.read_text(encoding="utf-8").strip().replace("\n", "\n  ")


AIMS = [  # network, whose row, against what, how many times, whether more or less is better
    ("S", "torch_eager", "ratio", 3.5, "S: PyTorch takes so many times as long as `vhgrad`"),
    ("S", "torch_fused", "ratio", 2.5, "S: PyTorch with fused Adam"),
    ("M", "torch_eager", "ratio", 1.3, "M: PyTorch"),
    ("M", "torch_fused", "ratio", 1.1, "M: PyTorch with fused Adam"),
    ("L", "torch_eager", "ratio", 1.0, "L: PyTorch"),
    ("L", "torch_fused", "ratio", 1.0, "L: PyTorch with fused Adam"),
    ("C", "torch_eager", "ratio", 1 / 1.6, "C: PyTorch, at least 1/1.6"),
    ("E", "torch_eager", "ratio", 2.3, "E: PyTorch with its loader"),
    ("E", "torch_slices", "ratio", 1.7, "E: PyTorch with slices"),
    ("S", "by_hand", "compiled", 1 / 1.1, "S: NumPy by hand against *compiled*, at least 1/1.10"),
    ("M", "by_hand", "compiled", 1 / 1.1, "M: the same"),
    ("L", "by_hand", "compiled", 1 / 1.1, "L: the same"),
    ("S", "jax_jit", "compiled", 1.0, "S: JAX, jit, against *compiled*"),
]


def aims() -> str:
    """What was aimed at in speed, and what the last record says of it."""
    path = ROOT / "docs" / "results" / "peers-1.json"
    results = json.loads(path.read_text(encoding="utf-8"))
    rows = ["| one thread | aim | recorded | |", "| --- | ---: | ---: | --- |"]
    for network, framework, column, aim, what in AIMS:
        measured = results.get(network, {}).get("rows", {})
        found = measured.get(framework, {}).get(column)
        if not found:
            rows.append(f"| {what} | {aim:.2f} | – | not recorded |")
            continue
        # two processes of the same code may differ by more than the rounds of one
        again = measured.get("A/A", {}).get("ratio", {"median": 1.0})["median"]
        low, high = found["low"] / max(again, 1.0), found["high"] / min(again, 1.0)
        verdict = "met" if low >= aim else "missed" if high < aim else "open"
        recorded = f"{found['median']:.2f} ({found['low']:.2f}–{found['high']:.2f})"
        rows.append(f"| {what} | {aim:.2f} | {recorded} | {verdict} |")
    return "\n".join(rows)


TABLES = {
    "aims": aims,
    "ladder": ladder,
    "ladder-by-batch": ladder_by_batch,
    "results-when": results_when,
    "changes": changes,
}

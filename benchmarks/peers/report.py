"""What the peers took, as a table for people, a record and a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import timing
from networks import describe

__all__ = ["table", "write"]

TITLES = {
    "by_hand": "NumPy by hand",
    "vhgrad_eager": "vhgrad",
    "vhgrad_compiled": "vhgrad, compiled",
    "torch_eager": "PyTorch",
    "torch_slices": "PyTorch, slices for a loader",
    "torch_fused": "PyTorch, fused Adam",
    "torch_compiled": "PyTorch, torch.compile",
    "jax_jit": "JAX, jit",
    "autograd_numpy": "autograd",
    "mygrad_eager": "MyGrad",
    "tinygrad_jit": "tinygrad, TinyJit",
    "A/A": "vhgrad again (A/A)",
}
HEADER = ["framework", "time of a step", "times ours", "times ours, compiled", "MB"]


def rows(found: dict[str, Any]) -> list[list[str]]:
    """A line for every framework, the fastest first."""
    order = sorted(found, key=lambda name: found[name]["seconds"])
    return [
        [
            TITLES[name],
            duration(found[name]["seconds"]),
            ratio(found[name]["ratio"]),
            ratio(found[name]["compiled"]),
            f"{found[name]['megabytes']:.0f}",
        ]
        for name in order
    ]


def ratio(found: dict[str, float] | None) -> str:
    """A median and its interval."""
    if found is None:
        return "-"
    return "{median:.2f} ({low:.2f}-{high:.2f})".format(**found)


def duration(seconds: float) -> str:
    """Three digits, in the unit that suits."""
    for unit, name in ((1.0, "s"), (1e-3, "ms"), (1e-6, "us")):
        if seconds >= unit:
            return f"{seconds / unit:.3g} {name}"
    return f"{seconds * 1e9:.3g} ns"


def table(results: dict[str, Any]) -> str:
    """For a terminal."""
    return "\n\n".join(
        timing.table([f"{name}: {describe(name)}", *HEADER[1:]], rows(found))
        for name, found in results.items()
    )


def markdown(record: dict[str, Any]) -> str:
    """For the docs."""
    machine = record["machine"]
    parts = [
        f"{machine['date']}, {machine['cpu']}, cores used: {machine['threads']}, "
        f"commit {machine['commit']}, load {machine['load']}."
    ]
    for name, found in record["results"].items():
        lines = [f"| {name}: {describe(name)} | " + " | ".join(HEADER[1:]) + " |"]
        lines += ["| --- |" + " ---: |" * (len(HEADER) - 1)]
        lines += ["| " + " | ".join(row) + " |" for row in rows(found)]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def draw(record: dict[str, Any], path: Path) -> None:
    """A dot for every framework and network, on a logarithmic axis."""
    from matplotlib.figure import Figure

    results = record["results"]
    names = [name for name in TITLES if any(name in found for found in results.values())]
    names.remove("A/A")
    figure = Figure(figsize=(8, 0.4 * len(names) + 1.2), layout="constrained")
    axes = figure.subplots()
    for network, found in results.items():
        here = [name for name in names if name in found]
        times = [found[name]["ratio"]["median"] for name in here]
        axes.plot(times, [names.index(name) for name in here], "o", label=network, alpha=0.8)
    axes.set_yticks(range(len(names)), [TITLES[name] for name in names])
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.axvline(1, color="0.5", linewidth=1)
    axes.set_xlabel("time of a step, as a multiple of vhgrad's; to the left is faster")
    axes.grid(axis="x", alpha=0.3)
    axes.legend(ncols=len(results), loc="lower right", fontsize="small")
    figure.savefig(path, metadata={"Date": None}, dpi=150)


def write(path: Path, record: dict[str, Any]) -> None:
    """The record, and beside it the table and the picture."""
    timing.write_json(path, record)
    path.with_suffix(".md").write_text(markdown(record), encoding="utf-8", newline="\n")
    draw(record, path.with_suffix(".svg"))

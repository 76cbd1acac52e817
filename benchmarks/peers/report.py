"""What the peers took, as a table for people, a record and a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import timing
from networks import EPOCH, SCALARS, describe

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
    "scalars_original": "the original micrograd",
    "scalars_stage1": "micrograd (stage 1)",
    "scalars_stage2": "micrograd-plus (stage 2)",
    "scalars_compiled": "micrograd-plus, compiled",
}
HEADER = ["time of a step", "times ours", "times ours, compiled", "MB"]


def title(framework: str, network: str) -> str:
    """Its name; for an epoch, fused Adam goes with slices."""
    if framework == "A/A":
        return f"{TITLES['scalars_stage2' if network == SCALARS else 'vhgrad_eager']} again (A/A)"
    slices = ", slices" if (framework, network) == ("torch_fused", EPOCH) else ""
    return TITLES[framework] + slices


def rows(network: str, found: dict[str, Any]) -> list[list[str]]:
    """A line for every framework, the fastest first, then those that are absent."""
    measured = found["rows"]
    order = sorted(measured, key=lambda framework: measured[framework]["seconds"])
    lines = [
        [
            title(framework, network),
            duration(measured[framework]["seconds"]),
            ratio(measured[framework]["ratio"]),
            ratio(measured[framework]["compiled"]),
            f"{measured[framework]['megabytes']:.0f}",
        ]
        for framework in order
    ]
    return lines + [[title(name, network), "absent", "-", "-", "-"] for name in found["absent"]]


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


def table(network: str, found: dict[str, Any]) -> str:
    """One network, for a terminal."""
    return timing.table([f"{network}: {describe(network)}", *HEADER], rows(network, found))


def markdown(record: dict[str, Any]) -> str:
    """All networks, for the docs."""
    parts = []
    for network, found in record.items():
        lines = [f"| {network}: {describe(network)} | " + " | ".join(HEADER) + " |"]
        lines += ["| --- |" + " ---: |" * len(HEADER)]
        lines += ["| " + " | ".join(row) + " |" for row in rows(network, found)]
        parts += ["\n".join(lines).replace(" us |", " µs |"), when(found)]
    return "\n\n".join(parts) + "\n"


def when(found: dict[str, Any]) -> str:
    """Where, when and with what a network was measured."""
    machine, about = found["machine"], {}
    for row in found["rows"].values():
        about |= {name: version for name, version in row["about"].items() if name != "pools"}
    versions = ", ".join(f"{name} {version}" for name, version in sorted(about.items()))
    pools = next(iter(found["rows"].values()))["about"].get("pools")
    sentences = [
        f"{machine['date']}, {machine['cpu']}, cores: {machine['threads']}, "
        f"{machine['clock']} time; "
        f"Python {machine['python']}, {versions or 'nothing else'}; "
        f"commit `{machine['commit']}`, {found['rounds']} rounds, load {machine['load']}.",
        f"Our thread pools: {pools}." if pools else "",
        *(f"Absent: {title(name, '')}: `{why}`." for name, why in found["absent"].items()),
    ]
    return "\n".join(filter(None, sentences))


def draw(record: dict[str, Any], path: Path) -> None:
    """A dot for every framework and network, on a logarithmic axis; for light and dark pages."""
    import matplotlib
    from matplotlib.figure import Figure

    shown = {network: found["rows"] for network, found in record.items() if network != SCALARS}
    names = [name for name in TITLES if any(name in rows for rows in shown.values())]
    grey = "0.5"
    style = {"text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"}
    with matplotlib.rc_context({**dict.fromkeys(style, grey), "svg.hashsalt": "peers"}):
        figure = Figure(figsize=(8, 0.4 * len(names) + 1.2), layout="constrained")
        axes = figure.subplots()
        for (network, rows), marker in zip(shown.items(), "osD^v"):
            here = [name for name in names if name in rows]
            times = [rows[name]["ratio"]["median"] for name in here]
            heights = [names.index(name) for name in here]
            axes.plot(times, heights, marker, label=network, alpha=0.8)
        axes.set_yticks(range(len(names)), [TITLES[name] for name in names])
        axes.invert_yaxis()
        axes.set_xscale("log")
        axes.axvline(1, color=grey, linewidth=1)
        axes.set_xlabel("time of a step, as a multiple of vhgrad's; to the left is faster")
        axes.grid(axis="x", which="both", color=grey, alpha=0.3)
        axes.patch.set_alpha(0)
        axes.legend(ncols=len(shown), loc="lower left", bbox_to_anchor=(0, 1), frameon=False)
        figure.savefig(path, metadata={"Date": None}, transparent=True)


def write(path: Path, record: dict[str, Any]) -> None:
    """The record, beside it the table, and the picture where pages find it."""
    timing.write_json(path, record)
    path.with_suffix(".md").write_text(markdown(record), encoding="utf-8", newline="\n")
    if any(network != SCALARS for network in record):
        images = path.parents[1] / "images"
        folder = images if images.is_dir() else path.parent
        draw(record, folder / path.with_suffix(".svg").name)

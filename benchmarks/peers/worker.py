"""A process with one framework in it: `python worker.py FRAMEWORK NETWORK START.npz THREADS`.

Requests and answers are lines of JSON: losses of the next steps, seconds of so many steps, the
largest memory so far, what is held after some steps, and which versions and thread pools work.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import os
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent


def megabytes(of: str = "VmHWM") -> float:
    """The largest resident memory so far, or that of now; nan where the system does not tell."""
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
    except OSError:
        return float("nan")
    return float(status.partition(f"{of}:")[2].split()[0]) / 1024


def held(step: Callable[[], float]) -> dict[str, float]:
    """Megabytes in the process, and bytes that Python and NumPy still hold after ten steps."""
    tracemalloc.start()  # for ten steps only: it would slow all of them down by half
    for _ in range(10):
        step()
    traced = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return {"resident": megabytes("VmRSS"), "traced": traced}


def about() -> dict[str, str]:
    """Versions of what is loaded, and the thread pools with the kernels that BLAS chose."""
    names = ("numpy", "torch", "jax", "autograd", "mygrad", "tinygrad")
    found = {name: importlib.metadata.version(name) for name in names if name in sys.modules}
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return found
    pools = {
        f"{pool['internal_api']} {pool.get('architecture', '')} {pool['num_threads']}"
        for pool in threadpool_info()
    }
    return {**found, "pools": ", ".join(sorted(pools))}


def main() -> None:
    """Build the step; answer until there are no more requests."""
    framework, network, start, threads = sys.argv[1:]
    # Before anything is imported: thread pools ask once how many cores there are.
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(threads)])
    for variable in ("OPENBLAS", "OMP", "MKL"):
        os.environ[f"{variable}_NUM_THREADS"] = threads
    answers, sys.stdout = sys.stdout, sys.stderr  # whatever a framework prints
    sys.path[:0] = [str(HERE), str(HERE.parent)]
    import numpy as np

    with np.load(start) as file:
        arrays = dict(file)
    module = importlib.import_module(f"frameworks.{framework}")
    imported = megabytes()
    step = module.training(network, arrays)
    print(json.dumps(imported), file=answers, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        if "losses" in request:
            answer = [float(step()) for _ in range(request["losses"])]
        elif "seconds" in request:
            clock = time.process_time if request["clock"] == "processor" else time.perf_counter
            began = clock()
            for _ in range(request["seconds"]):
                step()
            answer = clock() - began
        elif "held" in request:
            answer = held(step)
        else:
            answer = about() if "about" in request else megabytes()
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()

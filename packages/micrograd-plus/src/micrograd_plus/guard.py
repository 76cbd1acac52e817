"""Is the `micrograd` that is installed ours? The original has the same name."""

import micrograd

__all__: list[str] = []

if not hasattr(micrograd, "topological_order"):  # the original's package is empty
    raise ImportError(
        "micrograd_plus needs its own first stage, and the package `micrograd` that is installed "
        f"here ({getattr(micrograd, '__file__', None)}) is another. Two commands repair it: "
        "`pip uninstall micrograd`, then install the stages again as the README says, for example "
        "`pip install --force-reinstall -r requirements/micrograd-plus.txt`."
    )

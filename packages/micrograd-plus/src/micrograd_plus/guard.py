"""Is the `micrograd` that is installed ours? The original has the same name."""

import micrograd

__all__: list[str] = []


def repair() -> str:
    """The command that brings stage 1 back, for the way in which it came."""
    from importlib.metadata import PackageNotFoundError, version  # 20 ms, for an error only

    try:
        of_index = f"vhgrad-micrograd=={version('vhgrad-micrograd')}"
    except PackageNotFoundError:
        return (
            "`pip install --force-reinstall -r requirements/micrograd-plus.txt` in the clone, "
            "or with the requirements file of the release"
        )
    return f"`pip install --force-reinstall --no-deps {of_index}`"


if not hasattr(micrograd, "topological_order"):  # the original's package is empty
    where = getattr(micrograd, "__file__", None) or micrograd.__path__[0]
    raise ImportError(
        f"micrograd_plus needs its own first stage, and the `micrograd` that is installed here "
        f"({where}) is another package or what one left. Two commands repair it: "
        f"`pip uninstall micrograd`, then {repair()}."
    )

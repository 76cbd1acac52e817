"""PyTorch's opinion of an expression, where PyTorch is installed."""

from __future__ import annotations

import numpy as np

from prove.expressions import Expression

__all__ = ["torch_answer"]


def torch_answer(expression: Expression) -> np.ndarray:
    """The result and the gradient of every leaf, as `stages.answer` gives them.

    Raises:
        ImportError: if there is no PyTorch.
    """
    import torch
    from torch.nn import functional

    torch.set_num_threads(1)
    inputs = [
        torch.tensor(list(leaf), dtype=torch.float64, requires_grad=True)
        for leaf in expression.leaves
    ]
    table = {
        "absolute": torch.abs,
        "gelu": lambda x: functional.gelu(x, approximate="tanh"),
        "softplus": lambda x: torch.logaddexp(x, torch.zeros_like(x)),  # without its threshold
    }
    made = {
        "power": lambda x, exponent: x**exponent,
        "leaky_relu": lambda x, slope=0.01: functional.leaky_relu(x, slope),
        "elu": lambda x, alpha=1.0: functional.elu(x, alpha),
        "clip": lambda x, low, high=None: torch.clamp(x, low, high),
    }
    known = list(inputs)
    for step in expression.steps:
        given, name = [known[k] for k in step.inputs], step.case.name
        if step.case.settings is not None:
            known.append(made[name](*given, *step.case.settings))
        else:
            function = table.get(name) or getattr(torch, name, None) or getattr(functional, name)
            known.append(function(*given))
    total = known[-1] * expression.upstream
    if total.requires_grad:
        total.sum().backward()
    zeros = np.zeros(len(expression.leaves[0]))
    return np.array(
        [total.detach().numpy(), *(zeros if x.grad is None else x.grad.numpy() for x in inputs)]
    )

"""The bytes of an ONNX file. Here alone the package onnx is imported."""

from __future__ import annotations

from typing import Any

import numpy as np

from vhgrad.onnx.graph import Graph
from vhgrad.onnx.steps import Step

__all__ = ["check_onnx", "content"]

OPSET = 20  # the first with Gelu; onnxruntime 1.17 (2024) and later run it
FORMAT = 9  # the version of the file format that belongs to it
LARGEST = 2**31  # bytes that a protobuf message can have


def check_onnx() -> None:
    """Raise if the package onnx is missing."""
    try:
        import onnx  # noqa: F401
    except ImportError:
        raise ImportError("ONNX files need onnx: pip install 'vhgrad[onnx]'.") from None


def content(graph: Graph) -> bytes:
    """What stands in the file, after onnx has checked it.

    Raises:
        ValueError: if it is more than a file can hold.
    """
    from onnx import checker, helper, numpy_helper

    nodes = graph.used()
    names = {name for node in nodes for name in node.inputs}
    constants = {name: array for name, array in graph.constants.items() if name in names}
    size = sum(array.nbytes for array in constants.values())
    if size >= LARGEST:
        raise ValueError(f"an ONNX file holds less than 2 GiB, these weights take {size:,} bytes.")
    made = helper.make_graph(
        [
            helper.make_node(
                node.operator, node.inputs, [node.output], name=node.output, **stored(node)
            )
            for node in nodes
        ],
        "vhgrad",
        [described(name, step) for name, step in graph.inputs.items()],
        [described(name, step) for name, step in graph.outputs.items()],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    opsets = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(made, opset_imports=opsets, ir_version=FORMAT, producer_name="vhgrad")
    checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


def stored(node: Any) -> dict[str, Any]:
    """The attributes of a node; dtypes are numbers in ONNX."""
    from onnx import helper

    return {
        name: helper.np_dtype_to_tensor_dtype(x) if isinstance(x, np.dtype) else x
        for name, x in node.attributes.items()
    }


def described(name: str, step: Step) -> Any:
    """Dtype and shape of an input or output; a length that is a text stays open."""
    from onnx import helper

    dtype = helper.np_dtype_to_tensor_dtype(step.dtype)
    return helper.make_tensor_value_info(name, dtype, step.shape)

"""ONNX: a model in a file that other programs run, such as onnxruntime, without Python.

Needs the extra `vhgrad[onnx]`.
"""

from vhgrad.onnx.export import export_onnx

__all__ = ["export_onnx"]

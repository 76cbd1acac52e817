"""Checkpoints: nothing is lost when a run is interrupted, and no file can do harm."""

from vhgrad.checkpoint.checkpoints import load_checkpoint, save_checkpoint
from vhgrad.checkpoint.errors import CheckpointError
from vhgrad.checkpoint.keeping import Checkpoint
from vhgrad.checkpoint.weights import load, save

__all__ = ["Checkpoint", "CheckpointError", "load", "load_checkpoint", "save", "save_checkpoint"]

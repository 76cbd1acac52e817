"""Lets the tests of this folder import the table of cases beside them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

collect_ignore = ["oracle"]  # scripts that recompute golden numbers with PyTorch, run by hand

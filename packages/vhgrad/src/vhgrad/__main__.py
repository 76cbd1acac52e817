"""`python -m vhgrad`: the same as the command `vhgrad`."""

import sys

from vhgrad.cli import program

if __name__ == "__main__":
    sys.exit(program())

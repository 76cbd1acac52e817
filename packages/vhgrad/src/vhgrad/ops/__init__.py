"""Operations that stage 4 adds to those of stage 3: values with a forward and a rule per input."""

from vhgrad.ops.convolution import convolution
from vhgrad.ops.pooling import avg_pool, max_pool

__all__ = ["avg_pool", "convolution", "max_pool"]

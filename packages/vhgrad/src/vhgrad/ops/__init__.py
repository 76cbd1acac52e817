"""Operations that stage 4 adds to those of stage 3: values with a forward and a rule per input."""

from vhgrad.ops.activations import gelu, softplus
from vhgrad.ops.convolution import convolution
from vhgrad.ops.dropping import dropout
from vhgrad.ops.embedding import embedding
from vhgrad.ops.normalising import moments, standardise
from vhgrad.ops.pooling import avg_pool, max_pool

__all__ = [
    "avg_pool",
    "convolution",
    "dropout",
    "embedding",
    "gelu",
    "max_pool",
    "moments",
    "softplus",
    "standardise",
]

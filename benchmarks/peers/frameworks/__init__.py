"""One file per framework: `training(network, arrays)` gives a function that does a step.

A step is zero_grad, forward, cross-entropy, backward, Adam, and reading the loss, as the users of
that framework write it. What a framework has no way to do raises NotImplementedError.
"""

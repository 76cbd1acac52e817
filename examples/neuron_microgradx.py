"""One neuron on 20 examples, drawn at stage 1 and at stage 3: 185 nodes become 7.

    python examples/neuron_microgradx.py

It prints both drawings as Mermaid text, that of stage 1 for one of the examples only. The numbers
are the same, because the same seed makes the same neuron at every stage.
"""

import random

import micrograd
import microgradx
from micrograd import to_mermaid, topological_order

examples = 20


def main():
    """Calculate both ways, draw both, and check that they agree."""
    rng = random.Random(0)
    xs = [[rng.uniform(-1.0, 1.0) for _ in range(3)] for _ in range(examples)]

    one_by_one = micrograd.Neuron(3, seed=1)
    outputs = [one_by_one(x) for x in xs]
    loss = sum((y * y for y in outputs), micrograd.Value(0.0))
    loss.backward()
    numbers = topological_order(loss)

    at_once = microgradx.Neuron(3, seed=1)
    rows = at_once(xs)
    total = (rows * rows).sum()
    total.backward(keep=True)
    arrays = topological_order(total)

    print(f"Stage 1, one of {examples} examples:", to_mermaid(outputs[0]), sep="\n")
    print(f"\nStage 3, all {examples} examples:", to_mermaid(total), sep="\n")
    counts = f"{len(numbers)} nodes at stage 1, {len(arrays)} at stage 3"
    print(f"\n{counts}, one of them the matrix product")
    assert abs(loss.data - total.item()) < 1e-12
    for one, all_of_them in zip([w.grad for w in one_by_one.weights], at_once.weight.grad[0]):
        assert abs(one - all_of_them) < 1e-12
    assert len(numbers) > 20 * len(arrays)


if __name__ == "__main__":
    main()

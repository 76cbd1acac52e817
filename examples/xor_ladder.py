"""XOR at all four stages: the same network, the same steps, less and less to write and to wait."""

import inspect
import time

import xor_micrograd
import xor_micrograd_plus
import xor_microgradx
import xor_vhgrad

STAGES = {
    "micrograd": xor_micrograd,
    "micrograd-plus": xor_micrograd_plus,
    "microgradx": xor_microgradx,
    "vhgrad": xor_vhgrad,
}


def measure(example, seed=1, repeats=3):
    """Steps, fewest seconds of several runs, last loss and share of right rows of one stage."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        steps, loss, correct = example.train(seed)
        seconds.append(time.perf_counter() - start)
    return steps, min(seconds), loss, correct / 4


def main():
    """Run every stage, print the table and check that every stage learned."""
    print("stage           lines  steps  seconds    loss  accuracy")
    accuracies = []
    for name, example in STAGES.items():
        lines = len(inspect.getsource(example).splitlines())
        steps, seconds, loss, accuracy = measure(example)
        print(f"{name:15} {lines:5} {steps:6} {seconds:8.3f} {loss:7.4f} {accuracy:8.0%}")
        accuracies.append(accuracy)
    assert accuracies == [1.0] * 4


if __name__ == "__main__":
    main()

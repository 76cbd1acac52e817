"""XOR with stage 1. It has `+`, `*` and `tanh`, so the loss and the step are written by hand."""

from micrograd import MLP

xs = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
ys = [-1.0, 1.0, 1.0, -1.0]  # a tanh gives numbers between -1 and 1
steps, rate = 200, 0.5


def train(seed=1):
    """Learn from one seed; returns the steps, the last loss and how many rows are right."""
    model = MLP(2, [4, 1], seed=seed)
    for _ in range(steps):
        loss = 0.0
        for x, y in zip(xs, ys):
            error = model(x) + -1.0 * y  # there is no `-` yet
            loss = loss + 0.25 * error * error
        for parameter in model.parameters():
            parameter.grad = 0.0
        loss.backward()
        for parameter in model.parameters():
            parameter.data -= rate * parameter.grad
    correct = sum(y * model(x).data > 0 for x, y in zip(xs, ys))
    return steps, loss.data, correct


def main():
    """Train, print the result and check it."""
    taken, loss, correct = train()
    print(f"loss {loss:.4f} after {taken} steps")
    print(f"XOR: {correct} of 4 right")
    assert correct == 4


if __name__ == "__main__":
    main()

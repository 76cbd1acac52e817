"""XOR with stage 4. The loop, too, is there."""

from vhgrad import MLP, SGD, fit, mse

xs = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
ys = [-1.0, 1.0, 1.0, -1.0]
steps = 200


def train(seed=1):
    """Learn from one seed; returns the steps, the last loss and how many rows are right."""
    model = MLP(2, [4, 1], last_activation="tanh", seed=seed)
    optimizer = SGD(model.parameters(), lr=0.5)
    history = fit(model, [(xs, ys)], loss=mse, optimizer=optimizer, epochs=steps)
    correct = int((ys * model(xs) > 0).sum())
    return steps, history["loss"][-1], correct


def main():
    """Train, print the result and check it."""
    taken, loss, correct = train()
    print(f"loss {loss:.4f} after {taken} steps")
    print(f"XOR: {correct} of 4 right")
    assert correct == 4


if __name__ == "__main__":
    main()

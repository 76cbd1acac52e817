"""XOR with stage 2. The loss and the optimiser are there; examples still pass one by one."""

from micrograd_plus import MLP, SGD, mse

xs = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
ys = [-1.0, 1.0, 1.0, -1.0]
steps = 200


def train(seed=1):
    """Learn from one seed; returns the steps, the last loss and how many rows are right."""
    model = MLP(2, [4, 1], last_activation="tanh", seed=seed)
    optimizer = SGD(model.parameters(), lr=0.5)
    for _ in range(steps):
        predictions = [model(x) for x in xs]
        loss = mse(ys, predictions)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    correct = sum(y * model(x) > 0 for x, y in zip(xs, ys))
    return steps, loss.data, correct


def main():
    """Train, print the result and check it."""
    taken, loss, correct = train()
    print(f"loss {loss:.4f} after {taken} steps")
    print(f"XOR: {correct} of 4 right")
    assert correct == 4


if __name__ == "__main__":
    main()

"""XOR with stage 3. All examples pass at once, as the rows of one array."""

from microgradx import MLP, SGD, mse

xs = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
ys = [-1.0, 1.0, 1.0, -1.0]
steps = 200


def train(seed=1):
    """Learn from one seed; returns the steps, the last loss and how many rows are right."""
    model = MLP(2, [4, 1], last_activation="tanh", seed=seed)
    optimizer = SGD(model.parameters(), lr=0.5)
    for _ in range(steps):
        loss = mse(ys, model(xs))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    correct = int((ys * model(xs) > 0).sum())
    return steps, loss.item(), correct


def main():
    """Train, print the result and check it."""
    taken, loss, correct = train()
    print(f"loss {loss:.4f} after {taken} steps")
    print(f"XOR: {correct} of 4 right")
    assert correct == 4


if __name__ == "__main__":
    main()

"""Three spiral arms with stage 3: classes instead of numbers, in batches of 64 points."""

import time

from microgradx import MLP, Adam, cross_entropy
from microgradx.data import DataLoader
from microgradx.datasets import make_spiral

epochs = 60


def train(seed=1):
    """Learn 600 points; returns the share of 1,000 other points that is recognised."""
    X, y = make_spiral(600, classes=3, seed=seed)
    X_test, y_test = make_spiral(1000, classes=3, seed=seed + 1000)

    model = MLP(2, [32, 32, 3], activation="relu", init="he", seed=seed)
    optimizer = Adam(model.parameters(), lr=0.01)
    batches = DataLoader((X, y), batch_size=64, shuffle=True, generator=seed)
    for epoch in range(1, epochs + 1):
        for points, labels in batches:
            loss = cross_entropy(labels, model(points))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        if epoch % 20 == 0:
            print(f"epoch {epoch}: loss of the last batch {loss.item():.4f}")
    return (model(X_test).data.argmax(axis=1) == y_test).mean()


def main():
    """Train, print the result and check it."""
    start = time.perf_counter()
    accuracy = train()
    seconds = time.perf_counter() - start
    print(f"spiral: {accuracy:.1%} of 1,000 new points right, after {seconds:.1f} seconds")
    assert accuracy >= 0.97
    assert seconds < 5


if __name__ == "__main__":
    main()

"""Three spiral arms with stage 4: a model put together from layers, trained by `fit`, and drawn.

python examples/spiral_vhgrad.py [--out FOLDER]
"""

import argparse
from pathlib import Path

from vhgrad import (
    Adam,
    CosineAnnealingLR,
    DataLoader,
    Linear,
    ReLU,
    Sequential,
    accuracy,
    cross_entropy,
    evaluate,
    fit,
    make_spiral,
    manual_seed,
    plot,
)

epochs = 60


def train(seed=1):
    """Learn 600 points; returns the model and the share of 1,000 other points that is right."""
    manual_seed(seed)
    points = make_spiral(600, classes=3, seed=seed)
    others = make_spiral(1000, classes=3, seed=seed + 1000)

    model = Sequential(Linear(2, 32), ReLU(), Linear(32, 32), ReLU(), Linear(32, 3))
    optimizer = Adam(model.parameters(), lr=0.02)
    fit(
        model,
        DataLoader(points, batch_size=64, shuffle=True, generator=seed),
        loss=cross_entropy,
        optimizer=optimizer,
        scheduler=CosineAnnealingLR(optimizer, epochs),
        epochs=epochs,
    )
    test = DataLoader(others, batch_size=1000)
    measured = evaluate(model, test, loss=cross_entropy, metrics={"accuracy": accuracy})
    return model, others, measured["accuracy"]


def main():
    """Train, print the result, draw it and check it."""
    parser = argparse.ArgumentParser(description="Tell three spiral arms apart.")
    parser.add_argument("--out", type=Path, default=Path("runs/examples"), help="for the picture")
    options = parser.parse_args()

    model, (X, y), share = train()
    print(f"spiral: {share:.1%} of 1,000 new points right")
    picture = plot.decision_boundary(model, X, y, title=f"spiral, {share:.1%}")
    print("wrote", plot.save(picture, options.out / "spiral_vhgrad.png"))
    assert share >= 0.98


if __name__ == "__main__":
    main()

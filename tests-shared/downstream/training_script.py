"""What a user writes who knows PyTorch and depends on `vhgrad` alone; mypy checks it strictly."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

import vhgrad as vg
from vhgrad import nn, optim
from vhgrad.metrics import accuracy, f1
from vhgrad.optim import lr_scheduler


class Residual(nn.Module):
    """Two layers beside a shortcut."""

    def __init__(self, width: int, *, dropout: float = 0.1) -> None:
        self.body = nn.Sequential(
            nn.Linear(width, width), nn.BatchNorm1d(width), nn.ReLU(), nn.Dropout(dropout)
        )

    def forward(self, x: vg.TensorValue) -> vg.TensorValue:
        change: vg.TensorValue = self.body(x)  # a module may return anything, so say what it is
        return x + change


class Net(nn.Module):
    """Blocks kept in a plain list."""

    def __init__(self, inputs: int, classes: int, width: int = 32, depth: int = 2) -> None:
        self.first = nn.Linear(inputs, width)
        self.blocks = [Residual(width) for _ in range(depth)]
        self.last = nn.Linear(width, classes)

    def forward(self, x: vg.TensorValue) -> vg.TensorValue:
        x = vg.relu(self.first(x))
        for block in self.blocks:
            x = block(x)
        logits: vg.TensorValue = self.last(x)
        return logits


def by_hand(model: nn.Module, loader: vg.DataLoader, epochs: int) -> float:
    """The loop, written out."""
    criterion = nn.CrossEntropyLoss()
    optimizer = optim.AdamW(model.parameters(), lr=0.01, weight_decay=0.01)
    warm_up = lr_scheduler.LinearLR(optimizer, start_factor=0.1, total_iters=2)
    cosine = lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs - 2)
    scheduler = lr_scheduler.SequentialLR(optimizer, [warm_up, cosine], milestones=[2])
    last = 0.0
    for _ in range(epochs):
        model.train()
        for inputs, targets in loader:
            optimizer.zero_grad()
            loss = criterion(targets, model(inputs))  # targets first
            loss.backward()
            optim.clip_grad_norm_(model.parameters(), max_norm=1.0)
            optimizer.step()
            last = loss.item()
        scheduler.step()
    return last


def main() -> None:
    """Train twice, by hand and with `fit`, save, load, measure."""
    vg.manual_seed(0)
    X, y = vg.make_spiral(300, seed=0)
    train = vg.DataLoader((X, y), batch_size=32, shuffle=True, generator=0)
    print(f"by hand: loss {by_hand(Net(2, 3), train, epochs=12):.3f}")

    model = Net(2, 3)
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    test = vg.DataLoader(vg.make_spiral(200, seed=1), batch_size=100)
    history = vg.fit(
        model,
        train,
        loss=vg.cross_entropy,
        optimizer=optimizer,
        epochs=40,
        validation=test,
        metrics={"accuracy": accuracy},
        early_stopping=vg.EarlyStopping(patience=15, restore_best=True),
        clip=1.0,
    )
    print(f"fit: accuracy {max(history['accuracy']):.3f} after {history.epochs} epochs")

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.safetensors"
        vg.save_checkpoint(path, model=model, optimizer=optimizer, metadata={"task": "spiral"})
        again = Net(2, 3).eval()
        metadata = vg.load_checkpoint(path, model=again)
    X_test, y_test = vg.make_spiral(200, seed=1)
    predicted: np.ndarray = vg.predict(again, X_test).argmax(axis=1)
    score = f1(y_test, predicted, average="macro")
    print(f"{metadata['task']}: f1 {score:.3f}")
    print(vg.summary(again, (None, 2)))
    again.first.freeze()
    assert all("first" not in name for name, p in again.named_parameters() if p.requires_grad)
    assert float(score) > 0.9


if __name__ == "__main__":
    main()

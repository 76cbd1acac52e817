"""`fit(compile=True)` trains to the last bit as `fit` does."""

import numpy as np
import pytest

import vhgrad
from vhgrad import nn, optim


def network(*layers):
    """A classifier of 6 numbers."""
    return nn.Sequential(nn.Linear(6, 8, generator=1), *layers, nn.Linear(8, 3, generator=2))


def batches(count=6, last=5):
    """Batches of 8, and a last one that is shorter."""
    rng = np.random.default_rng(0)
    sizes = [8] * count + [last]
    return [(rng.standard_normal((n, 6)).astype(np.float32), rng.integers(0, 3, n)) for n in sizes]


def trained(compile, clip=None):
    """Everything that a run gives."""
    model = network(nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.2))
    optimizer = optim.AdamW(model.parameters(), lr=0.01)
    schedule = optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=28)
    data = batches()
    history = vhgrad.fit(
        model,
        data,
        loss=vhgrad.cross_entropy,
        optimizer=optimizer,
        epochs=4,
        validation=data[:2],
        scheduler=schedule,
        clip=clip,
        early_stopping=vhgrad.EarlyStopping(patience=9, restore_best=True),
        seed=1,
        compile=compile,
    )
    state = [array.tobytes() for array in model.state_dict().values()]
    return history["loss"], history["validation_loss"], state


@pytest.mark.parametrize("clip", [None, 0.5])
def test_the_same_numbers(clip):
    """Losses of every epoch and all weights are equal to the last bit."""
    assert trained(False, clip) == trained(True, clip)


def test_lists_as_batches():
    """Batches of lists are taken as by the loop as it stands."""
    found = []
    for compile in (False, True):
        model = nn.Sequential(nn.Linear(2, 8, generator=1), nn.Tanh(), nn.Linear(8, 1, generator=1))
        optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        data = [([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])]
        history = vhgrad.fit(
            model, data, loss=vhgrad.mse, optimizer=optimizer, epochs=50, compile=compile
        )
        found.append(history["loss"])

    assert found[0] == found[1]


def test_divergence_is_found_and_undone():
    """A loss of nan is named as ever; parameters, buffers and generators are as before the step."""
    found = []
    for compile in (False, True):
        vhgrad.manual_seed(0)
        model = network(nn.BatchNorm1d(8), nn.Dropout(0.2))
        optimizer = optim.SGD(model.parameters(), lr=0.1)
        data = batches()
        data[4][0][0, 0] = np.nan
        with pytest.raises(vhgrad.DivergenceError) as error:
            vhgrad.fit(
                model,
                data,
                loss=vhgrad.cross_entropy,
                optimizer=optimizer,
                epochs=1,
                compile=compile,
            )
        state = [array.tobytes() for array in model.state_dict().values()]
        found.append((str(error.value), state, all(p.grad is None for p in model.parameters())))

    assert found[0] == found[1]
    assert "step 5 of epoch 1" in found[1][0]


def test_a_model_that_cannot_be_repeated_is_an_error():
    """A model that counts on its own cannot be recorded, and says so."""

    class Counting(nn.Module):
        def __init__(self):
            self.layer, self.calls = nn.Linear(6, 3, generator=1), 0

        def forward(self, x):
            self.calls += 1
            return self.layer(x)

    model = Counting()
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    with pytest.raises(vhgrad.NotRecordable, match="'calls'"):
        vhgrad.fit(
            model,
            batches(),
            loss=vhgrad.cross_entropy,
            optimizer=optimizer,
            epochs=1,
            compile=True,
        )

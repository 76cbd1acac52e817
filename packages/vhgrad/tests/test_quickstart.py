"""The README's quickstart, word for word."""

import pytest

import vhgrad

QUICKSTART = """\
from vhgrad import MLP, SGD, mse

# simple 2-3-1 MLP
model = MLP(2, [3, 1])
opt = SGD(model.parameters(), lr=0.1)

for epoch in range(1000):
    ypred = [model(x) for x in xs]
    loss = mse(ys, ypred)
    opt.zero_grad()
    loss.backward()
    opt.step()
"""
XOR = {"xs": [[0, 0], [0, 1], [1, 0], [1, 1]], "ys": [0, 1, 1, 0]}


@pytest.mark.parametrize("seed", range(5))
def test_the_quickstart_learns_xor(seed):
    """From five seeds, all four answers come out on the right side with room to spare."""
    vhgrad.manual_seed(seed)
    names = dict(XOR)
    exec(QUICKSTART, names)
    answers = [names["model"](x).item() for x in XOR["xs"]]

    assert pytest.approx(XOR["ys"], abs=0.1) == answers


@pytest.mark.parametrize("numbers", [int, float], ids=["whole numbers", "floats"])
def test_the_quickstart_can_be_repeated(numbers):
    """One seed gives one result to the last bit; whole numbers and floats are the same data."""
    losses = []
    for convert in (int, numbers):
        vhgrad.manual_seed(0)
        names = {
            "xs": [[convert(x) for x in row] for row in XOR["xs"]],
            "ys": [convert(y) for y in XOR["ys"]],
        }
        exec(QUICKSTART.replace("1000", "20"), names)
        losses.append(names["loss"].item())

    assert losses[0] == losses[1]

"""How parameters start: PyTorch's formulas, for linear layers and convolutions."""

import math

import numpy as np
import pytest

import vhgrad
from vhgrad import Linear, Parameter, init

LINEAR, CONV = (300, 200), (40, 30, 3, 5)


def fresh(shape, dtype=np.float64):
    """A parameter of zeros."""
    return Parameter(np.zeros(shape, dtype))


def fan(shape, mode="fan_in"):
    """What He et al. call the number of connections, written out."""
    outputs, inputs, *window = shape
    return (inputs if mode == "fan_in" else outputs) * math.prod(window)


def gain(nonlinearity, a):
    """The factors of He et al. (2015)."""
    return {"relu": 2**0.5, "leaky_relu": (2 / (1 + a * a)) ** 0.5, "tanh": 5 / 3, "linear": 1.0}[
        nonlinearity
    ]


SCALES = [
    (name, shape, mode, nonlinearity, a)
    for name in ("kaiming_uniform_", "kaiming_normal_")
    for shape in (LINEAR, CONV)
    for mode in ("fan_in", "fan_out")
    for nonlinearity, a in (("relu", 0.0), ("leaky_relu", 0.0), ("leaky_relu", 5**0.5), ("tanh", 0))
]


@pytest.mark.parametrize(("name", "shape", "mode", "nonlinearity", "a"), SCALES)
def test_kaiming(name, shape, mode, nonlinearity, a):
    """The standard deviation is gain / sqrt(fan); a uniform draw ends at sqrt(3) of it."""
    p = getattr(init, name)(fresh(shape), a, mode, nonlinearity, generator=1)
    std = gain(nonlinearity, a) / fan(shape, mode) ** 0.5

    # the standard deviation of n draws is known to about 0.7/sqrt(n) of itself
    assert p.data.std() == pytest.approx(std, rel=4 * 0.7 / p.size**0.5)
    assert abs(p.data.mean()) < 4 * std / p.size**0.5
    if "uniform" in name:
        assert 0.999 * 3**0.5 * std < np.abs(p.data).max() <= 3**0.5 * std


@pytest.mark.parametrize("name", ["xavier_uniform_", "xavier_normal_"])
@pytest.mark.parametrize("shape", [LINEAR, CONV])
@pytest.mark.parametrize("factor", [1.0, 5 / 3])
def test_xavier(name, shape, factor):
    """The variance is 2 gain² / (fan_in + fan_out)."""
    p = getattr(init, name)(fresh(shape), factor, generator=1)
    std = factor * (2 / (fan(shape) + fan(shape, "fan_out"))) ** 0.5

    assert p.data.std() == pytest.approx(std, rel=4 * 0.7 / p.size**0.5)
    if "uniform" in name:
        assert 0.999 * 3**0.5 * std < np.abs(p.data).max() <= 3**0.5 * std


def test_pytorchs_default_is_kaiming_with_a_slope_of_sqrt_5():
    """±1/sqrt(fan_in), the bound that layers are made with."""
    p = init.kaiming_uniform_(fresh(LINEAR), a=5**0.5, generator=1)

    assert np.abs(p.data).max() <= LINEAR[1] ** -0.5
    assert np.abs(p.data).max() == pytest.approx(LINEAR[1] ** -0.5, rel=1e-3)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("linear",), 1.0),
        (("conv2d",), 1.0),
        (("sigmoid",), 1.0),
        (("tanh",), 5 / 3),
        (("relu",), 2**0.5),
        (("leaky_relu",), (2 / 1.0001) ** 0.5),
        (("leaky_relu", 0.2), (2 / 1.04) ** 0.5),
        (("selu",), 0.75),
    ],
    ids=str,
)
def test_gains(arguments, expected):
    """PyTorch's table."""
    assert expected == pytest.approx(init.calculate_gain(*arguments), rel=1e-15)


def test_simple_fills():
    """Constant, zeros, ones, uniform and normal."""
    p = fresh((200, 50))

    assert ({2.5}, {0.0}, {1.0}) == tuple(
        set(f(p).data.ravel()) for f in (lambda p: init.constant_(p, 2.5), init.zeros_, init.ones_)
    )
    uniform = init.uniform_(p, 2.0, 5.0, generator=1).data
    assert (2.0 <= uniform.min(), uniform.max() < 5.0) == (True, True)
    assert 3.5 == pytest.approx(uniform.mean(), abs=0.04)  # 4 * 0.87 / sqrt(10,000)
    normal = init.normal_(p, 1.0, 2.0, generator=1).data
    assert (1.0, 2.0) == (
        pytest.approx(normal.mean(), abs=0.08),
        pytest.approx(normal.std(), rel=0.03),
    )


def test_truncated_normal():
    """Within its bounds, with the standard deviation that is left: 0.88 of the whole."""
    data = init.trunc_normal_(fresh((200, 50)), 0.0, 0.5, -1.0, 1.0, generator=1).data

    assert np.abs(data).max() <= 1.0
    assert 0.5 * 0.8796 == pytest.approx(data.std(), rel=0.03)


def test_truncated_normal_far_from_its_mean():
    """No endless search."""
    with pytest.raises(ValueError, match="next to nothing"):
        init.trunc_normal_(fresh((2,)), 0.0, 1.0, 50.0, 51.0, generator=1)


@pytest.mark.parametrize("shape", [(4, 4), (3, 7), (7, 3), (4, 2, 3, 3)], ids=str)
def test_orthogonal(shape):
    """The shorter way round, every two are at right angles, and all are as long as the gain."""
    p = init.orthogonal_(fresh(shape), gain=2.0, generator=1)
    matrix = p.data.reshape(shape[0], -1)
    short = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T

    np.testing.assert_allclose(short @ short.T, 4 * np.eye(len(short)), atol=1e-14)


FILLS = [
    lambda p, g: init.uniform_(p, generator=g),
    lambda p, g: init.normal_(p, generator=g),
    lambda p, g: init.trunc_normal_(p, generator=g),
    lambda p, g: init.xavier_uniform_(p, generator=g),
    lambda p, g: init.xavier_normal_(p, generator=g),
    lambda p, g: init.kaiming_uniform_(p, generator=g),
    lambda p, g: init.kaiming_normal_(p, generator=g),
    lambda p, g: init.orthogonal_(p, generator=g),
]


@pytest.mark.parametrize("fill", FILLS)
def test_generators(fill):
    """A seed repeats itself, a generator goes on, None is the default generator."""
    rng = np.random.default_rng(3)
    again = [fill(fresh((3, 4)), g).data.tolist() for g in (3, 3, rng, rng)]
    defaults = []
    for _ in range(2):
        vhgrad.manual_seed(5)
        defaults.append(fill(fresh((3, 4)), None).data.tolist())

    assert again[0] == again[1] == again[2] != again[3]
    assert defaults[0] == defaults[1]


@pytest.mark.parametrize("fill", FILLS)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_a_parameter_stays_what_it_is(fill, dtype):
    """The same object, shape and dtype; frozen ones stay frozen."""
    p = fresh((3, 4), dtype)
    p.freeze()

    assert p is fill(p, 1)
    assert ((3, 4), dtype, False) == (p.shape, p.dtype, p.requires_grad)


SCALED = [init.xavier_uniform_, init.xavier_normal_, init.kaiming_uniform_, init.kaiming_normal_]


@pytest.mark.parametrize("fill", [*SCALED, init.orthogonal_])
@pytest.mark.parametrize("shape", [(), (3,), (0, 3), (3, 0)], ids=str)
def test_a_bias_has_no_fans(fill, shape):
    """Fewer than two axes, or none of length: ValueError with the shape."""
    with pytest.raises(ValueError, match="two axes or more"):
        fill(fresh(shape))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda p: init.kaiming_uniform_(p, mode="fan"), "'fan_in', 'fan_out'"),
        (lambda p: init.kaiming_normal_(p, nonlinearity="gelu"), "'leaky_relu'"),
        (lambda p: init.uniform_(p, 1.0, 0.0), "a <= b"),
        (lambda p: init.uniform_(p, 0.0, math.nan), "a <= b"),
        (lambda p: init.uniform_(p, 0.0, math.inf), "finite"),
        (lambda p: init.normal_(p, 0.0, -1.0), "std of 0 or more"),
        (lambda p: init.normal_(p, 0.0, math.nan), "std of 0 or more"),
        (lambda p: init.trunc_normal_(p, a=1.0, b=0.0), "a <= b"),
    ],
)
def test_settings_out_of_range(call, message):
    """ValueError, and the parameter is as it was."""
    p = fresh((2, 2))
    with pytest.raises(ValueError, match=message):
        call(p)

    assert not p.data.any()


@pytest.mark.parametrize("p", [None, np.zeros((2, 2)), [1.0], Linear(2, 1, seed=1)])
def test_only_parameters_are_started(p):
    """A layer without a bias, an array, a whole layer: TypeError that names the way."""
    for fill in (init.zeros_, init.normal_, init.xavier_uniform_, init.orthogonal_):
        with pytest.raises(TypeError, match=r"a parameter such as layer\.weight"):
            fill(p)


def test_pytorchs_place_for_init():
    """`nn.init` is the same module."""
    assert vhgrad.nn.init is init

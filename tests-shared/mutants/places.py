"""Where rules and formulas stand, and which tests ought to notice a mistake in them."""

RULES = [
    "micrograd/ops.py",
    "micrograd_plus/ops.py",
    "micrograd_plus/losses.py",
    *(
        f"microgradx/{name}.py"
        for name in (
            *("einstein", "indexing", "joining", "matrices", "ops", "reductions", "running"),
            *("shaping", "softmaxes", "variances", "losses/classes"),
        )
    ),
    *(
        f"vhgrad/ops/{name}.py"
        for name in (
            *("activations", "convolution", "dropping", "embedding", "normalising", "pooling"),
        )
    ),
]

# file: functions; "constants" are the numbers of the module
FORMULAS = {
    "micrograd_plus/optim.py": {"update"},
    "microgradx/broadcasting.py": {"unbroadcast"},
    "microgradx/reductions.py": {"forward", "count", "shared"},
    "microgradx/variances.py": {"rule", "variance", "centred"},
    "microgradx/running.py": {"others"},
    "microgradx/softmaxes.py": {"forward", "shares", "below_largest"},
    "microgradx/losses/classes.py": {"distribution", "at", "of_label", "to_logits"},
    "microgradx/losses/targets.py": {"reduced"},
    "microgradx/optim/in_place.py": {"sgd", "adam", "adam_movement"},
    "microgradx/optim/adam.py": {"update"},
    "vhgrad/ops/activations.py": {"below", "slope"},
    "vhgrad/ops/convolution.py": {"forward", "to_x", "to_weight"},
    "vhgrad/ops/error_function.py": {"constants", "erfc", "quotient", "horner"},
    "vhgrad/ops/normalising.py": {"forward", "rule", "entries"},
    "vhgrad/ops/pooling.py": {"forward", "rule", "counts"},
    "vhgrad/ops/windows.py": {"span", "count", "around", "places", "sweeps", "without_border"},
    "vhgrad/nn/norm.py": {"batch_norm", "forward"},
    "vhgrad/nn/dropout.py": {"dropout"},
    "vhgrad/optim/adamw.py": {"update", "update_in_place"},
    "vhgrad/optim/rmsprop.py": {"update", "update_in_place"},
    "vhgrad/optim/clip.py": {"share", "norm", "sum_of_squares", "scale"},
    "vhgrad/optim/lr_scheduler/decay.py": {"rate", "power"},
    "vhgrad/optim/lr_scheduler/ramp.py": {"rate"},
    "vhgrad/optim/lr_scheduler/cosine.py": {"rate", "cosine"},
    "vhgrad/optim/lr_scheduler/cycle.py": {"initial", "rate", "along"},
    "vhgrad/optim/lr_scheduler/plateau.py": {"rate", "step", "improved", "reduce"},
    "vhgrad/optim/lr_scheduler/sequence.py": {"rate"},
    "vhgrad/optim/lr_scheduler/scheduler.py": {"go_to"},
}

# In stages 1 and 2 every test, but for what takes long and what only looks at pictures.
SLOW = {"test_depth.py", "test_draw.py", "test_fold.py", "test_explain.py"}
SCALAR = [
    "tests-shared/test_numpy_scalars.py",
    "tests-shared/test_scalar_edges_golden.py",
    "tests-shared/test_sgd_golden.py",
]

# In the others those that are about it, the fastest first; the first line that fits counts.
OPERATIONS = "microgradx/functions microgradx/ops_edges microgradx/tensor shared/tensor_golden"
TESTS = {
    "microgradx/compiling/": "microgradx/compiling_conditions microgradx/compiling_shadows "
    "microgradx/compiling_by_hand microgradx/compiling_surroundings microgradx/compiling_numpy "
    "microgradx/compiling_indexing vhgrad/compile vhgrad/compile_given_up "
    "microgradx/compiling_optimizers microgradx/compile vhgrad/fit_compile",
    "microgradx/losses/": "microgradx/losses_classes microgradx/losses shared/losses_golden "
    "microgradx/losses_regression microgradx/losses_binary",
    "microgradx/optim/": "microgradx/optim microgradx/optim_fast microgradx/optim_state "
    "shared/sgd_golden shared/adam_golden",
    "microgradx/recording": "microgradx/recording microgradx/tensor microgradx/hostile",
    "microgradx/gradcheck": "microgradx/gradcheck microgradx/lab",
    "microgradx/softmaxes": f"microgradx/losses_classes {OPERATIONS} microgradx/ops_random",
    "microgradx/nn": "microgradx/nn microgradx/tensor",
    "microgradx/": f"{OPERATIONS} microgradx/hostile microgradx/gradcheck microgradx/lab "
    "microgradx/nn microgradx/recording microgradx/ops_random shared/ops_table",
    "vhgrad/ops/activations": "vhgrad/activations vhgrad/ops shared/layers_golden",
    "vhgrad/ops/error_function": "vhgrad/activations vhgrad/ops shared/layers_golden",
    "vhgrad/ops/convolution": "vhgrad/ops vhgrad/conv shared/layers_golden",
    "vhgrad/ops/windows": "vhgrad/ops vhgrad/pooling vhgrad/conv shared/layers_golden",
    "vhgrad/ops/pooling": "vhgrad/pooling vhgrad/ops shared/layers_golden",
    "vhgrad/ops/embedding": "vhgrad/embedding vhgrad/ops shared/layers_golden",
    "vhgrad/ops/": "vhgrad/norm vhgrad/dropout vhgrad/ops shared/layers_golden",
    "vhgrad/nn/dropout": "vhgrad/dropout",
    "vhgrad/nn/conv": "vhgrad/conv",
    "vhgrad/nn/parameter": "vhgrad/freeze vhgrad/parameter",
    "vhgrad/nn/losses": "vhgrad/loss_modules shared/losses_golden",
    "vhgrad/nn/": "vhgrad/norm shared/layers_golden",  # both that normalise
    "vhgrad/optim/clip": "vhgrad/clip shared/optimizers_golden",
    "vhgrad/optim/lr_scheduler/": "vhgrad/lr_scheduler shared/schedules_golden",
    "vhgrad/optim/": "vhgrad/optimizers shared/optimizers_golden",
}


def tests_for(file):
    """The paths of the tests that could notice a mistake in a file, those to try first in front."""
    package, _, name = file.partition("/")
    if package in ("micrograd", "micrograd_plus"):
        return scalar_tests(package, name)
    words = next(words for start, words in TESTS.items() if file.startswith(start))
    pairs = [word.split("/") for word in words.split()]
    return [
        f"tests-shared/test_{name}.py"
        if place == "shared"
        else f"packages/{place}/tests/test_{name}.py"
        for place, name in pairs
    ]


def scalar_tests(package, name):
    """All tests of a stage and those of the next, first the one named for the file."""
    from mutants.planting import ROOT

    folders = ["micrograd-plus"] if package == "micrograd_plus" else ["micrograd", "micrograd-plus"]
    found = [
        path.relative_to(ROOT).as_posix()
        for folder in folders
        for path in sorted((ROOT / "packages" / folder / "tests").glob("test_*.py"))
        if path.name not in SLOW
    ]
    return sorted([*found, *SCALAR], key=lambda path: not path.endswith(f"/test_{name}"))

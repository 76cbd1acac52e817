"""Everything this project does with itself: `nox -l` lists it, `nox -s NAME` runs one.

A stage is never installed alone: `upto(stage)` gives it and every stage below it, because the name
`micrograd` also belongs to another package on the public index, and pip must not go looking for it.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import nox

nox.needs_version = ">=2024.4.15"
nox.options.default_venv_backend = "uv|virtualenv"
# nox reuses an environment whatever Python made it, so each Python has a folder of its own.
nox.options.envdir = f".nox/{sys.version_info.major}.{sys.version_info.minor}"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["lint", "tests"]

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT / "tests-shared"))
import stage_table  # noqa: E402  # which shared tests belong to which stage

STAGES = ("micrograd", "micrograd-plus", "microgradx", "vhgrad")

TEST_TOOLS = ("pytest>=8.2", "hypothesis")
ALSO_TESTED = {  # extras whose code has tests
    "microgradx": ("pooch>=1.8",),
    "vhgrad": ("matplotlib>=3.9", "onnx>=1.17", "pooch>=1.8"),
}
INTEROP_TOOLS = ("onnxruntime>=1.32",)  # runs the models that we export
BENCHMARK_TOOLS = ("threadpoolctl",)
SHARED_TOOLS = ("sybil>=9", *BENCHMARK_TOOLS)  # the code on the pages is run by tests
SUITE_TOOLS = ("coverage>=7.10", "pytest-randomly>=3.16")
BENCHMARKS = {"microgradx": ("sweep", "overhead", "memory", "frozen")}  # beside the ladder
LINT_TOOLS = ("ruff", "zizmor", "check-jsonschema")
SCHEMAS = {  # which files have to be what
    "vendor.github-workflows": ".github/workflows/*.yml",
    "vendor.github-issue-forms": ".github/ISSUE_TEMPLATE/[!c]*.yml",
    "vendor.github-issue-config": ".github/ISSUE_TEMPLATE/config.yml",
    "vendor.dependabot": ".github/dependabot.yml",
    "vendor.citation-file-format": "CITATION.cff",
}
TYPE_TOOLS = ("mypy", "numpy>=2.0")
ORACLE = ("torch==2.13.0", "numpy>=2.0")  # what the golden numbers were computed with
PEERS = {  # what `vhgrad` is timed beside, each line in an environment of its own
    "torch": ORACLE,
    "peers": ("numpy>=2.0", "jax", "autograd", "mygrad", "tinygrad==0.14.0", "ziglang"),
    "original": ("numpy>=2.0", "micrograd==0.1.0"),  # its import name is ours
}
DOCS_TOOLS = (
    "mkdocs>=1.6,<2",
    "mkdocs-material>=9.6,<10",
    "mkdocstrings[python]>=1,<2",
    "latex2mathml>=3.78",
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
BROWSER_TOOLS = ("websockets>=13",)  # to speak to Chromium, which has to be there
BUILD_TOOLS = ("hatchling>=1.27", "editables")


def upto(stage: str) -> tuple[str, ...]:
    """`stage` and every stage below it, lowest first."""
    return STAGES[: STAGES.index(stage) + 1]


def install(session: nox.Session, stage: str, *tools: str) -> None:
    """Install `stage` and every stage below it from the sources, and the tools beside them."""
    session.install(*BUILD_TOOLS)
    # With the build tools at hand pip makes no environment per package: 4 s instead of 15.
    session.install("--no-build-isolation", "-r", f"requirements/{stage}.txt", *tools)


def test_environment() -> dict[str, str]:
    """Where tests find the real MNIST files; without the folder they make files of their own.

    Matrices in tests are small: on two busy cores BLAS with two threads takes ten times as long.
    """
    threads = {"OPENBLAS_NUM_THREADS": os.environ.get("OPENBLAS_NUM_THREADS", "1")}
    threads["MPLBACKEND"] = "Agg"  # pictures without a screen
    data = ROOT.parent / "shared" / "data" / "mnist"
    if "VHGRAD_DATA_DIR" in os.environ or not data.is_dir():
        return threads
    return {**threads, "VHGRAD_DATA_DIR": str(data)}


def metadata(stage: str) -> dict:
    """The `[project]` table of a stage."""
    return nox.project.load_toml(ROOT / "packages" / stage / "pyproject.toml")["project"]


def built(session: nox.Session, stages: tuple[str, ...], to: Path) -> list[Path]:
    """Build source distributions and, from them, wheels; return the wheels in stage order."""
    session.install("build", *BUILD_TOOLS)
    for stage in stages:
        folder = ROOT / "packages" / stage
        session.run(
            "python", "-m", "build", "--no-isolation", "--outdir", str(to), str(folder), silent=True
        )
    return [next(to.glob(f"{stage.replace('-', '_')}-*.whl")) for stage in stages]


@nox.session
def demo(session: nox.Session) -> None:
    """Train the framework on its default task, then XOR at all four stages."""
    install(session, "vhgrad", *ALSO_TESTED["vhgrad"])
    session.run("vhgrad", "train", "spiral", "--out", "runs/demo", "--overwrite", *session.posargs)
    session.run("python", "examples/xor_ladder.py")


@nox.session
@nox.parametrize("stage", [*STAGES, "shared"], ids=[*STAGES, "shared"])
def tests(session: nox.Session, stage: str) -> None:
    """Test one stage without the later ones installed, or what all stages share."""
    if stage == "shared":
        install(session, "vhgrad", *TEST_TOOLS, *ALSO_TESTED["vhgrad"], *SHARED_TOOLS)
        paths = ["tests-shared"]
    else:
        tools = TEST_TOOLS + ALSO_TESTED.get(stage, ())
        install(session, stage, *tools)
        paths = [f"packages/{stage}/tests", f"packages/{stage}/src"]
    session.run("pytest", *paths, *session.posargs, env=test_environment())


@nox.session
def stage(session: nox.Session) -> None:
    """Build wheels, install them outside the checkout, test each stage there and time it.

    Every stage in turn, or those that are named: `nox -s stage -- microgradx`; with `--write` the
    table goes to `docs/results/`.
    """
    names = [word for word in session.posargs if word != "--write"]
    unknown = set(names) - set(STAGES)
    if unknown:
        session.error(f"no stage {', '.join(sorted(unknown))}; there are {', '.join(STAGES)}")
    chosen = [name for name in STAGES if not names or name in names]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as outside:
        place = Path(outside).resolve()
        wheels = built(session, upto(chosen[-1]), to=place / "wheels")
        write = ("--write", "docs/results") if "--write" in session.posargs else ()
        try:
            for name in chosen:
                check_wheels(session, name, wheels[: len(upto(name))], place / name)
        finally:  # also if a stage fails: those before it did not
            session.run("python", "tests-shared/stage_table.py", str(place), *write)


def check_wheels(session: nox.Session, name: str, wheels: list[Path], place: Path) -> None:
    """Test one stage from its wheels, far from the sources; leave there what its row says."""
    began = time.perf_counter()
    venv = place / "venv"
    python = str(venv / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python"))
    session.run("python", "-m", "venv", str(venv))
    tools = (*TEST_TOOLS, *BENCHMARK_TOOLS, *ALSO_TESTED.get(name, ()))
    install = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    session.run(*install, *map(str, wheels), *tools, external=True)

    shutil.copy(ROOT / "pyproject.toml", place)
    shutil.copytree(ROOT / "packages" / name / "tests", place / "packages" / name / "tests")
    for folder in ("benchmarks", "examples", "tests-shared"):
        shutil.copytree(ROOT / folder, place / folder)
    module = name.replace("-", "_")
    here = f"import sys, {module} as m; assert m.__file__.startswith(sys.prefix), m.__file__"
    below = upto(name)[-2:-1]
    shared = [f"tests-shared/{test}" for test in stage_table.shared_tests(name)]
    with session.chdir(place):
        session.run(python, "-c", here, external=True)
        for paths, report in (([f"packages/{name}/tests"], "own"), (shared, "shared")):
            if paths:
                pytest = (python, "-m", "pytest", "-q", *paths, f"--junit-xml={report}.xml")
                session.run(*pytest, env=test_environment(), external=True)
        if below:
            ladder = (python, "benchmarks/ladder.py", "--pair", *below, name, "--short")
            session.run(*ladder, "--out", "ladder.json", external=True)
    (place / "wheel.txt").write_text(str(wheels[-1].stat().st_size))
    (place / "seconds.txt").write_text(str(time.perf_counter() - began))


@nox.session
def benchmark(session: nox.Session) -> None:
    """Time each stage against the one before; figures go to `benchmarks/results/`.

    `nox -s benchmark -- microgradx` times what there is to know about one stage.
    """
    install(session, "vhgrad", *BENCHMARK_TOOLS)
    scripts = BENCHMARKS.get(session.posargs[0], ()) if session.posargs else ()
    for script in scripts:
        session.run("python", f"benchmarks/{script}.py", *session.posargs[1:])
    if not scripts:
        session.run("python", "benchmarks/ladder.py", *session.posargs)


@nox.session(name="benchmark-original")
def benchmark_original(session: nox.Session) -> None:
    """Time stage 2, eager and compiled, against the original micrograd in a process of its own."""
    install(session, "micrograd-plus", *BENCHMARK_TOOLS)
    # Its import name is ours too, so it lives in an environment of its own.
    venv = Path(session.create_tmp()) / "original"
    python = venv / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    session.run("python", "-m", "venv", str(venv))
    session.run(str(python), "-m", "pip", "install", "-q", "micrograd==0.1.0", external=True)
    script = "benchmarks/original.py"
    session.run("python", script, "--original-python", str(python), *session.posargs)


@nox.session(name="benchmark-peers")
def benchmark_peers(session: nox.Session) -> None:
    """Time `vhgrad` beside other frameworks, with one and with two threads; `-- --short`."""
    install(session, "vhgrad", *BENCHMARK_TOOLS, "matplotlib>=3.9")
    pythons = []
    for name, packages in PEERS.items():
        venv = Path(session.create_tmp()) / name
        python = venv / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        if not python.exists():
            session.run("python", "-m", "venv", str(venv))
        pip = (str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check")
        for package in (*BENCHMARK_TOOLS, *packages):  # one by one: the others do without it
            try:
                session.run(*pip, package, external=True)
            except nox.command.CommandFailed:
                session.warn(f"{package} cannot be installed here; it will be absent")
        pythons += ["--python", f"{name}={python}"]
    for threads in [[]] if "--threads" in session.posargs else [["--threads", n] for n in "12"]:
        words = (*pythons, *threads, *session.posargs)
        session.run("python", "benchmarks/peers", *words, env=test_environment())


@nox.session
def results(session: nox.Session) -> None:
    """Recompute the table of results, five seeds each: an hour; `-- --short` a few seconds.

    `-- --fresh --data-dir FOLDER` begins anew, with the files of MNIST and CIFAR-10 in a folder.
    """
    install(session, "vhgrad", *ALSO_TESTED["vhgrad"], *BENCHMARK_TOOLS)
    session.run("python", "benchmarks/results_table.py", *session.posargs)


@nox.session
def prove(session: nox.Session) -> None:
    """Prove every stage against the one before; `-- --full` takes half an hour.

    With PyTorch in the environment, against PyTorch too: `-- --torch` installs it.
    """
    words = [word for word in session.posargs if word != "--torch"]
    install(session, "vhgrad", *(ORACLE if "--torch" in session.posargs else ()))
    session.run("python", "tests-shared/prove", *words, env=test_environment())


@nox.session
def mutants(session: nox.Session) -> None:
    """Plant a thousand mistakes, one at a time, and see that the tests notice each of them."""
    install(session, "vhgrad", *TEST_TOOLS, *ALSO_TESTED["vhgrad"])
    session.run("python", "tests-shared/mutants", *session.posargs, env=test_environment())


@nox.session
def silent(session: nox.Session) -> None:
    """Nothing silently wrong: 10,000 programs, 8 threads, and training with `compile`."""
    install(session, "vhgrad", *TEST_TOOLS)
    words = session.posargs
    session.run("python", "tests-shared/silent_programs.py", *words, env=test_environment())


@nox.session
def durability(session: nox.Session) -> None:
    """Prove that neither crash nor file does harm; `-- --full` takes most of an hour.

    `-- --torch` lets the same accidents happen to PyTorch, and installs it.
    """
    install(session, "vhgrad", *ALSO_TESTED["microgradx"])
    if "--torch" in session.posargs:
        session.install(*ORACLE)
        words = [word for word in session.posargs if word != "--torch"]
        session.run("python", "durability/beside_pytorch.py", *words)
    else:
        session.run("python", "durability/run.py", *session.posargs, env=test_environment())


@nox.session
def oracle(session: nox.Session) -> None:
    """Recompute the golden numbers of the tests with PyTorch and scikit-learn, and compare."""
    install(session, "vhgrad", *ORACLE, "scikit-learn==1.9.1")
    session.run("python", "tests-shared/oracle/recompute.py")


@nox.session
def interop(session: nox.Session) -> None:
    """Run exported models with onnxruntime; `-- --torch` exchanges weights with PyTorch, too."""
    words = [word for word in session.posargs if word != "--torch"]
    torch = ORACLE if "--torch" in session.posargs else ()
    install(session, "vhgrad", *TEST_TOOLS, *ALSO_TESTED["vhgrad"], *INTEROP_TOOLS, *torch)
    files = ["onnx_agrees.py", *["torch_agrees.py"] * bool(torch)]
    session.run("pytest", *(f"tests-shared/interop/{name}" for name in files), *words)


@nox.session
def exercise(session: nox.Session) -> None:
    """Write a stage yourself: `nox -s exercise -- micrograd` makes a folder, then grades it.

    `-- --play` plays all exercises of all stages, from the empty body to the released one.
    """
    if "--play" in session.posargs:
        install(session, "vhgrad", *TEST_TOOLS, *ALSO_TESTED["vhgrad"])
        session.run("python", "exercises/playing.py", env=test_environment())
        return
    stage = next((word for word in session.posargs if word in STAGES), None)
    if stage is None:
        session.error(f"which stage? nox -s exercise -- NAME, with one of {', '.join(STAGES)}")
    install(session, stage, *TEST_TOOLS, *ALSO_TESTED.get(stage, ()))
    session.run("python", "exercises", *session.posargs, env=test_environment())


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and format; `nox -s lint -- --fix` mends what can be mended."""
    session.install(*LINT_TOOLS)
    if "--fix" in session.posargs:
        session.run("ruff", "check", "--fix")
        session.run("ruff", "format")
    else:
        session.run("ruff", "check")
        session.run("ruff", "format", "--check")
        session.run("zizmor", "--offline", "--quiet", ".github")
        for schema, pattern in SCHEMAS.items():
            files = map(str, sorted(ROOT.glob(pattern)))
            session.run("check-jsonschema", "--builtin-schema", schema, *files)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site into `site/`; `nox -s docs -- serve` shows it while you write."""
    install(session, "vhgrad", *DOCS_TOOLS)
    quiet = {"NO_MKDOCS_2_WARNING": "1"}
    session.run("mkdocs", *(session.posargs or ["build", "--strict", "--quiet"]), env=quiet)


@nox.session
def browser(session: nox.Session) -> None:
    """Build the site and open every page in Chromium, small and large, light and dark."""
    if not any(map(shutil.which, BROWSERS)):
        session.error(f"expected a browser on the PATH, one of {', '.join(BROWSERS)}; install one")
    install(session, "vhgrad", *DOCS_TOOLS, *BROWSER_TOOLS)
    session.run("mkdocs", "build", "--strict", "--quiet", env={"NO_MKDOCS_2_WARNING": "1"})
    session.run("python", "docs/check", "site", *session.posargs)


@nox.session
def typecheck(session: nox.Session) -> None:
    """Check the types of all four packages."""
    session.install(*TYPE_TOOLS)
    session.run("mypy", *session.posargs)


@nox.session(python="3.11")
def minimums(session: nox.Session) -> None:
    """Test with the oldest Python and the oldest dependencies that the packages allow."""
    install(session, "vhgrad", *oldest(), *TEST_TOOLS, *SHARED_TOOLS)
    session.run("pytest", *session.posargs, env=test_environment())


def oldest() -> list[str]:
    """The oldest of everything that the packages allow."""
    wanted = [line for name in STAGES for line in metadata(name)["dependencies"]]
    wanted += ALSO_TESTED["vhgrad"]
    found = [line.replace(">=", "==") for line in wanted if ">=" in line]
    return [*found, "pyparsing<3.3"]  # whose later names matplotlib 3.9 does not know


@nox.session(python="3.11")
def suite(session: nox.Session) -> None:
    """All tests in ten random orders, under -O, with the oldest NumPy; branches are counted.

    About half an hour on two cores; `-- --seeds 1` takes a third of it.
    """
    tools = (*TEST_TOOLS, *SHARED_TOOLS, *SUITE_TOOLS)
    install(session, "vhgrad", *tools, *ALSO_TESTED["vhgrad"])
    python = new_environment(session, "oldest")
    pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    session.run(*pip, *BUILD_TOOLS, external=True)
    packages = ("--no-build-isolation", "-r", "requirements/vhgrad.txt")
    session.run(*pip, *packages, *oldest(), *tools, external=True)
    words = ("--oldest", python, *session.posargs)
    session.run("python", "tests-shared/suite", *words, env=test_environment())


def new_environment(session: nox.Session, name: str) -> str:
    """A second environment beside that of a session; returns its Python."""
    venv = Path(session.create_tmp()).resolve() / name
    session.run("python", "-m", "venv", str(venv))
    return str(venv / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python"))


@nox.session
def build(session: nox.Session) -> None:
    """Build all four packages twice into `dist/`, compare and check them; `-- --registry`."""
    session.install("-r", "releasing/requirements.txt")
    session.run("python", "releasing/build.py", *session.posargs)


@nox.session(name="install")
def install_built(session: nox.Session) -> None:
    """Install what is built as users do, on every Python here; `-- --python 3.12 --only alone`."""
    session.install("-r", "releasing/requirements.txt")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        files = ("--release", f"{place}/release", "--registry", f"{place}/registry")
        session.run("python", "releasing/build.py", "--out", files[1], silent=True)
        session.run("python", "releasing/build.py", "--registry", "--out", files[3], silent=True)
        session.run("python", "releasing/install.py", *files, *session.posargs)


@nox.session(venv_backend="none")
def bump(session: nox.Session) -> None:
    """Move all versions and pins, collect the change logs: `nox -s bump -- 1.1.0 [--draft]`."""
    session.run(sys.executable, "releasing/bump.py", *session.posargs)

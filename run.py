"""Set the program up in a folder of its own and run it, from a bare clone.

    python3 run.py                      make a synthetic caseload and open the console
    python3 run.py test [PYTEST ...]    run the tests
    python3 run.py check                lint, types, layers and tests
    python3 run.py bench [...]          run the benchmarks
    python3 run.py sanctuary [...]      run any command of the program
    python3 run.py setup [--dev]        install and do no more
    python3 run.py lock                 make the two lock files again (needs uv)
    python3 run.py sbom                 make docs/sbom.cdx.json again, from the lock

Needs Python 3.11 or newer and nothing else. What it installs goes into ``.venv`` beside this file:
the packages of the lock file, wheels only, each held to its hash, and the project itself. It is
done again only when the lock or the project's own metadata has changed.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  # the reason for this line is to be run by an older one
    sys.exit(
        "run.py: Python 3.11 or newer is needed and this is {}.{}; run it with a newer one, such "
        "as `python3.12 run.py`.".format(*sys.version_info[:2])
    )

import hashlib
import json
import os
import shutil
import subprocess
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "installed.json"
LOG = VENV / "install.log"
RUN_LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"

TESTS = ("-m", "pytest", "-n", "3", "--dist", "worksteal", "-rs")
"""What passes the tests, here and in continuous integration.

Three at once on two cores: half of the time they wait, for a terminal or for a disk.
"""

_LOCK_HEADER = "# Made from pyproject.toml by `python3 run.py lock`: every package, every hash.\n"


class Stop(Exception):
    """Something that ends the run, in one sentence."""


def main(arguments: Sequence[str]) -> int:
    """Do what the first argument says; return the exit status."""
    name, *rest = arguments or ("demo",)
    try:
        if name == "demo" and not rest:
            return sanctuary(["demo"])
        if name in COMMANDS:
            return COMMANDS[name](rest)
    except Stop as stop:
        return _complain(str(stop))
    except KeyboardInterrupt:
        return _complain("Stopped.", 130)
    print(__doc__)
    return 0 if name in ("-h", "--help", "help") else 2


# --- commands -------------------------------------------------------------------------------------


def sanctuary(arguments: Sequence[str]) -> int:
    """Run the program."""
    install(dev=False)
    command = [str(PYTHON), "-I", "-X", "utf8", "-m", "sanctuary_tui", *arguments]
    if os.name == "nt":
        return _run(command, cwd=None)
    # In place of this process, so that signals and the terminal reach the program itself.
    sys.stdout.flush()
    os.execv(command[0], command)


def test(arguments: Sequence[str]) -> int:
    """Run the tests."""
    install(dev=True)
    return _run([str(PYTHON), *TESTS, *arguments])


def check(arguments: Sequence[str]) -> int:
    """Run every check, the tests last; say which failed."""
    if arguments:
        raise Stop("`check` takes no arguments; to run some of the tests use `test`.")
    install(dev=True)
    python = str(PYTHON)
    steps = {
        "lint": [python, "-m", "ruff", "check", "."],
        "format": [python, "-m", "ruff", "format", "--check", "."],
        "types": [python, "-m", "mypy"],
        "layers": [str(BIN / "lint-imports")],
        "tests": [python, *TESTS],
    }
    failed = []
    for name, command in steps.items():
        print(f"== {name}", flush=True)
        if _run(command):
            failed.append(name)
    if failed:
        return _complain(f"Failed: {', '.join(failed)}.")
    return 0


def bench(arguments: Sequence[str]) -> int:
    """Run the benchmarks."""
    if not (ROOT / "benchmarks" / "__main__.py").is_file():
        raise Stop("There are no benchmarks here yet.")
    install(dev=True)
    return _run([str(PYTHON), "-m", "benchmarks", *arguments])


def setup(arguments: Sequence[str]) -> int:
    """Install, and do no more."""
    if any(argument != "--dev" for argument in arguments):
        raise Stop("`setup` takes nothing but `--dev`.")
    install(dev="--dev" in arguments)
    return 0


def lock(arguments: Sequence[str]) -> int:
    """Make the lock files again; what is in them stays as long as pyproject.toml allows."""
    uv = shutil.which("uv") or shutil.which("uv", path=str(BIN))
    if uv is None:
        raise Stop("Lock files are made with uv, which is not installed; `pip install uv` first.")
    # pip comes with every virtual environment; sqlite-utils asks for it and the program never does.
    shared = (
        *("pip", "compile", "pyproject.toml", "--quiet", "--universal", "--python-version", "3.11"),
        *("--generate-hashes", "--only-binary", ":all:", "--no-emit-package", "pip"),
        # One version of each package, whatever the Python: the one that is described and tried.
        *("--no-header", "--extra", "build", "--fork-strategy", "fewest"),
    )
    dev = ("--extra", "dev", "--constraints", RUN_LOCK.name)
    for target, more in ((RUN_LOCK, ()), (DEV_LOCK, dev)):
        command = [uv, *shared, *more, "--output-file", target.name, *arguments]
        status = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
        if status.returncode:
            raise Stop(f"uv could not make {target.name}; what it said stands above.")
        target.write_text(_LOCK_HEADER + target.read_text("utf-8"), "utf-8", newline="\n")
    print("Say in docs/DEPENDENCIES.md what changed, then `python3 run.py sbom`.")
    return 0


def sbom(arguments: Sequence[str]) -> int:
    """Make the bill of materials again, from the lock; nothing needs to be installed for it."""
    if arguments:
        raise Stop("`sbom` takes no arguments.")
    return _run([sys.executable, "-m", "tools.sbom"])


COMMANDS = {
    "sanctuary": sanctuary,
    "test": test,
    "check": check,
    "bench": bench,
    "setup": setup,
    "lock": lock,
    "sbom": sbom,
}


# --- installing -----------------------------------------------------------------------------------


def install(*, dev: bool) -> None:
    """Bring ``.venv`` into the state of the lock file, unless it is in it already."""
    chosen = DEV_LOCK if dev else RUN_LOCK
    wanted = _wanted()
    found = _stamp()
    if PYTHON.exists() and all(
        found.get(name) == wanted[name] for name in ("root", "project", chosen.name)
    ):
        return
    if not PYTHON.exists() or found.get("root", wanted["root"]) != wanted["root"]:
        _make_venv()
    STAMP.unlink(missing_ok=True)
    count = sum("==" in line for line in chosen.read_text("utf-8").splitlines())
    print(f"Installing up to {count} packages into .venv; this takes a minute, once.", flush=True)
    LOG.write_bytes(b"")
    _pip("install", "--require-hashes", "--only-binary", ":all:", "--no-deps", "-r", str(chosen))
    _pip("install", "--no-index", "--no-build-isolation", "--no-deps", "--editable", str(ROOT))
    _pip("check")
    done = {"root": wanted["root"], "project": wanted["project"]}
    # The development lock holds everything of the other.
    for kept in {chosen, RUN_LOCK}:
        done[kept.name] = wanted[kept.name]
    STAMP.write_text(json.dumps(done), "utf-8")


def _wanted() -> dict[str, str]:
    """What the installation is made from, as digests."""
    try:
        with (ROOT / "pyproject.toml").open("rb") as stream:
            told = tomllib.load(stream)
        locks = {path.name: path.read_bytes() for path in (RUN_LOCK, DEV_LOCK)}
    except OSError as error:
        raise Stop(f"{Path(error.filename).name} is missing; clone the project again.") from None
    metadata = (told["build-system"], told["project"], told["tool"]["setuptools"])
    return {
        "root": str(ROOT),
        "project": _digest(json.dumps(metadata, sort_keys=True).encode()),
        **{name: _digest(content) for name, content in locks.items()},
    }


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _stamp() -> dict[str, Any]:
    try:
        found = json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _make_venv() -> None:
    print(f"Making .venv with Python {sys.version.split()[0]}.", flush=True)
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Stop(
            "This Python cannot make a virtual environment here; on Debian and Ubuntu `apt install "
            "python3-venv` brings what is missing, elsewhere check that this folder can be written "
            "to."
        )


def _pip(*arguments: str) -> None:
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    quiet = ("--quiet", "--retries", "3") if arguments[0] == "install" else ()
    done = subprocess.run(
        [*command, *arguments, *quiet],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    with LOG.open("a", encoding="utf-8") as stream:
        stream.write(done.stdout)
    if done.returncode:
        raise Stop(f"{_reason(done.stdout)} What pip said is in {LOG.relative_to(ROOT)}.")


_NO_NETWORK = ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "ReadTimeout")
_NO_ROOM = "No space left on device"


def _reason(said: str) -> str:
    """Why pip failed, in a sentence and with what to do."""
    if "DO NOT MATCH THE HASHES" in said:
        return (
            "A package that was fetched is not the one the lock file names, so it was not "
            "installed; do not go on with it, and find out where it came from."
        )
    if any(sign in said for sign in _NO_NETWORK) or "ProxyError" in said:
        return (
            "The packages could not be fetched because no package index can be reached; connect "
            "this computer once, or set PIP_NO_INDEX=1 and PIP_FIND_LINKS to a folder of wheels, "
            "and run this again."
        )
    if "No matching distribution" in said:
        return (
            f"There is no wheel for one of the packages here (Python "
            f"{sys.version_info.major}.{sys.version_info.minor} on {sys.platform}), or no package "
            "index can be reached; try Python 3.11 to 3.14."
        )
    if _NO_ROOM in said:
        return "The disk is full; free some space and run this again."
    return "The packages could not be installed; run this again, and if it fails remove .venv."


# --- helpers --------------------------------------------------------------------------------------


def _run(command: Sequence[str], cwd: Path | None = ROOT) -> int:
    """Run a command, in the project's folder unless told otherwise; return its exit status."""
    try:
        return subprocess.run(command, cwd=cwd, check=False).returncode
    except FileNotFoundError:
        raise Stop(
            f"{Path(command[0]).name} is not in .venv; remove .venv and run this again."
        ) from None


def _complain(sentence: str, status: int = 1) -> int:
    sys.stderr.write(f"run.py: {sentence}\n")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

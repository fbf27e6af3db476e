#!/usr/bin/env python3
"""The one command of the project: installs what is missing, then hands over to the program.

Standard library only: it runs before anything is installed. Every command that COMMANDS does
not name is the program's own and goes to `api/cli.py` as it stands.
"""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

if sys.version_info < (3, 11):  # noqa: UP036 - whoever reads this line has an older Python
    sys.exit("Il faut Python 3.11 ou plus récent. Tapez par exemple : python3.11 manage.py run")

USAGE = """\
Mise en place :
  python3 manage.py run [--port N] [--host H]   installe ce qui manque, ouvre l'application
  python3 manage.py test [--long] [pytest …]    installe ce que les tests demandent, les lance
  python3 manage.py check                       style, types, architecture, migrations, verrous
  python3 manage.py lock [--upgrade]            recalcule les verrous des bibliothèques
  python3 manage.py bench …                     mesures comparées
"""

ROOT = Path(__file__).resolve().parent
TOOLS = ROOT / ".tools"
LOG = TOOLS / "installation.log"
VENV = ROOT / ".venv"
BENCH_VENV = ROOT / ".venv-bench"

UV_VERSION = "0.13.9"  # exact: `check` compares what it writes with what is committed
RUN, TEST, BENCH = "requirements.lock", "requirements-test.lock", "requirements-bench.lock"
# The test lock holds all of the first; the others keep to its versions.
LOCKS = {
    RUN: [],
    TEST: ["--extra", "test", "--constraints", RUN],
    BENCH: ["--extra", "bench", "--constraints", RUN],
}
# The first is the second without its windows, which took half of the tests' work in a browser.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


class SetupError(Exception):
    """What could not be done: one line, with the command to type."""


# --- What an environment holds ----------------------------------------------------------------


def python_of(venv: Path) -> Path:
    """The interpreter of an environment, whether it exists or not."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def digest(lock: Path) -> str:
    """What tells one state of a lock from another."""
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def stamp_of(venv: Path) -> dict[str, str]:
    """The locks an environment satisfies, each with its digest on the day of the installation."""
    try:
        return json.loads((venv / "locks.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def is_ready(venv: Path, lock: str) -> bool:
    """Whether nothing is left to install: all that a second start asks."""
    return stamp_of(venv).get(lock) == digest(ROOT / lock) and python_of(venv).exists()


def ensure(venv: Path, lock: str) -> None:
    """Install what a lock names, unless it is there already."""
    if is_ready(venv, lock):
        return
    with alone():
        if not is_ready(venv, lock):  # another command may just have done it
            install(venv, lock)


def install(venv: Path, lock: str) -> None:
    """Make the environment hold exactly what a lock names, then stamp it."""
    if TEST in stamp_of(venv):
        lock = TEST  # what the tests need stays, where they were run once
    stamp = venv / "locks.json"
    stamp.unlink(missing_ok=True)
    say("Installation des bibliothèques (une minute environ)…")
    remedy = "Les bibliothèques n'ont pas pu être installées. Vérifiez l'accès à internet"
    wheels = ["--require-hashes", "--only-binary", ":all:"]  # nothing is compiled on the spot
    python = str(python_of(venv))
    if uv := find_uv():
        if not python_of(venv).exists():
            step([uv, "venv", "--clear", "--python", sys.executable, str(venv)], remedy)
        step([uv, "pip", "sync", "--python", python, "--compile-bytecode", *wheels, lock], remedy)
    else:
        remedy += " (sous Debian, aussi : sudo apt-get install python3-pip python3-venv)"
        step([sys.executable, "-m", "venv", "--clear", str(venv)], remedy)
        step([python, "-m", "pip", "install", *wheels, "--requirement", lock], remedy)
    held = (RUN, TEST) if lock == TEST else (lock,)
    stamp.write_text(json.dumps({name: digest(ROOT / name) for name in held}), "utf-8")


def find_uv() -> str | None:
    """The path of uv, fetched on first use; None where it cannot be had."""
    path = TOOLS / ("bin/uv.exe" if os.name == "nt" else "bin/uv")
    if not (path.exists() and (TOOLS / f"uv-{UV_VERSION}.dist-info").is_dir()):
        # Into a folder of ours: Debian's Python refuses a plain install.
        pip = [sys.executable, "-m", "pip", "install", "--upgrade", "--target", str(TOOLS)]
        try:
            step([*pip, f"uv=={UV_VERSION}"], "uv n'a pas pu être installé")
        except SetupError:
            return None
    return str(path)


def find_browser() -> str | None:
    """The browser that the tests drive, where there is one."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def ensure_browser() -> None:
    """Find the browser of the tests, install it when allowed to, or say how."""
    if find_browser():
        return
    apt = shutil.which("apt-get")
    if not apt or os.geteuid() != 0:
        how = "Tapez : sudo apt-get install -y chromium" if apt else "Installez-le"
        raise SetupError(f"Il manque Chromium, le navigateur des tests. {how}")
    say("Installation de Chromium pour les tests (une minute environ)…")
    remedy = "Chromium n'a pas pu être installé"
    with alone():
        step([apt, "update"], remedy)
        for name in BROWSERS[:2]:  # not every Debian has the first
            with suppress(SetupError):
                step([apt, "install", "-y", "--no-install-recommends", name], remedy)
                break
    if not find_browser():
        raise SetupError(f"{remedy}. Tapez : apt-get install chromium")


# --- Running other programs -------------------------------------------------------------------


def step(command: list[str], remedy: str) -> None:
    """One step of an installation: its words go to the log, its failure becomes one line."""
    with LOG.open("ab") as log:
        log.write(f"\n$ {shlex.join(command)}\n".encode())
        log.flush()
        done = subprocess.run(
            command,
            check=False,
            cwd=ROOT,
            env=tool_settings() | os.environ,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    if done.returncode:
        again = shlex.join(["python3", "manage.py", *sys.argv[1:]])
        raise SetupError(f"{remedy}, puis tapez : {again} (détails : {LOG.relative_to(ROOT)})")


def tool_settings() -> dict[str, str]:
    """What uv and apt-get need so as to do without a home, a question or a compiler."""
    import ssl

    settings = {
        "DEBIAN_FRONTEND": "noninteractive",
        "UV_CACHE_DIR": str(TOOLS / "cache"),
        "UV_PYTHON_DOWNLOADS": "never",
    }
    if ssl.get_default_verify_paths().cafile:
        settings["UV_SYSTEM_CERTS"] = "1"  # some networks have an authority of their own
    return settings


@contextmanager
def alone() -> Generator[None]:
    """One installation at a time: a service and a nightly task may start together."""
    TOOLS.mkdir(exist_ok=True)
    if os.name == "nt":
        yield
        return
    import fcntl

    with (TOOLS / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def program(venv: Path, module: str, *arguments: str) -> list[str]:
    """The command that runs a module, and never its namesake in the current folder (-P)."""
    return [str(python_of(venv)), "-P", "-m", module, *arguments]


def with_project() -> dict[str, str]:
    """The environment in which the project's packages are importable from any folder."""
    folders = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return os.environ | {"PYTHONPATH": os.pathsep.join(folders)}


def become(command: list[str]) -> NoReturn:
    """Replace this process, so that exit codes and Ctrl-C are the program's own."""
    if os.name == "nt":
        sys.exit(subprocess.call(command, env=with_project()))
    os.execve(command[0], command, with_project())  # noqa: S606 - a shell would be one too many


def complaint(command: list[str], environment: dict[str, str]) -> str:
    """What a command says when it fails; nothing when it succeeds."""
    done = subprocess.run(
        command,
        check=False,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    said = done.stdout.decode("utf-8", "replace").strip()
    return (said or f"code {done.returncode}") if done.returncode else ""


def say(sentence: str) -> None:
    """A word to the person who waits, apart from what the command prints."""
    print(sentence, file=sys.stderr, flush=True)


# --- Commands ---------------------------------------------------------------------------------


def run_tests(arguments: list[str]) -> NoReturn:
    """Run the tests; the arguments are pytest's."""
    ensure_browser()
    ensure(VENV, TEST)
    os.chdir(ROOT)
    # A hundred processes load the program and the tests: compiled once, it takes them half as long.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    options = ["-n", str(min(os.cpu_count() or 1, 8)), "--dist", "worksteal"]
    if "--long" in arguments:
        options += ["-o", "faulthandler_timeout=7200"]  # full sizes are not a test that hangs
    become(program(VENV, "pytest", *options, *arguments))


def check(_arguments: list[str]) -> None:
    """All that can be said of the code without testing it: one line each, then the complaints."""
    from concurrent.futures import ThreadPoolExecutor

    ensure(VENV, TEST)
    tools = python_of(VENV).parent
    contracts = "from importlinter.cli import lint_imports_command as check; check()"
    commands = {
        "style": [str(tools / "ruff"), "check", "--output-format", "concise"],
        "mise en forme": [str(tools / "ruff"), "format", "--check"],
        "types": [str(tools / "ty"), "check", "--output-format", "concise"],
        "architecture": [str(python_of(VENV)), "-c", contracts],
        "migrations": program(VENV, "api.cli", "migrations", "check"),
    }
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = {
            name: pool.submit(complaint, command, with_project())
            for name, command in commands.items()
        }
        results["verrous"] = pool.submit(stale_locks)
        for name, result in results.items():
            say(f"{'✗' if result.result() else '✓'} {name}")
    failures = {name: result.result() for name, result in results.items() if result.result()}
    for name, said in failures.items():
        say(f"\n── {name} ──\n{said}")
    if failures:
        raise SetupError(f"\nÀ corriger : {', '.join(failures)}.")


def stale_locks() -> str:
    """The locks that pyproject.toml no longer gives; a release published since changes none."""
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in ("pyproject.toml", *LOCKS):
            shutil.copy(ROOT / file, folder)
        # What uv has kept is enough, as long as nothing changed: no network, and ten times quicker.
        if compile_locks(folder, "--offline") and (failure := compile_locks(folder)):
            return failure
        stale = [lock for lock in LOCKS if digest(folder / lock) != digest(ROOT / lock)]
    return f"{', '.join(stale)} : tapez python3 manage.py lock" if stale else ""


def write_locks(arguments: list[str]) -> None:
    """Write the locks again; each version that still fits is kept, unless asked to upgrade."""
    if failure := compile_locks(ROOT, *arguments):
        raise SetupError(failure)


def compile_locks(folder: Path, *options: str) -> str:
    """Compile every lock of a folder from its pyproject.toml; gives back what went wrong."""
    with alone():
        uv = find_uv()
    if uv is None:
        return f"uv n'a pas pu être installé (détails : {LOG.relative_to(ROOT)})"
    command = [uv, "pip", "compile", "--quiet", "--directory", str(folder), "--no-config"]
    command += ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-header"]
    command += ["--annotation-style", "line", *options, "pyproject.toml"]
    # This machine's own indexes and files must not end up in what everybody installs from.
    neutral = {name: value for name, value in os.environ.items() if not name.startswith("UV_")}
    failures = (
        complaint([*command, *extra, "--output-file", lock], neutral | tool_settings())
        for lock, extra in LOCKS.items()
    )
    return next(filter(None, failures), "")


def bench(arguments: list[str]) -> NoReturn:
    """Run the benchmarks, beside what they are compared with."""
    ensure(BENCH_VENV, BENCH)
    os.chdir(ROOT)
    become(program(BENCH_VENV, "benchmarks", *arguments))


COMMANDS: dict[str, Callable[[list[str]], None]] = {
    "test": run_tests,
    "check": check,
    "lock": write_locks,
    "bench": bench,
}


def main(arguments: list[str]) -> None:
    """Do one command."""
    name = arguments[0] if arguments else "--help"
    if name in COMMANDS:
        COMMANDS[name](arguments[1:])
        return
    if name == "--help":
        print(USAGE, flush=True)
    ensure(VENV, RUN)
    become(program(VENV, "api.cli", *(arguments or ["--help"])))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except SetupError as failure:
        sys.exit(str(failure))
    except PermissionError as error:
        sys.exit(f"Pas le droit d'écrire {error.filename}. Tapez : sudo chown -R $USER '{ROOT}'")
    except OSError as error:
        sys.exit(f"Installation impossible : {error.strerror} ({error.filename})")
    except KeyboardInterrupt:
        sys.exit(130)

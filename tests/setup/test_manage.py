"""The set-up command, with an installer that only writes down what it was asked."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import manage

ROOT = Path(__file__).parents[2]

UV = """#!/bin/sh
echo "$@" >> "{calls}"
if [ "$1" = venv ]; then mkdir -p .venv/bin; ln -sf "{python}" .venv/bin/python; fi
exit {code}
"""
PROGRAM = "import os, sys\nprint(os.getcwd(), *sys.argv[1:])\nsys.exit(3)\n"
PIP = """import pathlib, sys
pathlib.Path({calls!r}).open("a").write("pip " + " ".join(sys.argv[1:]) + "\\n")
sys.exit("--target" in sys.argv)
"""
VENV = """import pathlib, sys
pathlib.Path(sys.argv[-1], "bin").mkdir(parents=True)
pathlib.Path(sys.argv[-1], "bin", "python").symlink_to(sys.executable)
"""


class Project:
    """A copy of manage.py among small locks, and what its installer was asked to do."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.calls = root / "calls"
        shutil.copy(ROOT / "manage.py", root)
        for lock in manage.LOCKS:
            (root / lock).write_text(f"# {lock}\n")
        (root / "api").mkdir()
        (root / "api" / "__init__.py").touch()
        (root / "api" / "cli.py").write_text(PROGRAM)
        self.provide_uv(code=0)

    def provide_uv(self, *, code: int) -> None:
        tools = self.root / ".tools"
        (tools / f"uv-{manage.UV_VERSION}.dist-info").mkdir(parents=True, exist_ok=True)
        (tools / "bin").mkdir(exist_ok=True)
        uv = tools / "bin" / "uv"
        uv.write_text(UV.format(calls=self.calls, python=sys.executable, code=code))
        uv.chmod(0o755)

    def type(
        self, *arguments: str, folder: Path | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return subprocess.run(
            [sys.executable, str(self.root / "manage.py"), *arguments],
            check=False,
            capture_output=True,
            text=True,
            cwd=folder or self.root,
            env=inherited | environment,
        )

    def installations(self) -> list[str]:
        """The locks that were installed so far, in order."""
        said = self.calls.read_text().splitlines() if self.calls.exists() else []
        return [line.split()[-1] for line in said if "sync" in line]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture
def tools_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Adds a program to a PATH that holds nothing else."""
    folder = tmp_path / "path"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def add(name: str, script: str) -> None:
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)

    return add


def assert_one_line(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert all(word in last for word in words), last
    assert "Traceback" not in done.stderr


def test_a_first_start_installs_what_users_need_then_hands_over(project: Project) -> None:
    done = project.type("run", "--port", "8101")
    assert project.installations() == [manage.RUN]
    assert done.stdout.split() == [str(project.root), "run", "--port", "8101"]
    assert done.returncode == 3  # the program's own


def test_a_second_start_installs_nothing_and_says_nothing(project: Project) -> None:
    project.type("run")
    done = project.type("run")
    assert project.installations() == [manage.RUN]
    assert done.stderr == ""


def test_a_start_needs_no_installer_once_everything_is_there(project: Project) -> None:
    project.type("run")
    shutil.rmtree(project.root / ".tools")
    assert project.type("journal", "verify").stdout.split()[1:] == ["journal", "verify"]


def test_a_changed_lock_is_installed_at_the_next_start(project: Project) -> None:
    project.type("run")
    (project.root / manage.RUN).write_text("# another version\n")
    project.type("run")
    project.type("run")
    assert project.installations() == [manage.RUN, manage.RUN]


def test_an_environment_without_its_interpreter_is_made_again(project: Project) -> None:
    project.type("run")
    (project.root / ".venv/bin/python").unlink()
    assert project.type("run").returncode == 3
    assert project.installations() == [manage.RUN, manage.RUN]


def test_going_back_and_forth_between_tests_and_program_installs_once(
    project: Project, tools_on_path: Callable[[str, str], None]
) -> None:
    tools_on_path("chromium", "exit 0")
    path = os.environ["PATH"] + os.pathsep + os.defpath
    for command in (["run"], ["test", "--version"], ["run"], ["test", "--version"]):
        project.type(*command, PATH=path)
    assert project.installations() == [manage.RUN, manage.TEST]


def test_the_tests_libraries_survive_a_new_lock_of_the_program(
    project: Project, tools_on_path: Callable[[str, str], None]
) -> None:
    tools_on_path("chromium", "exit 0")
    path = os.environ["PATH"] + os.pathsep + os.defpath
    project.type("test", "--version", PATH=path)
    (project.root / manage.RUN).write_text("# another version\n")
    project.type("run", PATH=path)
    assert project.installations() == [manage.TEST, manage.TEST]


def test_the_program_runs_from_another_folder_with_that_folders_files(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "api").mkdir()  # a namesake that must not be taken for ours
    (elsewhere / "api" / "__init__.py").touch()
    (elsewhere / "api" / "cli.py").write_text("raise SystemExit('not this one')")
    done = project.type("restore", "copie.zip", folder=elsewhere)
    assert done.stdout.split() == [str(elsewhere), "restore", "copie.zip"]


def test_a_failed_installation_is_one_line_with_the_command_to_type(project: Project) -> None:
    project.provide_uv(code=2)
    done = project.type("run", "--port", "8101")
    assert_one_line(done, "internet", "python3 manage.py run --port 8101", "installation.log")


def test_an_installation_that_failed_is_tried_again(project: Project) -> None:
    project.provide_uv(code=2)
    project.type("run")
    project.provide_uv(code=0)
    assert project.type("run").returncode == 3


def test_without_uv_pip_installs_the_same_lock(project: Project) -> None:
    shutil.rmtree(project.root / ".tools")
    (project.root / "pip.py").write_text(PIP.format(calls=str(project.calls)))
    (project.root / "venv.py").write_text(VENV)
    assert project.type("run", PYTHONPATH=str(project.root)).returncode == 3
    first, second = project.calls.read_text().splitlines()
    assert f"uv=={manage.UV_VERSION}" in first
    assert second.endswith(f"--require-hashes --only-binary :all: --requirement {manage.RUN}")


def test_without_uv_nor_pip_one_line_says_what_to_install(project: Project) -> None:
    shutil.rmtree(project.root / ".tools")
    for module in ("pip", "venv"):
        (project.root / f"{module}.py").write_text("raise SystemExit(1)")
    done = project.type("run", PYTHONPATH=str(project.root))
    assert_one_line(done, "sudo apt-get install python3-pip python3-venv")


def test_a_folder_that_cannot_be_written_is_one_line(project: Project) -> None:
    shutil.rmtree(project.root / ".tools")
    (project.root / ".tools").write_text("not a folder")
    assert_one_line(project.type("run"), "Installation impossible", ".tools")


def test_a_missing_browser_is_asked_for_when_not_root(
    tools_on_path: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    tools_on_path("apt-get", "exit 1")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(manage.SetupError, match="Tapez : sudo apt-get install -y chromium"):
        manage.ensure_browser()


@pytest.mark.parametrize("known", manage.BROWSERS[:2])
def test_a_missing_browser_is_installed_when_root(
    tools_on_path: Callable[[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    known: str,
) -> None:
    browser = tmp_path / "path" / known
    finds = f'case "$*" in update) ;; "install "*" {known}") /bin/ln -s /bin/true {browser};;'
    tools_on_path("apt-get", f"{finds} *) exit 100;; esac")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(manage, "ROOT", tmp_path)
    monkeypatch.setattr(manage, "TOOLS", tmp_path / ".tools")
    monkeypatch.setattr(manage, "LOG", tmp_path / ".tools" / "installation.log")
    manage.ensure_browser()
    assert manage.find_browser() == str(browser)


def test_a_browser_that_cannot_be_installed_is_one_line(
    tools_on_path: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tools_on_path("apt-get", 'test "$1" = update')
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(manage, "ROOT", tmp_path)
    monkeypatch.setattr(manage, "TOOLS", tmp_path / ".tools")
    monkeypatch.setattr(manage, "LOG", tmp_path / ".tools" / "installation.log")
    with pytest.raises(manage.SetupError, match="Tapez : apt-get install chromium"):
        manage.ensure_browser()

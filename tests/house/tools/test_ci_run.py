"""`.ci/run`: which Pythons it takes, which it leaves out, and what it says of them."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
BASH = shutil.which("bash")
OWN, *OTHERS = "3.11", "3.12", "3.13", "3.14"

pytestmark = pytest.mark.skipif(
    BASH is None or os.name != "posix", reason="the script is one for bash"
)


def script(path: Path, *lines: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]), encoding="utf-8")
    path.chmod(0o755)


def python(path: Path, version: str) -> None:
    """Write what answers the script's questions as that Python would."""
    script(
        path,
        'case "$2" in',
        f'  *version_info*) echo "{version}" ;;',
        f'  *) echo "{version}.7 of /somewhere/{version}" ;;',
        "esac",
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of the script alone, with a `make` that says what it is asked for."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    python(tmp_path / ".venv/bin/python", OWN)
    script(
        tmp_path / "bin/make",
        'echo "make $*"',
        'case "$*" in *"${FAILING:-nothing}"*) exit 2 ;; esac',
    )
    for tool in ("dirname", "sed"):
        found = shutil.which(tool)
        assert found is not None
        (tmp_path / "bin" / tool).symlink_to(found)
    return tmp_path


def ci_run(project: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run it with the commands of `bin` only."""
    return subprocess.run(
        [str(BASH), str(project / ".ci" / "run")],
        env={"PATH": str(project / "bin")} | more,
        capture_output=True,
        encoding="utf-8",
    )


def test_every_other_python_is_taken(project: Path) -> None:
    """Each with a virtual environment of its own, and each is named with where it is."""
    for version in OTHERS:
        python(project / f"bin/python{version}", version)
    done = ci_run(project)

    assert (done.returncode, done.stderr) == (0, "")
    assert [line for line in done.stdout.splitlines() if line] == [
        "=== checks",
        "make check",
        "=== long tests with Python 3.11.7 of /somewhere/3.11",
        "make test-long",
        *(
            line
            for version in OTHERS
            for line in (
                f"=== tests with Python {version}.7 of /somewhere/{version}",
                f"make test PYTHON={project}/bin/python{version} VENV=.venv-{version}",
            )
        ),
        "=== passed with Python 3.11 3.12 3.13 3.14",
    ]


def test_it_says_why_one_is_left_out(project: Path) -> None:
    """A name that stands for nothing, as those of version managers do, is not a Python."""
    script(
        project / "bin/python3.12",
        "echo >&2",
        "echo pyenv: not set >&2",
        "echo more >&2",
        "exit 127",
    )
    python(project / "bin/python3.13", "3.9")
    done = ci_run(project)

    assert (done.returncode, done.stderr) == (0, "")
    assert [line for line in done.stdout.splitlines() if line][4:] == [
        f"=== no tests with Python 3.12: {project}/bin/python3.12 does not start: pyenv: not set",
        f"=== no tests with Python 3.13: {project}/bin/python3.13 is Python 3.9",
        "=== no tests with Python 3.14: there is no python3.14 on the path",
        "=== passed with Python 3.11; left out: 3.12 3.13 3.14",
    ]


def test_one_that_starts_silently_failing_is_left_out(project: Path) -> None:
    script(project / "bin/python3.12", "exit 3")
    done = ci_run(project)

    assert done.returncode == 0
    assert "python3.12 does not start: it says nothing\n" in done.stdout


@pytest.mark.parametrize("failing", ["check", "test-long", "test PYTHON"])
def test_what_fails_ends_it(project: Path, failing: str) -> None:
    """The exit code is that of make, and nothing is said to have passed."""
    python(project / "bin/python3.12", "3.12")
    done = ci_run(project, FAILING=failing)

    assert done.returncode == 2
    assert done.stdout.splitlines()[-1].startswith(f"make {failing}")
    assert "passed" not in done.stdout

"""What is in a wheel and in an sdist, with a compiler and without."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
FILES = ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "CHANGELOG.md", "LICENSE")
BUILD = "import sys; from setuptools import build_meta as b; getattr(b, sys.argv[1])(sys.argv[2])"


def is_library(name: str) -> bool:
    return name.startswith("irrun/_native.") and name.endswith((".so", ".pyd"))


PACKAGE = {
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "irrun").rglob("*")
    if path.suffix in (".py", ".pyi", ".typed", ".json") and path.name[0] != "."
}
"""Every module and what goes with them."""

SOURCES = {
    path.relative_to(ROOT).as_posix() for path in (ROOT / "irrun" / "native").rglob("*.[ch]")
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what packages are built from, in which nothing was built yet."""
    copy = tmp_path / "checkout"
    ignored = shutil.ignore_patterns("__pycache__", "*.so", "*.pyd")
    shutil.copytree(ROOT / "irrun", copy / "irrun", ignore=ignored)
    for name in FILES:
        shutil.copy(ROOT / name, copy)
    return copy


def build(what: str, checkout: Path, *, compiler: str | None = None) -> Path:
    """Build a wheel or an sdist; return the file."""
    folder = checkout.parent / f"{what}-{compiler}"
    folder.mkdir()
    env = os.environ | ({} if compiler is None else {"CC": compiler})
    command = [sys.executable, "-c", BUILD, f"build_{what}", str(folder)]
    subprocess.run(command, cwd=checkout, env=env, check=True, capture_output=True)
    (found,) = folder.iterdir()
    return found


def package_in(wheel: Path) -> set[str]:
    """Return the names of a wheel's files, without its own."""
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def doctor_of(wheel: Path, folder: Path) -> Any:
    """Return what the doctor of an unpacked wheel says."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    env = os.environ | {"PYTHONPATH": str(folder)}
    code = "import irrun; assert irrun.__file__.startswith(sys.argv.pop())"
    command = [
        sys.executable, "-c", f"import sys; {code}\nfrom irrun.cli.main import main\nmain()",
        "doctor", "--format", "json", str(folder),
    ]  # fmt: skip
    run = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


@pytest.mark.long
def test_an_sdist_has_all_that_a_wheel_is_built_from(checkout: Path, tmp_path: Path) -> None:
    """The sources in C, too; and no tests, tools or programs."""
    sdist = build("sdist", checkout)
    with tarfile.open(sdist) as archive:
        names = [member.name for member in archive.getmembers() if member.isfile()]
        archive.extractall(tmp_path / "from", filter="data")
    (unpacked,) = (tmp_path / "from").iterdir()

    files = {name.partition("/")[2] for name in names if ".egg-info/" not in name}
    assert files == PACKAGE | SOURCES | {*FILES, "PKG-INFO", "setup.cfg"}
    found = package_in(build("wheel", unpacked))
    assert {name for name in found if not is_library(name)} == PACKAGE


@pytest.mark.long
def test_a_wheel_without_a_compiler_lacks_the_library_only(checkout: Path, tmp_path: Path) -> None:
    """It passes the doctor, who says that there are no kernels."""
    wheel = build("wheel", checkout, compiler="no-such-compiler")
    document = doctor_of(wheel, tmp_path / "unpacked")

    assert package_in(wheel) == PACKAGE
    assert document["passes"]
    assert document["machine"]["kernels"] == "none"


@pytest.mark.long
@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no compiler")
def test_a_wheel_has_the_library(checkout: Path, tmp_path: Path) -> None:
    """One for all versions of Python from 3.11 on."""
    wheel = build("wheel", checkout)
    document = doctor_of(wheel, tmp_path / "unpacked")
    (library,) = package_in(wheel) - PACKAGE

    assert is_library(library)
    assert "-cp311-abi3-" in wheel.name
    assert document["passes"]
    assert document["machine"]["kernels"] != "none"

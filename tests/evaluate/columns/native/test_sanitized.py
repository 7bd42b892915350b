"""No plan, right or wrong, makes C touch what is not its own: seen by sanitizers."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
NATIVE = HERE.parents[3] / "irrun" / "native"
MODULE = ("module.c", "run_plan.c")
"""What needs Python."""
PLANS = 200_000
FLAGS = ("-std=c11", "-O1", "-g", "-ffp-contract=off", "-DIRRUN_ONE_UNIT",
         "-fsanitize=address,undefined", "-fno-sanitize-recover=all")  # fmt: skip

pytestmark = pytest.mark.long


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_random_plans_are_refused_or_stay_within_bounds(compiler: str, tmp_path: Path) -> None:
    if shutil.which(compiler) is None:
        pytest.skip(f"there is no {compiler}")
    program = tmp_path / "fuzz_plan"
    sources = [path for path in sorted(NATIVE.rglob("*.c")) if path.name not in MODULE]
    build: list[str | Path] = [
        compiler,
        *FLAGS,
        f"-I{NATIVE}",
        f"-I{NATIVE / 'plan'}",
        "-o",
        program,
        HERE / "fuzz_plan.c",
        *sources,
        "-lm",
    ]
    built = subprocess.run(build, capture_output=True, text=True)
    if built.returncode and "sanitize" in built.stderr:
        pytest.skip(f"{compiler} has no sanitizers here")
    assert built.returncode == 0, built.stderr

    # What it leaves behind is not the question.
    environment = os.environ | {"ASAN_OPTIONS": "detect_leaks=0"}
    ran = subprocess.run(
        [program, "0", str(PLANS)], capture_output=True, text=True, env=environment
    )

    assert ran.returncode == 0, ran.stderr[-2000:]
    assert int(ran.stdout) > PLANS // 20, "hardly any plan is carried out"

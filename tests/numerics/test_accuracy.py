"""Errors stay below one unit in the last place, and the document says how large they are."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from accuracy import DOCUMENT, FUNCTIONS, errors
from markers import marked

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_error_is_below_one_ulp(name: str) -> None:
    """On a small sample of what `make accuracy` measures."""
    worst, at = max(errors(name, 600))

    assert worst < 1.0, at


def test_table_of_the_document_has_every_function() -> None:
    """One row each, all below one ulp, measured on many inputs."""
    text = marked(DOCUMENT.read_text(encoding="utf-8"), "accuracy")
    rows = re.findall(r"^\| (\w+) \| [^|]+ \| ([\d,]+) \| ([\d.]+) \|", text, re.MULTILINE)

    assert [name for name, _, _ in rows] == list(FUNCTIONS)
    assert all(int(count.replace(",", "")) >= 30_000 for _, count, _ in rows)
    assert all(0.49 < float(error) < 1.0 for _, _, error in rows)


def test_constants_are_what_their_definitions_give() -> None:
    """Neither the module nor the document's tables were edited by hand."""
    tool = ROOT / "tools" / "numerics_constants.py"
    done = subprocess.run([sys.executable, str(tool), "--check"], capture_output=True, text=True)

    assert (done.returncode, done.stdout) == (0, "")

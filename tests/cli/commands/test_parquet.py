"""`irrun run -o run.parquet`."""

import sys
from pathlib import Path

import pytest
from cli.samples import Irrun, bundled, save, signals


def test_the_command_writes_it(irrun: Irrun) -> None:
    pq = pytest.importorskip("pyarrow.parquet", reason="the extra `data` is not installed")

    assert irrun("run", bundled("bus"), "-n", "4", "-q", "-o", "run.parquet").code == 0
    assert set(pq.read_table("run.parquet")["frame"].to_pylist()) == {0, 1, 2, 3}


def test_the_command_says_how_to_get_it(irrun: Irrun, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, exit code 2, and no file; others are written as ever."""
    for name in ("pyarrow", "pyarrow.parquet"):
        monkeypatch.setitem(sys.modules, name, None)
    program = save(signals(2))
    got = irrun("run", program, "-q", "-o", "run.parquet")

    assert got.code == 2
    assert "IR445  tables of values need the package pyarrow" in got.err
    assert "pip install 'irrun[data]'" in got.err
    assert list(Path().glob("*.parquet*")) == []
    assert irrun("run", program, "-q", "-o", "run.npz").code == 0

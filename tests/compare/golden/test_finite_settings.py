"""Settings with numbers that TOML can write and a golden cannot hold."""

from pathlib import Path

import pytest

from irrun.compare.golden.settings import read_settings
from irrun.errors.golden import BadSettings


@pytest.mark.parametrize(
    "line", ["fps = inf", "start = nan", "times = [0, -inf]", "atol = inf", "ulp = { frame = inf }"]
)
def test_infinite_settings_are_refused(line: str, tmp_path: Path) -> None:
    """The message names the setting: a golden recorded with it could not be read again."""
    file = tmp_path / "irrun.toml"
    file.write_text(f"[golden]\n{line}\n", encoding="utf-8")

    with pytest.raises(BadSettings, match=f"{line.split()[0]} is -?(inf|nan), which is no finite"):
        read_settings(file)

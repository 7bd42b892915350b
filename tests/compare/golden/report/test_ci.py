"""What counts as CI, asked in one place."""

import re
from pathlib import Path

import pytest

import irrun
from irrun.cli.commands.doctor import terminal_document
from irrun.compare.golden.report.ci import NOT_CI, in_ci

ROOT = Path(__file__).parents[4]


@pytest.mark.parametrize(
    ("value", "is_ci"),
    [
        (None, False), ("", False), (" ", False), ("0", False), ("false", False), ("False", False),
        ("no", False), ("NO", False), ("1", True), ("true", True), ("yes", True), ("00", True),
        ("off", True), ("woodpecker", True),
    ],
)  # fmt: skip
def test_ci_is_what_the_variable_says(
    value: str | None, is_ci: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set to anything but nothing, 0, false and no; `irrun doctor` says the same."""
    monkeypatch.delenv("CI", raising=False)
    if value is not None:
        monkeypatch.setenv("CI", value)

    assert in_ci() is is_ci
    assert terminal_document()["ci"] is is_ci


def test_nothing_else_asks_the_variable() -> None:
    """The commands, the plugin and the doctor cannot disagree."""
    package = Path(irrun.__file__).parent
    asking = [
        p for p in package.rglob("*.py") if re.search(r"""["']CI["']""", p.read_text("utf-8"))
    ]

    assert [path.relative_to(package).as_posix() for path in asking] == [
        "compare/golden/report/ci.py"
    ]


@pytest.mark.parametrize("page", ["ci.md", "design.md"])
def test_the_docs_say_the_same(page: str) -> None:
    """Each value that does not count is named where CI is explained."""
    text = " ".join((ROOT / "docs" / page).read_text(encoding="utf-8").split())
    sentence = re.search(r"`CI` (?:is )?set,? \(?and not to (nothing(?:,? (?:or )?`\w+`)+)", text)

    assert sentence is not None
    assert tuple(re.findall(r"`(\w+)`", sentence[1])) == NOT_CI[1:]

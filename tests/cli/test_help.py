"""What the commands say about themselves, and what README and docs say about them."""

import re
import shlex
from importlib import import_module
from typing import Any

import click
import pytest
from cli.samples import ROOT, Irrun

from irrun.cli.main import COMMANDS, group

GROUPS = {
    name: found.list_commands(click.Context(found))
    for name in COMMANDS
    if isinstance(found := group.get_command(click.Context(group), name), click.Group)
}
"""Groups of commands, and the names of theirs."""

LEAVES = [
    leaf for name in COMMANDS for leaf in ([f"{name} {n}" for n in GROUPS.get(name, [])] or [name])
]
"""Every command that does something, as it is called: `run`, `golden check`."""

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS_PAGE = ROOT / "docs" / "commands.md"
FENCED = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def command(name: str) -> click.Command:
    """Return a command by its name, such as `run` or `golden check`."""
    found: click.Command | None = group
    for word in name.split():
        assert isinstance(found, click.Group)
        found = found.get_command(click.Context(found), word)
    assert found is not None
    return found


def leaf_of(words: list[str]) -> tuple[str, list[str]]:
    """Return the command that a command line calls, and its arguments."""
    count = 2 if words[0] in GROUPS and len(words) > 1 else 1
    return " ".join(words[:count]), words[count:]


def options_of(name: str) -> list[str]:
    """Return every spelling of every option of a command."""
    return [text for p in command(name).params if isinstance(p, click.Option) for text in p.opts]


# --- Help -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", *GROUPS, *LEAVES])
@pytest.mark.parametrize("columns", ["80", "200"])
def test_help_has_an_example_and_fits(
    name: str, columns: str, irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--help and -h: usage, an example to copy, every option; at most 100 columns."""
    monkeypatch.setenv("COLUMNS", columns)

    got = irrun(*name.split(), "--help")

    assert (got.code, got.err) == (0, "")
    assert got.out.startswith("Usage: irrun")
    assert re.search(rf"^ +irrun {name}", got.out, re.MULTILINE)
    assert max(map(len, got.out.splitlines())) <= 100
    assert irrun(*name.split(), "-h").out == got.out


@pytest.mark.parametrize("name", LEAVES)
def test_every_option_is_explained(name: str, irrun: Irrun) -> None:
    """No option and no argument without a word on it."""
    text = irrun(*name.split(), "--help").out

    for option in options_of(name):
        assert re.search(rf"(?:^|[ ,]){re.escape(option)}[ ,\n]", text, re.MULTILINE)
    for parameter in command(name).params:
        if isinstance(parameter, click.Option):
            assert parameter.help
        else:
            assert parameter.make_metavar(click.Context(command(name))) in text


def examples(text: str) -> list[str]:
    """Return the command lines among indented or plain lines."""
    return re.findall(rf"^ *irrun ((?:{'|'.join(COMMANDS)}|-).*)$", text, re.MULTILINE)


@pytest.mark.parametrize("name", [*GROUPS, *LEAVES])
def test_examples_of_the_help_are_accepted(name: str, irrun: Irrun) -> None:
    """Each example parses: its options exist and take such values."""
    found = examples(irrun(*name.split(), "--help").out)

    assert found
    for line in found:
        called, arguments = leaf_of(shlex.split(line))
        assert called == name or name in GROUPS
        # With the group's settings: click keeps what it makes of them, for whoever comes next.
        parent = click.Context(group, **group.context_settings)
        command(called).make_context(called, arguments, parent=parent)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_can_be_imported(name: str, irrun: Irrun) -> None:
    """The table of commands names a module that defines the command, and says what it does."""
    module, summary = COMMANDS[name]

    assert import_module(module).command.name == name
    assert summary.endswith(".")
    assert len(summary) > 20
    assert f"  {name}" in irrun("--help").out
    assert summary in " ".join(irrun("--help").out.split())


@pytest.mark.parametrize("name", GROUPS)
def test_every_command_of_a_group_is_listed(name: str, irrun: Irrun) -> None:
    """The group's help names each with a sentence."""
    text = irrun(name, "--help").out

    for leaf in GROUPS[name]:
        assert re.search(rf"^  {leaf} +\S.*\.$", text, re.MULTILINE)
        assert command(f"{name} {leaf}").name == leaf


@pytest.mark.parametrize("name", LEAVES)
def test_every_command_has_the_common_options(name: str) -> None:
    """-q, -v and --traceback are understood everywhere."""
    assert {"-q", "--quiet", "-v", "--verbose", "--traceback"} <= set(options_of(name))


def test_help_names_the_exit_codes(irrun: Irrun) -> None:
    """The group's help says what the exit codes mean."""
    text = " ".join(irrun("--help").out.split())

    for code in ("0 fine", "2 wrong usage", "70 a bug in irrun", "130 interrupted"):
        assert code in text


def test_an_option_that_is_nearly_right_is_suggested(irrun: Irrun) -> None:
    """A slip of the finger gets the right name back."""
    assert "--frames" in irrun("run", "program", "--frmes", "3").err


def test_version_names_program_and_version(irrun: Irrun) -> None:
    """One line, two words."""
    import irrun as package

    assert irrun("--version") == (0, f"irrun {package.__version__}\n", "")


# --- README ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LEAVES)
def test_readme_mentions_every_command(name: str) -> None:
    """Each command, with an example."""
    assert f"irrun {name}" in README
    assert re.search(rf"^irrun {name}( .+)?$", README, re.MULTILINE)


def readme_examples() -> list[str]:
    """Return the command lines in README's shell blocks."""
    return [line for block in FENCED.findall(README) for line in examples(block)]


def test_readme_has_examples() -> None:
    """The pattern above finds them."""
    assert len(readme_examples()) >= len(COMMANDS)


def test_readme_explains_the_exit_codes(irrun: Irrun) -> None:
    """The table has exactly the codes of the help."""
    listed = set(re.findall(r"^\| (\d+) \| \S", README, re.MULTILINE))
    sentence = irrun("--help").out.partition("Exit codes:")[2]

    assert listed == set(re.findall(r"\b\d+\b", sentence))


def test_readme_links_lead_somewhere() -> None:
    """Every relative link is a file or folder of the checkout."""
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", README)

    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


# --- docs/commands.md -----------------------------------------------------------------------


def page() -> str:
    """Return docs/commands.md, where there is one."""
    if not COMMANDS_PAGE.exists():
        pytest.skip("there is no docs/commands.md")
    return COMMANDS_PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", LEAVES)
def test_every_option_is_documented(name: str) -> None:
    """Each spelling of each option stands in the command's section, or in the common one."""
    common, *sections = re.split(r"^## ", page(), flags=re.MULTILINE)
    own = [text for text in sections if text.startswith(f"`irrun {name}")]

    assert len(own) == 1
    for option in options_of(name):
        assert re.search(rf"`{re.escape(option)}[` ]", common + own[0]), option


@pytest.mark.parametrize("name", LEAVES)
def test_every_documented_option_exists(name: str) -> None:
    """The page promises no option that the command does not have."""
    own = next(text for text in page().split("\n## ") if text.startswith(f"`irrun {name}"))
    rows = re.findall(r"^\| (`-.*?) \|", own, re.MULTILINE)
    named = {found for row in rows for found in re.findall(r"`(--?[a-z-]+)", row)}

    assert named
    assert named <= set(options_of(name))


@pytest.mark.parametrize("name", LEAVES)
def test_documented_choices_are_the_choices(name: str) -> None:
    """Where the page lists values, they are those that the option takes."""
    own = next(text for text in page().split("\n## ") if text.startswith(f"`irrun {name}"))
    for parameter in command(name).params:
        if isinstance(parameter.type, click.Choice):
            choices: list[Any] = list(parameter.type.choices)
            listed = r"\\?\|".join(map(re.escape, choices))
            assert re.search(rf"`{parameter.opts[-1]} {listed}`", own), parameter.name

"""Searches through folders: nothing is skipped without a word, and nothing is endless."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from irrun.compare.golden.many.find import find_pending, find_programs, find_targets, programs_of
from irrun.compare.golden.settings import Settings
from irrun.errors import IrrunError
from irrun.errors.loading import SearchTooLarge
from irrun.files.searching import Search
from irrun.limits import GIVEN, SEARCHED

PROGRAM = b'{"irVersion": 1}'


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, beside a folder that is outside."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "far.json").write_bytes(PROGRAM)
    inside = tmp_path / "inside"
    inside.mkdir()
    monkeypatch.chdir(inside)
    return inside


def make(*names: str) -> None:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(PROGRAM)


def found_in(*names: str) -> list[str]:
    return [found.path.as_posix() for found in find_programs([Path(name) for name in names])]


def matching(pattern: str) -> list[str]:
    return [path.as_posix() for path in Search().matching(Path(), pattern)]


def test_programs_are_found_in_order_hidden_folders_left_out(root: Path) -> None:
    """First those of a folder, then those below; folders of other tools are passed over."""
    make("b.json", "a/z.json", "a/b/c.msgpack", ".git/x.json", "node_modules/y.json", "c.mp")
    Path("other.json").write_bytes(b"{}")

    assert found_in(".") == ["b.json", "c.mp", "a/z.json", "a/b/c.msgpack"]
    assert found_in("a", "b.json", "a") == ["a/z.json", "a/b/c.msgpack", "b.json"]


def test_links_to_folders_are_not_followed(root: Path) -> None:
    """Out of the tree nor in circles; a link to a file is that file."""
    make("a/b.json")
    Path("up").symlink_to("..")
    Path("far").symlink_to("../outside")
    Path("a/circle").symlink_to(".")
    Path("c.json").symlink_to("a/b.json")

    assert found_in(".") == ["c.json", "a/b.json"]


def test_a_pattern_leads_out_of_the_tree_by_no_link(root: Path) -> None:
    """Neither with one star nor with two; what is spelled out is meant."""
    make("a/b.json", "a/c/d.json")
    Path("far").symlink_to("../outside")
    Path("near").symlink_to("a")

    assert matching("**/*.json") == ["a/b.json", "a/c/d.json"]
    assert matching("*/*.json") == ["a/b.json", "near/b.json"]
    assert matching("far/*.json") == ["far/far.json"]
    assert matching("../outside/*.json") == ["../outside/far.json"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("a", ["a"]), ("a/b.json", ["a/b.json"]), ("a/*", ["a/[x].json", "a/b.json", "a/c"]),
        ("a/?.json", ["a/b.json"]), ("a/[ab].json", ["a/b.json"]), ("a/[!b].json", []),
        ("a/[x].json", ["a/[x].json"]), ("**/d.json", ["a/c/d.json"]), ("absent/*.json", []),
        ("absent", []), ("a/b.json/*", []), ("**", [".", "a", "a/c"]),
        ("**/c/**/*.json", ["a/c/d.json"]), ("a/**/*.json", ["a/[x].json", "a/b.json",
                                                            "a/c/d.json"]),
    ],
)  # fmt: skip
def test_patterns_mean_what_globs_mean(pattern: str, expected: list[str], root: Path) -> None:
    """A pattern that is the name of something names that."""
    make("a/b.json", "a/c/d.json", "a/[x].json")

    assert matching(pattern) == expected


def test_a_pattern_may_be_absolute(root: Path) -> None:
    """It then begins there."""
    make("a/b.json")

    assert matching(f"{root.as_posix()}/**/*.json") == [f"{root.as_posix()}/a/b.json"]


def with_settings(*patterns: str) -> Callable[[], object]:
    return lambda: programs_of(Settings(programs=patterns, root=Path()))


@pytest.mark.parametrize(
    "search",
    [
        lambda: find_programs([Path()]),
        lambda: find_targets([Path()], Settings()),
        lambda: find_targets([], Settings()),
        lambda: find_targets([], Settings(dir=".", root=Path())),
        lambda: find_pending([Path()]),
        with_settings("."),
        with_settings("**/*.json"),
        with_settings("*/*.json"),
        with_settings("0", "1", "2"),
    ],
)
def test_a_search_ends(
    search: Callable[[], object], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is looked at is counted over all that one command searches."""
    make(*(f"{i}/{j}.txt" for i in range(3) for j in range(4)))
    monkeypatch.setitem(GIVEN, SEARCHED.variable, "11")

    with pytest.raises(SearchTooLarge) as caught:
        search()

    assert caught.value.code == "IR117"
    assert SEARCHED.variable in (caught.value.hint_text or "")


def test_a_search_may_look_at_as_much_as_the_limit(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not an entry less."""
    make("a/b.json", "c.json")
    monkeypatch.setitem(GIVEN, SEARCHED.variable, "3")

    assert found_in(".") == ["c.json", "a/b.json"]


def problems(paths: list[Path]) -> dict[str, str]:
    found = find_programs(paths)
    return {each.path.as_posix(): each.problem.code for each in found if each.problem}


def test_what_cannot_be_looked_at_is_found_with_its_problem(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file, a folder, a pipe, a link to nothing, beside what can; an editor's lock is none."""
    make("a.json", "locked/b.json", "secret.json", "z.json")
    Path("gone.json").symlink_to("nowhere")
    Path(".#a.json").symlink_to("somebody@somewhere.1")
    os.mkfifo("pipe.json")
    os.mkfifo("pipe.json.gz")
    refuse(monkeypatch, "locked", "secret.json")

    assert found_in(".") == [
        "a.json", "gone.json", "pipe.json", "pipe.json.gz", "secret.json", "z.json", "locked",
    ]  # fmt: skip
    assert problems([Path()]) == {
        "gone.json": "IR100",
        "pipe.json": "IR116",
        "pipe.json.gz": "IR116",
        "secret.json": "IR100",
        "locked": "IR100",
    }
    targets = {target.name: target.problem for target in find_targets([Path()], Settings())}
    assert {name for name, problem in targets.items() if problem} == {
        "gone", "pipe", "secret", "locked",
    }  # fmt: skip


def refuse(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Let the system refuse to open files and folders, whoever runs this."""
    opens, scans = os.open, os.scandir

    def check(path: str | os.PathLike[str]) -> None:
        if Path(path).name in names:
            raise PermissionError(errno.EACCES, "Permission denied")

    def open_file(path: str, *rest: int) -> int:
        check(path)
        return opens(path, *rest)

    def scan(path: Path) -> object:
        check(path)
        return scans(path)

    monkeypatch.setattr("os.open", open_file)
    monkeypatch.setattr("os.scandir", scan)


def test_new_output_is_not_looked_for_in_vain(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that cannot be looked into may hold some; one of `--pending` is somebody else's."""
    make("a.golden.new", "b/c.golden.new", "left/d.golden.new", "left/.irrun-pending")

    assert find_pending([Path()]) == [Path("a.golden.new"), Path("b/c.golden.new")]
    assert find_pending([Path("left")]) == [Path("left/d.golden.new")]
    refuse(monkeypatch, "b")
    with pytest.raises(IrrunError) as caught:
        find_pending([Path()])
    assert caught.value.sentence == "cannot read b: Permission denied"

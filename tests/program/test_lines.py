"""Where in the text of a JSON file a problem stands."""

import json
import os
from pathlib import Path

import pytest
from cli.samples import PROGRAMS
from program.checks.rows import sound, writes_slot_4

from irrun.errors import IrrunError, Where
from irrun.errors.loading import BadJson, UnknownField, WrongType
from irrun.program.canonical import encode
from irrun.program.checks.engine import check_source
from irrun.program.paths import path_text
from irrun.program.reading.lines import locate, locate_in

TEXT = """{
  "a": 1, "a b": [10, {"c": "x\\"}", "d": [[], {}, -2.5e3]}],
  "é\\u00e9": {"7": true,
    "deep": {"er": null}
  },
  "twice": {"in": 1}, "twice": {"out": 2}
}
"""

PLACES = [
    ("$.a", (2, 3), '"a": 1'),
    ('$["a b"]', (2, 11), '"a b": [10, {"c": "x\\"}", "d": [[], {}, -2.5e3]}]'),
    ('$["a b"][0]', (2, 19), "10"),
    ('$["a b"][1]', (2, 23), '{"c": "x\\"}", "d": [[], {}, -2.5e3]}'),
    ('$["a b"][1].c', (2, 24), '"c": "x\\"}"'),
    ('$["a b"][1].d[0]', (2, 43), "[]"),
    ('$["a b"][1].d[2]', (2, 51), "-2.5e3"),
    ('$["a b"][1].d[9]', (2, 37), '"d": [[], {}, -2.5e3]'),
    ('$["éé"]', (3, 3), '"é\\u00e9"'),
    ('$["éé"].7', (3, 15), '"7": true'),
    ('$["éé"].deep.er', (4, 14), '"er": null'),
    ('$["éé"].deep.missing.far[3]', (4, 5), '"deep": {"er": null}'),
    ("$.twice.out", (6, 33), '"out": 2'),
    ("$.twice.in", (6, 23), '"twice": {"out": 2}'),
]


def placed(path: str, text: str = TEXT) -> IrrunError:
    """Return a problem at a path, with its line."""
    problem = UnknownField(Where(path=path), name="x")
    locate_in(text.encode(), [problem])
    return problem


@pytest.mark.parametrize(("path", "place", "marked"), PLACES)
def test_a_path_leads_to_a_line(path: str, place: tuple[int, int], marked: str) -> None:
    """Members with their keys, on their first line; what is not there, to what would hold it."""
    found = placed(path)

    assert (found.where.line, found.where.column) == place
    assert found.excerpt is not None
    assert found.excerpt.marked == marked
    whole = found.excerpt.before + marked + found.excerpt.after
    assert whole == TEXT.split("\n")[place[0] - 1]


@pytest.mark.parametrize("path", ["$.none", "$", "$.none[3].deeper"])
def test_what_leads_nowhere_has_no_line(path: str) -> None:
    found = placed(path)
    assert (found.where.line, found.excerpt) == (None, None)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_ends_of_lines_and_a_mark_at_the_start(end: str, start: str) -> None:
    """Columns count characters of the line alone."""
    found = placed("$.a", start + '{"b": 2,\n"a": [1,\n2]}'.replace("\n", end))

    assert (found.where.line, found.where.column) == (2, 1)
    assert found.excerpt == ("", '"a"', ": [1,")


def test_a_byte_leads_to_a_line() -> None:
    """Where the text breaks, it is read as far as it goes."""
    data = '{"é": 1,\n "b": }'.encode()
    (problem,) = check_source(data, "p").problems
    locate_in(data, [problem])

    assert isinstance(problem, BadJson)
    assert (problem.where.line, problem.where.column) == (2, 7)
    assert problem.excerpt == (' "b": ', "}", "")


def test_every_member_of_a_program_is_found() -> None:
    """One pass for all paths: each leads to its own key, or to its own element."""
    text = (PROGRAMS / "every-step-kind.json").read_text()
    paths: list[tuple[str, object]] = []
    todo: list[tuple[object, object]] = [(None, json.loads(text))]
    while todo:
        path, value = todo.pop()
        if path is not None:
            paths.append((path_text(path), value))  # type: ignore[arg-type]
        if isinstance(value, dict):
            todo += [((path, key), member) for key, member in value.items()]
        elif isinstance(value, list):
            todo += [((path, i), item) for i, item in enumerate(value)]
    problems = [WrongType(Where(path=path), expected="", got="") for path, _ in paths]
    locate_in(text.encode(), problems)

    assert len(problems) > 500
    for (path, value), problem in zip(paths, problems, strict=True):
        found = problem.excerpt
        assert found is not None, path
        if len(found.marked) < 400 and found.marked[-1:] not in ('"', "{", "["):
            is_member = not path.endswith("]") or path.endswith('"]')
            read = json.loads("{" + found.marked + "}" if is_member else found.marked)
            assert (next(iter(read.values())) if is_member else read) == value, path


def test_a_file_of_one_long_line_is_not_kept_whole() -> None:
    found = placed("$.a", '{"x": "' + "y" * 5000 + '", "a": 1, "z": "' + "y" * 5000 + '"}')

    assert found.where.column == 5011
    assert found.excerpt is not None
    assert found.excerpt.marked == '"a": 1'
    assert max(map(len, found.excerpt)) == 400


def test_only_regular_json_files_are_read_again(tmp_path: Path) -> None:
    """A pipe would wait; MessagePack has no lines; a file may be gone."""
    b = sound()
    writes_slot_4(b)
    json_file, packed = tmp_path / "p.json", tmp_path / "p.msgpack"
    json_file.write_bytes(b.bytes())
    packed.write_bytes(encode(b.program(), "msgpack"))
    os.mkfifo(tmp_path / "pipe")
    for name, is_read in (("p.json", True), ("p.msgpack", False), ("pipe", False), ("no", False)):
        source = packed if name == "p.msgpack" else json_file
        problems = [p.at(file=str(tmp_path / name)) for p in check_source(source, "").problems]
        for problem in problems:
            problem.where = problem.where._replace(file=str(tmp_path / name))
        locate(problems)
        assert [problem.excerpt is not None for problem in problems] == [is_read]


@pytest.mark.parametrize("lack", [MemoryError, ValueError, PermissionError])
def test_a_problem_is_told_whatever_becomes_of_its_file(
    lack: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking for the line never takes the place of the problem."""

    def read(path: str) -> bytes:
        raise lack

    monkeypatch.setattr("irrun.program.reading.lines.read_file", read)
    problem = UnknownField(Where(file="p.json", path="$.a"), name="x")
    locate([problem])

    assert problem.excerpt is None


def test_a_file_is_read_once_for_all_problems(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "p.json"
    file.write_text(TEXT)
    reads: list[str] = []

    def read(path: str) -> bytes:
        reads.append(path)
        return Path(path).read_bytes()

    monkeypatch.setattr("irrun.program.reading.lines.read_file", read)
    problems = [UnknownField(Where(file=str(file), path=path), name="x") for path, _, _ in PLACES]
    locate(problems)

    assert len(reads) == 1
    assert all(problem.excerpt is not None for problem in problems)

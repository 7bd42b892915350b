"""The bundled programs: built by code, equal in both encodings, one thing each."""

import json
from pathlib import Path

import build_programs
import pytest

import irrun
from irrun.program.canonical import encode
from irrun.program.reading.codec import load, loads
from irrun.steps import KINDS

NAMES = sorted(build_programs.PROGRAMS)
FILES = build_programs.build()


def path_of(name: str, encoding: str = "msgpack") -> Path:
    """Return a bundled program's file."""
    return build_programs.FOLDER / f"{name}.{encoding}"


def test_the_folder_holds_exactly_what_is_built() -> None:
    """No file by hand, none forgotten; each program has a golden."""
    goldens = {f"{name}.golden" for name in NAMES}

    assert {path.name for path in build_programs.FOLDER.iterdir()} == FILES.keys() | goldens
    assert len(FILES) == 2 * len(NAMES) > 0


@pytest.mark.parametrize("file", sorted(FILES))
def test_every_file_is_what_is_built(file: str) -> None:
    """Byte for byte, so that a change of the builder or of the codec shows."""
    assert (build_programs.FOLDER / file).read_bytes() == FILES[file]


def test_building_twice_gives_the_same() -> None:
    """Nothing of the clock or of a hash is in a program."""
    assert build_programs.build() == FILES


@pytest.mark.parametrize("name", NAMES)
def test_both_encodings_are_one_program(name: str) -> None:
    """Equal documents, one digest, and each can be written as the other."""
    from_json, from_msgpack = load(path_of(name, "json")), load(path_of(name))

    assert from_json == from_msgpack
    assert from_json.digest == from_msgpack.digest
    assert encode(from_json, "msgpack") == path_of(name).read_bytes()
    assert encode(from_msgpack, "json", pretty=True) == path_of(name, "json").read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_every_program_loads_without_a_note(name: str) -> None:
    """What is bundled uses no old form and no unknown field, and is named like its file."""
    program = load(path_of(name))

    assert program.notes == ()
    assert program.unknown == {}
    assert program.document.patch_id == name


@pytest.mark.parametrize("name", NAMES)
def test_every_program_runs_a_hundred_stub_frames(name: str) -> None:
    """Without an error, and with no warning but those of contradicting evidence."""
    result = irrun.run(load(path_of(name)), frames=100, executors="stub")

    assert result.frames == 100
    codes = {finding.code for finding in result.findings}
    assert codes == ({"IR250", "IR251"} if name == "conflicting-evidence" else set())


@pytest.mark.parametrize("name", NAMES)
def test_every_program_is_explained(name: str) -> None:
    """What a program shows stands on its builder."""
    assert build_programs.PROGRAMS[name].__doc__


def test_every_step_kind_occurs() -> None:
    """The program that is to show all step kinds does, and nothing else."""
    steps = load(path_of("every-step-kind")).steps

    assert {step.kind for step in steps} == KINDS.keys()


def test_every_storage_occurs() -> None:
    """The program that is to show all storages does."""
    layout = irrun.derive_layout(load(path_of("every-storage")))

    assert {meta.storage for meta in layout.slots} == {"f64", "f32", "i32", "u32", "object"}


def test_the_other_programs_show_their_one_thing() -> None:
    """Gaps and holes; no slotMeta; evidence against slotMeta; state; a disabled publisher."""
    sparse = irrun.derive_layout(load(path_of("sparse-slots")))
    derived = irrun.derive_layout(load(path_of("no-slot-meta")))
    contradicted = irrun.derive_layout(load(path_of("conflicting-evidence")))
    ring = load(path_of("ring-buffer")).state_layout
    bus = json.loads(path_of("bus", "json").read_bytes())["schedule"]["steps"]

    assert sparse.holes("f64") == (1, 4)
    assert not any(meta.declared for meta in derived.slots)
    assert [meta.slot for meta in contradicted.slots if meta.against] == [2, 3, 5]
    assert {cell.size for cell in ring.cells} == {1, 17}
    assert [p["enabled"] for s in bus if s["id"] == "s-energy" for p in s["publishers"]] == [
        True, True, False
    ]  # fmt: skip


# --- The builder's own check ----------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the builder work in a folder of its own."""
    monkeypatch.setattr(build_programs, "FOLDER", tmp_path)
    return tmp_path


def test_check_tells_and_does_not_write(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--check: exit code 1 and the names, no file."""
    monkeypatch.setattr("sys.argv", ["build_programs.py", "--check"])

    assert build_programs.main() == 1
    assert list(folder.iterdir()) == []


def test_building_writes_what_differs(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that differs is written anew and named; then --check is content."""
    monkeypatch.setattr("sys.argv", ["build_programs.py"])
    assert build_programs.main() == 0
    (folder / "bus.json").write_bytes(b"changed")
    capsys.readouterr()

    assert build_programs.main() == 0

    assert (folder / "bus.json").read_bytes() == FILES["bus.json"]
    assert capsys.readouterr().err.splitlines() == ["written: programs/bus.json"]
    monkeypatch.setattr("sys.argv", ["build_programs.py", "--check"])
    assert build_programs.main() == 0


def test_a_built_program_is_read_back() -> None:
    """What the builder hands to the codec comes out of it."""
    for name, make in build_programs.PROGRAMS.items():
        assert loads(make().bytes()) == load(path_of(name))

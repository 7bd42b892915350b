"""A fuzz run can be stopped, goes on where it was, and says what all of it came to."""

from pathlib import Path

import fuzz
import pytest
from fuzz_figures import Figures, Most, State
from fuzz_worker import Answer
from mutate import seeds


def test_a_mutant_is_known_by_its_number() -> None:
    """The same bytes each time, others for another number or seed."""
    documents = seeds()
    found = [fuzz.numbered(documents, seed, number) for seed in (1, 2) for number in range(40)]

    assert found == [fuzz.numbered(seeds(), seed, n) for seed in (1, 2) for n in range(40)]
    assert len(set(found)) > 75  # a few change nothing


def test_figures_of_pieces_are_figures_of_the_whole() -> None:
    """Counts are added, the most is the most."""
    answers = [
        Answer(codes=[("validate", 3), ("run", 3)], seconds=1.0, memory=5),
        Answer(codes=[("validate", 0), ("run", 4)], seconds=4.0, memory=9),
        Answer(codes=[("validate", 0), ("run", 0)], seconds=2.0, memory=7),
    ]
    whole, one, other = Figures(), Figures(), Figures()
    for number, answer in enumerate(answers):
        whole.add(number, answer)
        (one if number < 1 else other).add(number, answer)

    one.merge(other)

    assert one == whole
    assert (one.tried, one.seconds, one.slowest, one.memory) == (3, 7.0, Most(4.0, 1), Most(9, 1))
    assert one.codes == {"validate": {0: 2, 3: 1}, "run": {0: 1, 3: 1, 4: 1}}


def test_a_run_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Pieces that are done are not done again; the figures are those of all."""
    asked: list[int] = []

    class Counting(fuzz.Worker):
        def examine(self, data: bytes, *, thorough: bool = False) -> Answer:
            asked.append(len(data))
            return Answer(codes=[("validate", 0)], seconds=0.5)

    monkeypatch.setattr(fuzz, "Worker", Counting)
    monkeypatch.setattr(fuzz, "PIECE", 3)
    path = tmp_path / "state.json"

    assert fuzz.main(["--count", "4", "--state", str(path), "--processes", "2"]) == 0
    assert len(asked) == 6
    assert fuzz.main(["--count", "12", "--state", str(path), "--processes", "1"]) == 0
    assert len(asked) == 12
    assert "12 mutants in 6 s of processor time: 0 findings" in capsys.readouterr().out
    assert sorted(State.load(path, 1, fuzz.identity(seeds())).done) == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="another seed"):
        State.load(path, 2, fuzz.identity(seeds()))


def test_a_mutant_that_kills_its_process_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is kept, named, and counts against the run; the next one gets a process of its own."""
    monkeypatch.setattr(fuzz, "WORKER", tmp_path / "worker.py")
    monkeypatch.setattr(fuzz, "REGRESSIONS", tmp_path / "kept")
    monkeypatch.setattr(fuzz, "PIECE", 2)
    fuzz.WORKER.write_text("import sys; sys.stdin.readline(); sys.exit(7)")

    assert fuzz.main(["--count", "2", "--processes", "1"]) == 1

    out = capsys.readouterr().out
    assert out.count("the process died: 7") == 2
    assert "2 mutants in 0 s of processor time: 2 findings" in out
    assert len(list((tmp_path / "kept").iterdir())) == 2

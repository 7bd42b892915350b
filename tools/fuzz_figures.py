"""What a fuzz run counts; kept in a file from time to time, so that a run can go on later."""

from collections import Counter
from pathlib import Path
from typing import Self

import msgspec
from fuzz_worker import Answer


class Most(msgspec.Struct, frozen=True):
    """The largest of some figures, and the number of the mutant that has it."""

    value: float = 0.0
    mutant: int = -1


class Finding(msgspec.Struct, frozen=True):
    """A mutant that ended badly."""

    mutant: int
    file: str
    wrong: str


class Figures(msgspec.Struct):
    """What mutants came to."""

    tried: int = 0
    codes: dict[str, dict[int, int]] = {}
    """How often, by command and exit code."""
    seconds: float = 0.0
    """Processor time of all."""
    slowest: Most = Most()
    memory: Most = Most()
    findings: list[Finding] = []

    def add(self, mutant: int, answer: Answer) -> None:
        """Count one mutant."""
        codes: dict[str, dict[int, int]] = {}
        for command, code in answer.codes:
            codes[command] = {code: 1}
        one = Figures(1, codes, answer.seconds,
                      Most(answer.seconds, mutant), Most(answer.memory, mutant))  # fmt: skip
        self.merge(one)

    def merge(self, other: Self) -> None:
        """Count what another part of the run counted."""
        self.tried += other.tried
        self.seconds += other.seconds
        for command, codes in other.codes.items():
            self.codes[command] = dict(Counter(self.codes.get(command, {})) + Counter(codes))
        self.slowest = max(self.slowest, other.slowest, key=lambda most: most.value)
        self.memory = max(self.memory, other.memory, key=lambda most: most.value)
        self.findings = [*self.findings, *other.findings]

    def lines(self) -> list[str]:
        """Return the figures as lines of text."""
        rows = [
            f"{self.tried} mutants in {self.seconds:.0f} s of processor time: "
            f"{len(self.findings)} findings",
            f"slowest: {self.slowest.value:.2f} s (mutant {self.slowest.mutant})",
            f"most memory: {int(self.memory.value) >> 20} MB (mutant {self.memory.mutant})",
        ]
        for command, codes in sorted(self.codes.items()):
            told = ", ".join(f"{code}: {count}" for code, count in sorted(codes.items()))
            rows.append(f"exit codes of {command}: {told}")
        return rows


class State(msgspec.Struct):
    """How far a run has come."""

    seed: int
    seeds: str
    """Identifies the programs that mutants are made of."""
    done: list[int] = []
    """Pieces that are done."""
    figures: Figures = msgspec.field(default_factory=Figures)

    def save(self, path: Path) -> None:
        """Write to a file, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(path.name + ".new")
        new.write_bytes(msgspec.json.format(msgspec.json.encode(self)))
        new.replace(path)

    @classmethod
    def load(cls, path: Path, seed: int, seeds: str) -> "State":
        """Return what a file says of this run; a new one if there is no file.

        Raises:
            ValueError: the file is of another run.
        """
        if not path.exists():
            return cls(seed, seeds)
        state = msgspec.json.decode(path.read_bytes(), type=cls)
        if (state.seed, state.seeds) != (seed, seeds):
            raise ValueError(f"{path} is of a run with another seed or other programs")
        return state

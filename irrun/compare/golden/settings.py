"""Settings of the golden commands: the table `[golden]` of a project's settings."""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from irrun.compare.output.document import GoldenPolicy, KeptArrays
from irrun.compare.output.tolerance import EVERYTHING, KINDS, Kind
from irrun.files.settings import Tables, as_settings, bad_settings, find_tables, read_tables
from irrun.limits import GOLDEN_FRAMES
from irrun.runtime.executor import Executors

Amount = Annotated[float, Meta(ge=0)]


class RunWishes(msgspec.Struct, frozen=True, kw_only=True):
    """How a golden's program is run and compared, as far as anybody asks; None is not asked."""

    frames: Annotated[int, Meta(ge=1, le=GOLDEN_FRAMES.value)] | None = None
    fps: Annotated[float, Meta(gt=0)] | None = None
    start: float | None = None
    times: Annotated[tuple[float, ...], Meta(min_length=1)] | None = None
    watch: Annotated[tuple[str | int, ...], Meta(min_length=1)] | None = None
    executors: Executors | None = None
    buffers: KeptArrays | None = None
    atol: Amount | Mapping[str, Amount] | None = None
    rtol: Amount | Mapping[str, Amount] | None = None
    ulp: Amount | Mapping[str, Amount] | None = None
    equal_zeros: bool = False

    def __post_init__(self) -> None:
        """Refuse infinities and NaN, which TOML can write and a golden cannot hold.

        Raises:
            ValueError: Which member has one.
        """
        for name, number in self._numbers():
            if number is not None and not math.isfinite(number):
                raise ValueError(f"{name} is {number}, which is no finite number")

    def _numbers(self) -> Iterator[tuple[str, float | None]]:
        yield from (("fps", self.fps), ("start", self.start))
        yield from (("times", time) for time in self.times or ())
        for kind in KINDS:
            yield from ((kind, number) for number in (self._rules(kind) or {}).values())

    @property
    def policy(self) -> GoldenPolicy | None:
        """The tolerances; None if nobody asks for any, nor for none."""
        rules = {kind: self._rules(kind) for kind in KINDS}
        if not self.equal_zeros and all(rule is None for rule in rules.values()):
            return None
        return GoldenPolicy(
            **{kind: rule for kind, rule in rules.items() if rule}, equal_zeros=self.equal_zeros
        )

    def _rules(self, kind: Kind) -> Mapping[str, float] | None:
        value = getattr(self, kind)
        return value if value is None or isinstance(value, Mapping) else {EVERYTHING: value}


class Settings(RunWishes, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table `[golden]` (in a pyproject `[tool.irrun.golden]`); everything may be absent."""

    programs: tuple[str, ...] | None = None
    """Files, folders or globs, from the folder of the file: each program must have a golden."""
    dir: str | None = None
    """Where goldens live, from the folder of the file; beside their programs if absent."""
    root: Path = Path()
    """The folder of the file; not to be set in it."""


def find_settings(start: Path) -> Settings:
    """Return the settings that hold for a folder: of the nearest file in it or above it.

    Raises:
        BadSettings: IR132.
        CannotRead: IR100.
    """
    found = find_tables(start)
    return Settings() if found is None else _settings(*found)


def read_settings(path: Path) -> Settings | None:
    """Return the settings of a file; None if it is a pyproject without any.

    Raises:
        BadSettings: IR132.
        CannotRead: IR100.
        LimitExceeded: IR105.
    """
    tables = read_tables(path)
    return None if tables is None else _settings(path, tables)


def _settings(path: Path, tables: Tables) -> Settings:
    if "root" in tables.golden:
        raise bad_settings(path, "object contains unknown field `root`")
    settings = as_settings(path, tables.golden, Settings)
    return msgspec.structs.replace(settings, root=path.parent)

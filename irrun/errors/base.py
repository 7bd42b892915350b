"""The base of every problem that irrun reports, and the four families."""

import re
from enum import StrEnum
from typing import Any, ClassVar, NamedTuple, Self

from irrun.errors.exit_codes import ExitCode
from irrun.errors.showing import SENTENCE, fill, shown


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Where(NamedTuple):
    """The place of a problem: whatever is known of it."""

    file: str | None = None
    """Name of the program file as the user gave it."""
    path: str | None = None
    """JSON path in the document, such as `$.schedule.steps[3].outSlot`."""
    byte: int | None = None
    """Offset in the (uncompressed) file, from 0."""
    line: int | None = None
    """Line in the text of a JSON file, from 1; only where it was looked for."""
    column: int | None = None
    """Character in the line, from 1."""
    step: str | None = None
    """Step id."""
    kind: str | None = None
    """Step kind."""
    field: str | None = None
    """Wire path of the slot reference within the step, such as `out.phase01`."""
    slot: int | None = None
    frame: int | None = None
    """Frame index, from 0."""
    t_ms: float | None = None
    node: str | None = None
    """Node id."""
    bus: str | None = None
    """Bus id."""
    label: str | None = None
    """What `meta.names` calls the step, node or bus."""

    def text(self, *, with_slot: bool = True) -> str:
        """Return the place as one line, such as `step s-bus (busEval), slot 8, frame 0`.

        Names are made safe to show, and cut where they are long.
        """
        parts = [self._step_text()] if self.step is not None else []
        for what, name in (("node", self.node), ("bus", self.bus)):
            if name is not None:
                parts.append(f"{what} {shown(name)}{self._label_text()}")
        if self.path is not None:
            parts.append(shown(self.path, SENTENCE))
        if self.byte is not None:
            parts.append(f"byte {self.byte}")
        elif self.line is not None:  # who tells the byte tells the line in the sentence
            parts.append(f"line {self.line}, column {self.column}")
        if self.slot is not None and with_slot:
            parts.append(f"slot {self.slot}")
        if self.frame is not None:
            at = "" if self.t_ms is None else f" (t = {self.t_ms:g} ms)"
            parts.append(f"frame {self.frame}{at}")
        if self.file is not None:
            parts.append(shown(self.file, SENTENCE))
        return ", ".join(parts)

    def _step_text(self) -> str:
        inside = ", ".join(shown(part) for part in (self.kind, self.field) if part is not None)
        name = f"step {shown(self.step or '')}{self._label_text()}"
        return f"{name} ({inside})" if inside else name

    def _label_text(self) -> str:
        return "" if self.label is None else f' "{shown(self.label)}"'

    def document(self) -> dict[str, Any]:
        """Return the known parts, for machine formats."""
        known = self._asdict().items()
        return {("tMs" if name == "t_ms" else name): v for name, v in known if v is not None}


class Excerpt(NamedTuple):
    """The line of a JSON file that a problem stands in, or the middle of it if it is long."""

    before: str
    marked: str
    """What the problem is about."""
    after: str


class IrrunError(Exception):
    """A problem: a stable code, one sentence in plain words, the place, and often a hint.

    Subclasses set `code`, `title`, `message` (a `str.format` template over the facts) and
    perhaps `hint` (a template too). The docstring of a subclass explains the problem to the
    author of the program; `wrong` and `right` show it, `section` says where the rule is written.
    """

    code: ClassVar[str] = "IR000"
    title: ClassVar[str] = ""
    message: ClassVar[str] = "{detail}"
    hint: ClassVar[str | None] = None
    counts: ClassVar[tuple[str, ...]] = ()
    """Facts that add up where the same problem is found again."""
    wrong: ClassVar[str] = ""
    """A piece of a program that has the problem, as JSON."""
    right: ClassVar[str] = ""
    """The same piece without it."""
    section: ClassVar[str] = ""
    """Where the rule is written: `ir-schema 14.4`."""
    severity: Severity = Severity.ERROR
    may_be: ClassVar[Severity | None] = None
    """What the checks call it elsewhere: an error is a warning where no frame is sure to meet it,
    and some warnings are errors where a run is sure to end."""
    strict_error: ClassVar[bool] = False
    exit_code: ClassVar[ExitCode] = ExitCode.BUG
    family: ClassVar[str] = ""
    excerpt: Excerpt | None = None
    """The line that it stands in, where that was looked for."""

    def __init__(self, where: Where | None = None, **facts: Any) -> None:
        super().__init__()
        self.where = where or Where()
        self.facts = facts

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions are rebuilt from their positional arguments, and these have none.
        return _rebuilt, (type(self), self.where, self.facts, self.severity)

    def __str__(self) -> str:
        """Return it as commands print it: code and sentence, place, hint, each on its line."""
        lines = [f"{self.severity} {self.code}  {self.sentence}"]
        lines += [f"  at {self.place_text}"] if self.place_text else []
        lines += [f"  hint: {self.hint_text}"] if self.hint_text else []
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<{self.code} {self.sentence}>"

    @property
    def sentence(self) -> str:
        """What is wrong, in one sentence."""
        return fill(self.message, (), self.facts)

    @property
    def place_text(self) -> str:
        """The place as one line, without a slot that the sentence names; empty if none is known."""
        is_named = re.search(rf"\bslots? {self.where.slot}\b", self.sentence) is not None
        return self.where.text(with_slot=not is_named)

    @property
    def hint_text(self) -> str | None:
        """The hint with its facts filled in, if there is one."""
        own = self.facts.get("hint")
        if own is not None:
            return shown(str(own), SENTENCE)
        return None if self.hint is None else fill(self.hint, (), self.facts)

    def at(self, **place: Any) -> Self:
        """Add what is known of the place; what is already known is kept."""
        new = {k: v for k, v in place.items() if getattr(self.where, k) is None}
        self.where = self.where._replace(**new)
        return self

    def escalate(self) -> Self:
        """Make a warning an error, as --strict does."""
        self.severity = Severity.ERROR
        return self

    def weigh(self, severity: Severity) -> Self:
        """Give the problem another severity: the same problem may matter less where it stands."""
        self.severity = severity
        return self

    def count(self, again: "IrrunError") -> None:
        """Add what the same problem counts when it is found again."""
        self.facts |= {name: self.facts[name] + again.facts[name] for name in self.counts}

    def document(self) -> dict[str, Any]:
        """Return the problem for machine formats (design.md section 7)."""
        found: dict[str, Any] = {
            "code": self.code,
            "severity": str(self.severity),
            "family": self.family,
            "message": self.sentence,
            "where": self.where.document(),
        }
        if self.hint_text is not None:
            found["hint"] = self.hint_text
        return found


def sentence_of(found: BaseException) -> str:
    """Return the sentence of a problem; of any other exception, what it says."""
    return found.sentence if isinstance(found, IrrunError) else str(found)


def _rebuilt(
    cls: type[IrrunError], where: Where, facts: dict[str, Any], severity: Severity
) -> IrrunError:
    error = cls(where, **facts)
    error.severity = severity
    return error


class Malformed(IrrunError):
    """These bytes are not a program."""

    family = "malformed"
    exit_code = ExitCode.INVALID


class Invalid(IrrunError):
    """A program breaks a rule."""

    family = "invalid"
    exit_code = ExitCode.INVALID


class Trap(IrrunError):
    """A valid program met data that it cannot continue with."""

    family = "trap"
    exit_code = ExitCode.FAILED


class Crash(IrrunError):
    """A checked program reached an impossible state: this is a bug in irrun."""

    code = "IR900"
    title = "internal error"
    wrong = "a program or an option that makes irrun fail with this"
    right = "nothing that you could mend: please report it"
    message = "irrun has a bug: {detail}"
    hint = "please report it with the program file and the output of --traceback"
    family = "crash"
    exit_code = ExitCode.BUG

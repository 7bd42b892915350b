"""Every diagnostic: met by a program that has it, and not by the one that is mended."""

import importlib
import pkgutil
import re
import runpy

import pytest
from program.checks import rows
from program.checks.rows import ROWS, Row, put, sound
from program_builder import ProgramBuilder

import irrun
import irrun.program.checks
from irrun.errors import IrrunError, Severity
from irrun.errors.catalogue import all_problems, explanation
from irrun.errors.checks.schedule import OrderByAccident, PhaseOrder
from irrun.errors.checks.tables import BusContradiction
from irrun.program.checks.engine import RULES, check, check_source
from irrun.program.checks.rule import Rule


def problems_of(b: ProgramBuilder) -> list[IrrunError]:
    """Return everything that is wrong with a program."""
    return check_source(b.bytes(), "program").problems


def programs_of(row: Row) -> list[bytes]:
    """Return the program that has the problem, and the one that has not."""
    wrong, right = sound(), sound()
    row.wrong(wrong)
    row.right(right)
    return [wrong.bytes(), right.bytes()]


def row_name(row: Row) -> str:
    return f"{row.problem.code}-{row.path}"


@pytest.mark.parametrize("row", ROWS, ids=row_name)
def test_a_program_that_has_it(row: Row) -> None:
    """Code, severity, JSON path and sentence are as expected."""
    b = sound()
    row.wrong(b)
    found = [p for p in problems_of(b) if type(p) is row.problem and p.where.path == row.path]

    assert [p.sentence for p in found] == [row.message]
    assert [str(p.severity) for p in found] == [row.severity or str(row.problem.severity)]
    assert all(p.where.file == "program" for p in found)


@pytest.mark.parametrize("row", ROWS, ids=row_name)
def test_the_program_without_it(row: Row) -> None:
    """The mended program does not have it, and loads."""
    b = sound()
    row.right(b)
    checked = check_source(b.bytes(), "program")

    assert [p.sentence for p in checked.problems if type(p) is row.problem] == []
    assert checked.program is not None


def test_nothing_is_wrong_with_a_sound_program() -> None:
    """Not even a note."""
    assert problems_of(sound()) == []


def test_rows_make_the_same_programs_each_time() -> None:
    """Several tests take each row, in any order: none may find it used up by another."""
    unused: tuple[Row, ...] = tuple(runpy.run_path(rows.__file__)["ROWS"])
    firsts, seconds = ([programs_of(row) for row in unused] for _ in range(2))

    assert len(unused) == len(ROWS)
    assert [
        row_name(row)
        for row, first, second in zip(unused, firsts, seconds, strict=True)
        if first != second
    ] == []


# --- The catalogue ----------------------------------------------------------------------------

ELSEWHERE = {
    OrderByAccident: "tests/program/checks/test_order.py: only --order asks for it",
}


def declared() -> set[type[IrrunError]]:
    """Return every problem that some rule may find."""
    return {problem for rule in RULES for problem in rule.problems}


def test_every_diagnostic_has_a_row() -> None:
    """What rules declare, and every code of the checks."""
    own = {cls for cls in all_problems().values() if cls.code.startswith("IR3")}

    assert (declared() | own) - {row.problem for row in ROWS} == ELSEWHERE.keys()


@pytest.mark.parametrize("row", ROWS, ids=row_name)
def test_rules_declare_what_they_find(row: Row) -> None:
    """Whatever a rule yields stands in its declaration."""
    b = sound()
    row.wrong(b)
    program = check_source(b.bytes(), "program").program
    if program is None:
        return
    from irrun.program.checks.facts import Facts

    facts = Facts(program)
    for rule in RULES:
        assert {type(problem) for problem in rule.look(facts)} <= set(rule.problems)


def test_every_rule_is_applied() -> None:
    """A rule that somebody forgot to list would never find anything."""
    found: list[Rule] = []
    for module in pkgutil.walk_packages(irrun.program.checks.__path__, "irrun.program.checks."):
        members = vars(importlib.import_module(module.name)).values()
        found += [member for member in members if isinstance(member, Rule)]

    assert set(found) == set(RULES)
    assert all(rule.look.__doc__ for rule in RULES)


REPORTED = {cls.code for cls in declared()} | {row.problem.code for row in ROWS}


@pytest.mark.parametrize("code", sorted(REPORTED))
def test_a_diagnostic_is_explained(code: str) -> None:
    """Each has the section of the rule."""
    cls = all_problems()[code]

    assert re.fullmatch(r"(ir-schema|runtime-semantics) \d+(\.\d+)*", cls.section)


@pytest.mark.parametrize("cls", all_problems().values(), ids=lambda cls: cls.code)
def test_a_problem_has_an_example(cls: type[IrrunError]) -> None:
    """Each code has an explanation, and an example of wrong and right, on one line each."""
    assert explanation(cls)
    assert cls.wrong
    assert cls.right
    assert cls.wrong != cls.right
    assert "\n" not in cls.wrong + cls.right


@pytest.mark.parametrize("row", ROWS, ids=row_name)
def test_a_diagnostic_weighs_what_explain_says(row: Row) -> None:
    """Whatever the program: each finding has the severity of its code, or the other one."""
    b = sound()
    row.wrong(b)
    for problem in problems_of(b):
        assert problem.severity in (type(problem).severity, problem.may_be), problem.code


def test_only_what_some_program_has_is_called_so_elsewhere() -> None:
    """A warning that may be an error has a row that shows it as one."""
    shown = {row.problem for row in ROWS if row.severity == "error"}

    assert {cls for cls in all_problems().values() if cls.may_be is Severity.ERROR} == shown


# --- The engine -------------------------------------------------------------------------------


def test_all_problems_come_at_once() -> None:
    """Several broken tables: all are reported, errors first."""
    b = sound()
    chosen = [row for row in ROWS if row.problem.code in ("IR252", "IR385", "IR382", "IR358")]
    for row in chosen:
        row.wrong(b)
    found = problems_of(b)

    assert {row.problem for row in chosen} <= {type(problem) for problem in found}
    ranks = [list(Severity).index(problem.severity) for problem in found]
    assert ranks == sorted(ranks)


def test_all_schema_problems_come_at_once() -> None:
    """A document with five mistakes has five errors, each at its place."""
    b = sound()
    put(b, "seed", "x")
    put(b, "timeModel", {"kind": "cyclic"})
    put(b, "schedule.steps.1.outputs.0", {"sigId": -1})
    put(b, "slotMeta.0.storage", "f63")
    put(b, "constants.i32", [1.5])
    put(b, "seeed", 1)
    assert [p.where.path for p in problems_of(b) if p.code == "IR150"] == ["$.seeed"]
    found = [p for p in problems_of(b) if p.severity is Severity.ERROR]

    assert sorted((p.code, p.where.path) for p in found) == [
        ("IR110", "$.schedule.steps[1].outputs[0]"),
        ("IR110", "$.timeModel"),
        ("IR110", "$.timeModel"),
        ("IR110", "$.timeModel"),
        ("IR111", "$.schedule.steps[1].outputs[0].sigId"),
        ("IR111", "$.seed"),
        ("IR111", "$.slotMeta[0].storage"),
        ("IR113", "$.constants.i32"),
    ]


def test_steps_nodes_and_buses_have_their_names() -> None:
    """Places carry the label of `meta.names`, and sentences do, too."""
    b = sound()
    for row in ROWS:
        if row.problem in (PhaseOrder, BusContradiction):
            row.wrong(b)
            break
    b.doc["meta"]["names"] = {
        "nodes": {"node-n": "Lerp"},
        "buses": {"bus-b": "Energy"},
        "steps": {"s-node": "Mix", "s-sig": "signalEval"},
    }
    (found,) = (p for p in problems_of(b) if type(p) is PhaseOrder)

    assert found.where.label == "Mix"
    assert found.sentence.startswith('s-node "Mix" is of phase')
    assert 'step s-node "Mix" (nodeEval)' in found.where.text()
    assert found.document()["where"]["label"] == "Mix"


def test_checking_leaves_the_program_alone() -> None:
    """The remarks of loading keep their places as they were."""
    b = sound()
    b.doc["schedule"]["steps"][0]["timeModel"] = {"kind": "infinite", "windowMs": 1}
    program = b.program()
    before = [note.document() for note in program.notes]
    check(program)

    assert before
    assert [note.document() for note in program.notes] == before


def test_stubs_compute_nothing_that_could_fail() -> None:
    """Where stubs run, what only a real executor meets is a warning."""
    b = sound()
    row = next(row for row in ROWS if row.problem.code == "IR414")
    row.wrong(b)
    program = b.program()

    for executors, severity in (("real", "error"), ("auto", "error"), ("stub", "warning")):
        found = check(program, executors)  # type: ignore[arg-type]
        assert [str(p.severity) for p in found if p.code == "IR414"] == [severity]


def test_the_library_offers_it() -> None:
    """`irrun.check` is the function, whatever has been imported before."""
    assert irrun.check(sound().program()) == []
    importlib.import_module("irrun.program.checks.engine")
    assert callable(irrun.check)

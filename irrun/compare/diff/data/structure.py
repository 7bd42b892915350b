"""What differs in the data of two programs, table by table."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from irrun.compare.diff.change import TABLES, Change, ProgramDiff
from irrun.compare.diff.data.expressions import Root
from irrun.compare.diff.data.pair import Pair
from irrun.compare.diff.data.references import named
from irrun.compare.diff.data.state import compare_state
from irrun.compare.diff.data.steps import compare_steps
from irrun.compare.diff.data.unused import compare_unused
from irrun.compare.lineage.parts import Ref, opcode_text
from irrun.compare.lineage.plain import differences, frozen, keyed, plain
from irrun.compare.lineage.side import Side
from irrun.ir.constants import NODE_ORDER
from irrun.ir.expressions.fields import field_id_of
from irrun.ir.values import FieldRef, value_from_document
from irrun.program.document import DependencyIndex
from irrun.program.program import Program

_HEADER: Final = ("irVersion", "patchId", "patchRevision", "compileId", "seed")


def compare_programs(a: Program, b: Program) -> ProgramDiff:
    """Return everything that differs in the data of two programs.

    What has an identity is matched by it: steps, nodes, buses, outputs, cameras and meshes by
    id, state cells by `nodeId:role`, slots by who writes them. Expressions and constants have
    only numbers, so they are compared from where they are used.
    """
    return compare_pair(Pair(a, b))


def compare_pair(pair: Pair) -> ProgramDiff:
    """Return what differs between two programs that are matched already."""
    changes, roots = compare_steps(pair)
    initial, more = compare_initial_values(pair)
    roots += more
    walk = pair.expressions()
    changes += [
        *_header(pair),
        *walk.compare(roots),
        *compare_unused(pair),
        *compare_nodes(pair),
        *_buses(pair),
        *compare_state(pair),
        *_slots(pair),
        *initial,
        *_by_id(pair, "outputs", "output", lambda p: plain(p.outputs)),
        *compare_scene(pair),
        *_schedule(pair),
        *_meta(pair),
    ]
    rank = {table: i for i, table in enumerate(TABLES)}
    return ProgramDiff(tuple(sorted(changes, key=lambda change: rank[change.table])))


def _from(
    table: str,
    item: str,
    before: Any,
    after: Any,
    *,
    affects_run: bool = True,
    key: str | None = None,
) -> Iterator[Change]:
    """Yield where two documents differ as changes of one item."""
    for found in differences(before, after):
        values = (found.path, found.before, found.after, affects_run)
        yield Change(found.action, table, item, *values, key=key)


def _header(pair: Pair) -> Iterator[Change]:
    """Yield what differs at the top: only the time model and the default camera count."""
    old, new = (plain_header(side.program) for side in (pair.a, pair.b))
    yield from _from("program", "header", old, new, affects_run=False)
    yield from compare_time(pair)
    first, second = pair.a.program, pair.b.program
    cameras = {"id": first.default_camera_id}, {"id": second.default_camera_id}
    yield from _from("program", "default camera", *cameras)
    unknown = plain(first.unknown), plain(second.unknown)
    yield from _from("program", "unknown field", *unknown, affects_run=False)


def compare_time(pair: Pair) -> Iterator[Change]:
    """Yield how the time models differ."""
    old, new = (plain(side.program.time_model) for side in (pair.a, pair.b))
    yield from _from("program", "time model", old, new)


def plain_header(program: Program) -> dict[str, Any]:
    """Return the members at the top of a document that only name it."""
    document = program.document
    values = (
        document.ir_version, document.patch_id, document.patch_revision, document.compile_id,
        document.seed,
    )  # fmt: skip
    return dict(zip(_HEADER, map(plain, values), strict=True))


def _by_id(
    pair: Pair, table: str, what: str, rows: Callable[[Program], list[Any]]
) -> Iterator[Change]:
    """Yield the differences of a table whose rows have ids."""
    old, new = (
        keyed([named(side, row) for row in rows(side.program)], lambda row: str(row["id"]))
        for side in (pair.a, pair.b)
    )
    yield from _rows(table, what, old, new)


def compare_scene(pair: Pair) -> Iterator[Change]:
    """Yield how cameras and meshes differ."""
    yield from _by_id(
        pair, "cameras", "camera", lambda p: plain(p.cameras.cameras if p.cameras else ())
    )
    yield from _by_id(pair, "meshes", "mesh", lambda p: plain(p.meshes.meshes if p.meshes else ()))


def _rows(
    table: str,
    what: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    affects_run: bool = True,
) -> Iterator[Change]:
    """Yield the differences of two tables that are keyed `[name]`, in the order of the first."""
    for row in dict.fromkeys([*before, *after]):
        old, new, key = before.get(row), after.get(row), row[1:-1]
        item = f"{what} {key}"
        if row not in after:
            yield Change("removed", table, item, "", old, None, affects_run, key=key)
        elif row not in before:
            yield Change("added", table, item, "", None, new, affects_run, key=key)
        else:
            yield from _from(table, item, old, new, affects_run=affects_run, key=key)


def compare_nodes(pair: Pair) -> Iterator[Change]:
    """Yield the differences of the node table; the tag of opcode 0 is a constant."""
    old, new = (keyed([_node(s, n) for n in s.program.nodes.nodes], lambda row: str(row["id"]))
                for s in (pair.a, pair.b))  # fmt: skip
    for change in _rows("nodes", "node", old, new):
        if change.field in ("typeId", "inputCount", "outputCount", "compilerTag"):
            change = msgspec.structs.replace(change, affects_run=False)
        yield change


def _node(side: Side, node: Any) -> dict[str, Any]:
    row: dict[str, Any] = plain(node)
    row.pop("opcodeId", None)
    row["opcode"] = opcode_text(node.opcode)
    if node.opcode == 0:
        row.pop("compilerTag", None)
        row["constant"] = side.names.constant(node.compiler_tag or 0, NODE_ORDER)
    return row


def _buses(pair: Pair) -> Iterator[Change]:
    """Yield the differences of the bus table: steps have their own copy of all that counts."""
    rows = [
        [named(side, plain(bus)) for bus in side.program.buses.buses] for side in (pair.a, pair.b)
    ]
    old, new = (keyed(found, lambda row: str(row["id"])) for found in rows)
    yield from _rows("buses", "bus", old, new, affects_run=False)


def _slots(pair: Pair) -> Iterator[Change]:
    """Yield where slots live: storage counts, types say what they hold, numbers are minor."""
    for slot, name in pair.a.slots.items():
        there = pair.slots.get(slot)
        if there is not None:
            yield from compare_slot(pair, slot, there)
        else:
            # The step or the initial value that makes the slot is told of where it differs.
            minor = pair.uses[0][slot].sort != "nothing"
            yield Change("removed", "slots", _slot_item(name), "", slot, None, False, minor)
    matched = set(pair.slots.values())
    for slot, name in pair.b.slots.items():
        if slot not in matched:
            minor = pair.uses[1][slot].sort != "nothing"
            yield Change("added", "slots", _slot_item(name), "", None, slot, False, minor)


def compare_slot(pair: Pair, a: int, b: int) -> Iterator[Change]:
    """Yield how one slot's place and type differ, given its number in each program."""
    item = _slot_item(pair.a.slot(a))
    if a != b:
        yield Change("changed", "slots", item, "slot", a, b, False, True)
    old, new = pair.a.layout.by_slot.get(a), pair.b.layout.by_slot.get(b)
    if old is None or new is None:
        return
    yield from _from("slots", item, {"storage": old.storage}, {"storage": new.storage})
    types = {"type": plain(old.type)}, {"type": plain(new.type)}
    yield from _from("slots", item, *types, affects_run=False)
    if old.storage == new.storage and old.offset != new.offset:
        yield Change("changed", "slots", item, "offset", old.offset, new.offset, False, True)


def _slot_item(name: str) -> str:
    return name if name.startswith(("slot ", "initial value ")) else f"slot {name}"


def compare_initial_values(pair: Pair) -> tuple[list[Change], list[Root]]:
    """Return the differences of initial slot values, and the field expressions among them."""
    sides = []
    refs: list[dict[str, Ref]] = []
    for side in (pair.a, pair.b):
        values, fields = {}, {}
        for slot, value in side.program.initial_slot_values.items():
            found = value_from_document(value)
            field = field_id_of(found.expr_id) if isinstance(found, FieldRef) else None
            if field is not None:
                fields[f"[{side.slot(slot)}]"] = Ref("field", field)
                found = {"kind": "fieldExpr"}
            values[f"[{side.slot(slot)}]"] = plain(value) if field is None else found
        sides.append(values)
        refs.append(fields)
    changes = list(_rows("initial values", "of", *sides))
    roots = [
        Root(f"the initial value of {key[1:-1]}", refs[0][key], refs[1][key], key[1:-1])
        for key in refs[0]
        if key in refs[1]
    ]
    return changes, roots


def _schedule(pair: Pair) -> Iterator[Change]:
    """Yield what the schedule says beside its steps: advice that no run looks at."""
    for name in ("deps", "determinism", "caching"):
        old, new = (
            _advice(side, getattr(side.program.document.schedule, name))
            for side in (pair.a, pair.b)
        )
        yield from _from("schedule", name, old, new, affects_run=False)
    wrong = _wrong_indices(pair.a), _wrong_indices(pair.b)
    yield from _from("schedule", "stepIdToIndex", *wrong, affects_run=False)


def _wrong_indices(side: Side) -> dict[str, int]:
    """Return what stepIdToIndex says other than the list of steps: the list is what counts."""
    ids = [step.id for step in side.program.steps]
    given = side.program.document.schedule.step_id_to_index or {}
    return {name: i for name, i in given.items() if i >= len(ids) or ids[i] != name}


def _advice(side: Side, value: Any) -> Any:
    """Return advice with slots and buses by name."""
    if not isinstance(value, DependencyIndex):
        return named(side, plain(value))
    slot, bus = side.slot, side.names.bus
    return {
        "slotProducerStep": {slot(k): v for k, v in value.slot_producer_step.items()},
        "slotConsumers": {slot(k): list(v) for k, v in value.slot_consumers.items()},
        "busDependsOnSlots": {
            bus(k): [slot(s) for s in v] for k, v in value.bus_depends_on_slots.items()
        },
        "busProvidesSlot": {bus(k): slot(v) for k, v in value.bus_provides_slot.items()},
    }


def _meta(pair: Pair) -> Iterator[Change]:
    """Yield names, origins and warnings, and the tables that nothing refers to."""
    for name in ("names", "sourceMap", "warnings"):
        old, new = (plain(side.program.document.meta).get(name) for side in (pair.a, pair.b))
        yield from _from("meta", name, {} if old is None else old, {} if new is None else new,
                         affects_run=False)  # fmt: skip
    tables: Sequence[tuple[str, Callable[[Program], Iterable[Any]]]] = (
        ("typeIds", lambda p: p.document.types.type_ids),
        ("lenses", lambda p: p.document.lenses.lenses),
        ("adapters", lambda p: p.document.adapters.adapters),
    )
    for name, rows in tables:
        old_rows, new_rows = (_counted(rows(side.program)) for side in (pair.a, pair.b))
        for key in dict.fromkeys([*old_rows, *new_rows]):
            if key not in new_rows:
                yield Change("removed", "meta", name, before=old_rows[key], affects_run=False)
            elif key not in old_rows:
                yield Change("added", "meta", name, after=new_rows[key], affects_run=False)


def _counted(rows: Iterable[Any]) -> dict[Hashable, Any]:
    """Return rows without an identity by what they are; one that repeats is numbered."""
    found: dict[Hashable, Any] = {}
    for row in map(plain, rows):
        key, count = frozen(row), 0
        while (key, count) in found:
            count += 1
        found[key, count] = row
    return found

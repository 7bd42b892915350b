"""Which steps use which state cells: through stateful signals, node opcodes and chain slews."""

from collections.abc import Iterable, Iterator

from irrun.evaluate.reachable import reachable_fields, reachable_signals
from irrun.ir.signals import StatefulSignal, TransformSignal
from irrun.ir.state import StateCell
from irrun.ir.transforms import SlewStep
from irrun.program.program import Program
from irrun.steps import AnyStep
from irrun.steps.bus_eval import BusEval
from irrun.steps.materialize import Materialize
from irrun.steps.node_eval import NodeEval
from irrun.steps.signal_eval import SignalEval


def state_users(program: Program) -> dict[str, tuple[int, ...]]:
    """Return, by state id as text, the indices of the steps that read and update the cell.

    Cells that no step uses are left out.
    """
    users: dict[str, dict[int, None]] = {}
    for index, step in enumerate(program.steps):
        for cell in cells_of_step(program, step):
            users.setdefault(cell.key, {})[index] = None
    return {key: tuple(steps) for key, steps in users.items()}


def cells_of_step(program: Program, step: AnyStep) -> tuple[StateCell, ...]:
    """Return the state cells that a step may use, in the order of the layout.

    An operation finds its second number and its write index among the cells of the node that
    owns its first (semantics 6.7), so the cells of one node go together.
    """
    owners = {cell.node_id for cell in _named_cells(program, step)}
    return tuple(cell for cell in program.state_layout.cells if cell.node_id in owners)


def _named_cells(program: Program, step: AnyStep) -> Iterator[StateCell]:
    """Yield the cells that a step names; one may come several times."""
    match step:
        case SignalEval():
            yield from _of_signals(program, [output.sig_id for output in step.outputs])
        case NodeEval():
            named = {str(i) for i in (*(step.state_reads or ()), *(step.state_writes or ()))}
            yield from (cell for cell in program.state_layout.cells if cell.key in named)
        case BusEval():
            chains = [p.transform.chain_id for p in step.publishers if p.transform is not None]
            yield from _of_chains(program, chains)
        case Materialize() if step.materialization.field_id is not None:
            fields = list(reachable_fields(program, step.materialization.field_id))
            asked = [s for i in fields for s in program.field_nodes[i].signals]
            yield from _of_signals(program, asked)
        case _:
            return


def _of_signals(program: Program, roots: list[int]) -> Iterator[StateCell]:
    by_key: dict[str, StateCell] = {}
    for cell in program.state_layout.cells:
        by_key.setdefault(cell.key, cell)
    for i in reachable_signals(program, roots):
        node = program.signal_nodes[i]
        if isinstance(node, TransformSignal):
            yield from _of_chains(program, [node.chain])
        elif isinstance(node, StatefulSignal):
            params = node.params
            if params is not None and params.state_offset is not None:
                yield from _at_offset(program, params.state_offset)
            second = None if params is None else params.was_triggered_state_id
            named = (str(node.state_id), *(() if second is None else (str(second),)))
            yield from (by_key[key] for key in named if key in by_key)


def _of_chains(program: Program, chain_ids: Iterable[int]) -> Iterator[StateCell]:
    for chain_id in chain_ids:
        if chain_id < len(program.chains):
            for step in program.chains[chain_id].steps:
                if isinstance(step, SlewStep):
                    yield from _at_offset(program, step.state_offset)


def _at_offset(program: Program, offset: int) -> Iterator[StateCell]:
    """Yield the f64 cells that hold a raw index."""
    for cell in program.state_layout.cells:
        if cell.storage == "f64" and cell.offset <= offset < cell.offset + cell.size:
            yield cell

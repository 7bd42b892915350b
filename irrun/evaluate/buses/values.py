"""Value buses: the order of publishers, their chains, combination, silence (section 8)."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from irrun.errors.checks.values import NanSortKey
from irrun.errors.expressions import (
    BadOperand,
    MissingParameter,
    MixedPublishers,
    PublishersOutOfOrder,
    UnknownMode,
)
from irrun.evaluate.buses.combine import CHOICES, MODES, combine, modes_of_bus
from irrun.evaluate.environment import Environment
from irrun.evaluate.fields.chains import FieldChains
from irrun.evaluate.fields.combine import combine_columns
from irrun.evaluate.operations.transforms import ChainRunner
from irrun.evaluate.operations.vectors import (
    Shape,
    describe_shape,
    describe_value,
    shape_of,
)
from irrun.ir.buses import Publisher
from irrun.ir.constants import SILENT_ORDER, ConstPool, is_number
from irrun.ir.types import MEMBERS, NUMERIC_DOMAINS, TypeDesc
from irrun.ir.values import AnyFieldHandle, Array, Buffer, CombinedField, TransformedField
from irrun.numerics.arrays import to_f32_array
from irrun.numerics.convert import to_number
from irrun.numerics.order import ascending
from irrun.numerics.text import code_units


def combined_order(publishers: Iterable[Publisher]) -> tuple[Publisher, ...]:
    """Return the enabled publishers as a bus combines them: by sort key, then publisher id."""
    enabled = [p for p in publishers if p.enabled]
    # UTF-16 code units, as the compiler compares texts.
    return tuple(
        sorted(
            enabled,
            key=lambda p: (
                ascending(p.sort_key),
                code_units(p.publisher_id),
            ),
        )
    )


def ordered(publishers: Sequence[Publisher], env: Environment) -> tuple[Publisher, ...]:
    """Return the enabled publishers by sort key, then publisher id; a change is reported.

    With the reference's quirks the order of the list is kept.
    """
    enabled = tuple(p for p in publishers if p.enabled)
    if env.quirks:
        return enabled
    for k, publisher in enumerate(publishers):
        if publisher.enabled and publisher.sort_key != publisher.sort_key:
            finding = NanSortKey(what=f"the sortKey of publisher {publisher.publisher_id}")
            env.report(finding.at(field=f"publishers[{k}].sortKey"))
    in_order = combined_order(enabled)
    # Not by equality: a NaN is not equal to itself.
    if any(a is not b for a, b in zip(in_order, enabled, strict=True)):
        listed, sorted_ids = (
            ", ".join(p.publisher_id for p in found) for found in (enabled, in_order)
        )
        env.report(PublishersOutOfOrder(listed=listed, ordered=sorted_ids))
    return in_order


def published(
    publisher: Publisher, value: Any, bus_type: TypeDesc, chains: ChainRunner, env: Environment
) -> Any:
    """Return what a publisher contributes to a bus of values: its slot's, through its chain."""
    value = _of_type(value, bus_type, publisher.publisher_id)
    if publisher.transform is None or env.quirks:
        return value
    return chains.chain(publisher.transform.chain_id, f"publisher {publisher.publisher_id}")(value)


def published_field(
    publisher: Publisher, value: Any, bus_type: TypeDesc, chains: FieldChains, env: Environment
) -> Any:
    """Return what a publisher contributes to a bus of fields.

    A buffer goes through the publisher's chain at once; a field expression when it is
    materialized.
    """
    if publisher.transform is None or env.quirks:
        return value
    chain_id, owner = publisher.transform.chain_id, f"publisher {publisher.publisher_id}"
    if isinstance(value, AnyFieldHandle):
        return TransformedField(chain_id, value)
    buffer = Buffer(value, 1, "f32") if isinstance(value, np.ndarray) else value
    if not isinstance(buffer, Buffer):
        raise BadOperand(what=owner, wanted="a buffer or a field", got=describe_value(value))
    return chains.run_buffer(chain_id, buffer, bus_type.domain, owner)


def shape_of_type(bus_type: TypeDesc) -> Shape | None:
    """Return the shape of what a bus of values holds; None if that is no number or vector."""
    return () if bus_type.domain in NUMERIC_DOMAINS else MEMBERS.get(bus_type.domain)


def _of_type(value: Any, bus_type: TypeDesc, publisher_id: str) -> Any:
    """Check a publisher's value against the type of its bus."""
    expected = shape_of_type(bus_type)
    if expected is None:
        return value
    if expected == () and (value is None or isinstance(value, bool)):
        return to_number(value)
    if shape_of(value) != expected:
        raise BadOperand(
            what=f"publisher {publisher_id}",
            wanted=f"a {bus_type.domain}",
            got=describe_shape(value),
        )
    return to_number(value) if expected == () else value


def combined(mode: str, values: Sequence[Any], bus_type: TypeDesc, bus: str) -> Any:
    """Combine the contributions of at least one publisher.

    Raises:
        UnknownMode: IR419.
        MixedPublishers: IR422.
    """
    if bus_type.world == "field":
        return _combined_fields(mode, values, bus)
    if mode not in modes_of_bus(bus_type):
        raise UnknownMode(mode=mode, place=f"a bus of {bus_type.domain}")
    try:
        return combine(mode, values, f"bus {bus}")
    except TypeError:
        raise MixedPublishers(bus=bus, detail="publishers hold different shapes") from None


def _combined_fields(mode: str, values: Sequence[Any], bus: str) -> Any:
    """Combine buffers element by element; hand field expressions over as one combined field."""
    if mode not in MODES:
        raise UnknownMode(mode=mode, place=f"bus {bus}")
    if all(isinstance(v, AnyFieldHandle) for v in values):
        return CombinedField(mode, tuple(values))
    arrays = [v.data if isinstance(v, Buffer) else v for v in values]
    if not all(isinstance(a, np.ndarray) for a in arrays):
        raise MixedPublishers(bus=bus, detail="publishers hold buffers and other values")
    if len({a.shape[-1] for a in arrays}) > 1:
        raise MixedPublishers(bus=bus, detail="publishers hold buffers of different lengths")
    first = values[0]
    components = first.components if isinstance(first, Buffer) else 1
    return Buffer(_combined_arrays(mode, arrays), components, "f32")


def _combined_arrays(mode: str, arrays: Sequence[Array]) -> Array:
    """Combine element by element in doubles, rounded to float32 once (section 10.7)."""
    columns = [a.astype(np.float64) for a in arrays]
    chosen = columns[CHOICES[mode]] if mode in CHOICES else combine_columns(mode, columns)
    return to_f32_array(chosen)


def silent_value(kind: str, const_id: int | None, bus_type: TypeDesc, constants: ConstPool) -> Any:
    """Return what a bus without an enabled publisher holds.

    Raises:
        ConstantNotFound: IR201, the silent constant does not exist.
    """
    if kind == "const":
        if const_id is None:
            raise MissingParameter(what="a silent value of kind const", name="constId")
        value = constants.resolve(const_id, SILENT_ORDER).value
        return to_number(value) if is_number(value) else value
    shape = MEMBERS.get(bus_type.domain, ())
    return dict.fromkeys(shape, 0.0) if shape else 0.0

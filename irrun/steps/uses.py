"""What a step uses besides slots: things of the program's tables, by the members that name them."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from irrun.ir.buses import Publisher

Used = Literal["signal", "field", "chain", "node", "bus", "constant", "state", "camera", "mesh"]
"""What can be used: a row of a table, or a state cell. Slots are accesses."""


class Use(NamedTuple):
    """One step using one thing; the counterpart of an `Access`, which is for slots."""

    of: Used
    id: int | str
    """Its index; its id for state cells, cameras and meshes."""
    field: str
    """Wire path within the step."""
    weak: bool = False
    """True for what is named and has no effect, such as the chain of a disabled publisher."""

    @property
    def row(self) -> int:
        """The id of what goes by its index in a table."""
        assert isinstance(self.id, int)
        return self.id


def chains_of(publishers: Sequence[Publisher], *, weak: bool = False) -> Iterator[Use]:
    """Yield the chains of publishers; those of disabled ones are weak, or all are."""
    for i, publisher in enumerate(publishers):
        if publisher.transform is not None:
            field = f"publishers[{i}].transform.chainId"
            chain = publisher.transform.chain_id
            yield Use("chain", chain, field, weak or not publisher.enabled)

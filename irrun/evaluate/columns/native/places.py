"""Which place each register has among those of the instructions of a stage."""

from collections.abc import Mapping, Sequence
from typing import Final

from irrun.evaluate.columns.native.instructions import Instruction, Key
from irrun.numerics import native

_OPERANDS: Final = 3
_KEPT: Final = 2


def scratch(
    code: Sequence[Instruction], places: Mapping[Key, int], masks: set[Key], types: list[str]
) -> dict[Key, int]:
    """Give each other register a place, which is used again when its last reader is done.

    What runs frame by frame together needs all its registers until its end, and so does what is
    the same in all frames.
    """
    units = _units(code)
    last = {key: unit for it, unit in zip(code, units, strict=True) for key in (*it.read, *it.made)}
    free: dict[str, list[int]] = {"d": [], "B": []}
    found: dict[Key, int] = {}
    ending: dict[int, list[Key]] = {}
    done = 0
    for it, unit in zip(code, units, strict=True):
        for earlier in range(done, unit):
            for key in ending.pop(earlier, ()):
                free["B" if key in masks else "d"].append(found[key])
        done = unit
        for key in it.made:
            if key in places or key in found:
                continue
            kind = "B" if key in masks else "d"
            if free[kind]:
                found[key] = free[kind].pop()
            else:
                found[key] = len(types)
                types.append(kind)
            if it.name != "fill":
                ending.setdefault(last[key], []).append(key)
    return found


def _units(code: Sequence[Instruction]) -> list[int]:
    """Return for each instruction which one it is, where a circle counts as one."""
    units: list[int] = []
    for i, it in enumerate(code):
        is_same = i > 0 and it.circle and it.circle == code[i - 1].circle
        units.append(units[-1] if is_same else i)
    return units


def row_of(it: Instruction, places: Mapping[Key, int]) -> list[int]:
    """Return an instruction as C has it."""

    def padded(keys: Sequence[Key], size: int) -> list[int]:
        return [*(places[key] for key in keys), *[-1] * (size - len(keys))]

    where = -1 if it.where is None else places[it.where]
    code = native.code_of(it.name)
    operands, kept = padded(it.operands, _OPERANDS), padded(it.kept, _KEPT)
    return [code, places[it.out], *operands, where, *kept, *it.numbers, it.circle]

"""What the machine lacks while a program is checked is said as an error of irrun."""

import pytest
from program_builder import ProgramBuilder

import irrun
from irrun.errors import IrrunError
from irrun.program.checks import engine


@pytest.mark.parametrize(
    ("lack", "code"), [(MemoryError("2 GB"), "IR407"), (RecursionError("too deep"), "IR408")]
)
def test_a_lack_has_a_code(lack: Exception, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library raises what the commands would say."""

    def fail(*_: object) -> object:
        raise lack

    monkeypatch.setattr(engine, "Facts", fail)

    with pytest.raises(IrrunError) as caught:
        irrun.check(ProgramBuilder("p").program())

    assert caught.value.code == code

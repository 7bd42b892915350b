"""What a run meets names the file and the place, also where the schedule was never reached."""

import pytest
from program.checks.rows import ROWS, Row, sound
from program.checks.test_diagnostics import row_name

from irrun.errors import IrrunError
from irrun.program.reading.codec import load
from irrun.runtime.clock import frame_time
from irrun.runtime.runtime import Runtime


@pytest.mark.parametrize("row", ROWS, ids=row_name)
def test_an_error_of_a_run_has_a_file_and_a_place(row: Row) -> None:
    """Every faulty program, run without being checked, with real executors and with stubs."""
    b = sound()
    row.wrong(b)
    for executors in ("auto", "stub"):
        try:
            runtime = Runtime(load(b.bytes(), name="faulty.json"), executors=executors)
            for i in range(2):
                runtime.run_frame(frame_time(i, 60.0))
        except IrrunError as error:
            where = error.where
            assert where.file == "faulty.json"
            assert (where.path, where.step, where.slot) != (None, None, None)

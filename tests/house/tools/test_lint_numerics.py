"""The lint that keeps machine-dependent arithmetic off the paths that compute values."""

import pytest
from lint_numerics import FOLDERS, WHOLE_FOLDERS, faults_in, files_below, main

FORBIDDEN = {
    "import math\nmath.sin(x)": "math.sin",
    "import math as m\nm.hypot(x, y)": "math.hypot",
    "from math import exp": "math.exp",
    "import math\nf = math.pow": "math.pow",
    "import math\nmath.fsum(xs)": "math.fsum",
    "import numpy as np\nnp.exp(x)": "numpy.exp",
    "import numpy as np\nnp.arctan2(y, x, out=o)": "numpy.arctan2",
    "import numpy as np\nnp.power(x, y)": "numpy.power",
    "import numpy as np\nnp.sum(x)": "numpy.sum",
    "import numpy as np\nnp.einsum('i,i', a, b)": "numpy.einsum",
    "import numpy as np\nnp.linalg.norm(v)": "numpy.linalg",
    "import numpy as np\nnp.random.rand()": "numpy.random",
    "import numpy as np\nnp.minimum(a, b)": "numpy.minimum",
    "import numpy as np\nnp.round(a)": "numpy.round",
    "from numpy import tanh": "numpy.tanh",
    "a @ b": "@ is BLAS",
    "a @= b": "@ is BLAS",
    "x ** 2": "** is",
    "x ** y": "** is",
    "2.0 ** n": "** is",
    "x **= 2": "**= is",
    "a.sum()": ".sum()",
    "a.mean(axis=0)": ".mean()",
    "a.dot(b)": ".dot()",
    "sum(x for x in xs)": "sum()",
    "pow(a, b)": "pow()",
    "round(x)": "round()",
    "int(x)": "int()",
    "int(counts[0])": "int()",
    "int(value * 255)": "int()",
    "import math\nmath.floor(x)": "math.floor stops",
    "import math as m\nm.trunc(x)": "math.trunc stops",
    "from math import ceil": "math.ceil stops",
    "sorted(keys)": "sorted() has",
    "sorted(passes, key=lambda p: p.z)": "sorted() has",
    "min(a, b)": "min() has",
    "max(xs, default=0.0)": "max() has",
    "max(limit, 1.0)": "max() has",
    "found.sort(key=lambda p: p.z)": ".sort()",
    "a.min()": ".min()",
    "a.argsort()": ".argsort()",
    "import numpy as np\nnp.lexsort((a, b))": "numpy.lexsort",
    "import numpy as np\nnp.max(a)": "numpy.max",
    "import statistics": "module statistics",
    "from cmath import sqrt": "module cmath",
    "text.strip()": ".strip() knows",
    "text.isdigit()": ".isdigit() knows",
    "text.lower()": ".lower() knows",
    "import re\nre.compile(r'a\\s*')": r"\s knows",
    "import re\nre.sub(rf'{a}[\\d]', '', text)": r"\d knows",
}


@pytest.mark.parametrize("source", FORBIDDEN)
def test_what_depends_on_the_machine_is_found(source: str) -> None:
    """Each is named, with the line it stands on."""
    (fault,) = faults_in(source)

    assert fault.message.startswith(FORBIDDEN[source])
    assert fault.line == source.count("\n") + 1


@pytest.mark.parametrize(
    "source",
    [
        "import math\nmath.fmod(a, b) + math.copysign(1.0, x)",
        "import math\nmath.isnan(x) or x == math.inf",
        "import numpy as np\nnp.add.accumulate(x, out=x)",
        "import numpy as np\nnp.sqrt(np.abs(x)) * np.floor(y)",
        "a * b + c / d - e % f",
        "2**53",
        "-(2**31)",
        "f(**options)",
        "from irrun.numerics.transcendental import sin\nsin(x)",
        "from irrun.numerics.scalar import floor\nfloor(x)",
        "sorted(passes, key=lambda p: ascending(p.z))",
        "found.sort(key=lambda p: (ascending(p.z), p.name))",
        "max(1, size) + min(len(a), n) + min(max(3, n), most) + min(2 * n, m)",
        "max((m.offset + 1 for m in metas), default=0)",
        "max(ends, default=0)",
        "import numpy as np\nint(np.count_nonzero(mask)) + int(a.size) + int(text, 16)",
        "sorted(names)  # exact: texts",
        "from irrun.numerics import arrays\narrays.power(a, b)",
        "count = sum(1 for x in xs)  # exact: integers",
        "import numpy as np\nnp.sum(mask)  # exact: booleans",
        "text.strip(WHITE_SPACE)",
        "text.lstrip('0')",
        "import re\nre.compile(r'[0-9]+\\.\\Z')",
        "import re\nre.compile(r'\\\\s')",
    ],
)
def test_what_ieee_fixes_is_allowed(source: str) -> None:
    """So is anything that says why it is exact."""
    assert faults_in(source) == []


@pytest.mark.parametrize(
    ("source", "faults"),
    [("int(x)", 1), ("import math\nmath.floor(x)", 1), ("sorted(xs)", 0), ("sum(xs)", 0)],
)
def test_where_nothing_is_evaluated_only_whole_numbers_are_looked_at(
    source: str, faults: int
) -> None:
    """What reads documents and shows values sorts names and slots, and adds up lengths."""
    assert len(faults_in(source, evaluates=False)) == faults


def test_a_reason_must_be_given() -> None:
    """The comment alone is not enough."""
    assert len(faults_in("sum(xs)  # exact:")) == 1


def test_every_evaluating_file_is_clean(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing forbidden stands in the folders that compute values."""
    assert len(files_below(FOLDERS)) > 30
    assert len(files_below(WHOLE_FOLDERS)) > 30
    assert main([]) == 0
    assert capsys.readouterr().out == ""

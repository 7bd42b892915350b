"""Builds the extension `irrun._native` where there is a compiler; see docs/native.md.

All else about the package is in pyproject.toml.
"""

import sysconfig
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

NATIVE = Path("irrun", "native")

# Of the flags none but the first changes any bit: without it some compilers fuse products and
# sums. The next two say that nobody looks at `errno` or at the flags of floating point, without
# which loops with square roots and choices are not vectorised.
FLAGS = {
    "unix": [
        "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-std=c11", "-O3",
        "-fvisibility=hidden",
    ],
    "msvc": ["/fp:precise", "/std:c11", "/O2"],
}  # fmt: skip

IS_LIMITED = not sysconfig.get_config_var("Py_GIL_DISABLED")
"""A Python without the one lock has no stable ABI yet."""


class Build(build_ext):
    """Gives each compiler its own spelling of the flags."""

    def build_extension(self, ext: Extension) -> None:
        """Build one extension."""
        kind = self.compiler.compiler_type
        ext.extra_compile_args = FLAGS.get(kind, FLAGS["unix"])
        super().build_extension(ext)


setup(
    cmdclass={"build_ext": Build},
    ext_modules=[
        Extension(
            "irrun._native",
            sources=sorted(path.as_posix() for path in NATIVE.rglob("*.c")),
            depends=sorted(path.as_posix() for path in NATIVE.rglob("*.h")),
            include_dirs=[NATIVE.as_posix()],
            define_macros=[("Py_LIMITED_API", "0x030B0000")] if IS_LIMITED else [],
            py_limited_api=IS_LIMITED,
            optional=True,
        )
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}} if IS_LIMITED else {},
)

"""Random valid programs and runs for tests: the same for the same seed, on every machine.

    document = random_document(7)   # what a program's file says, as plain data
    asked = random_run(7)           # such a program, with times and whatever else a run has
    met = features(program)         # what is in it, by name

Most programs run without a trap; some have something that traps or warns in some frame.
"""

from .features import all_features as all_features
from .features import features as features
from .programs import random_document as random_document
from .runs import random_program as random_program
from .runs import random_run as random_run

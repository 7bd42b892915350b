"""`python -m irrun`."""

from irrun.cli.main import main

main()

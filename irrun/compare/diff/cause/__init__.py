"""Back from where two runs part to what in the data explains it."""

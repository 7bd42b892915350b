"""The formulas of the transcendental functions, and what they are made of."""

"""What opcodes, formulas, chains and vectors compute."""

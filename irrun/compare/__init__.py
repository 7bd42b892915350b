"""What compares: recorded output with later runs, one program with another."""

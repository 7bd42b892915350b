"""What differs in the data of two programs, matched by what things are."""

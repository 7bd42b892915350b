"""Where stateful operations keep their memory, and which cell is meant."""

"""Blocks of frames: the second engine, equal to the interpreter bit for bit."""

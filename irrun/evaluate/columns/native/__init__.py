"""The part of a plan that C carries out (docs/native.md)."""

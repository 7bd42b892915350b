"""Signals: one number a frame."""

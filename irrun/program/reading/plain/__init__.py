"""Bytes to plain objects: JSON and MessagePack, and how much they may hold."""

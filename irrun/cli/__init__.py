"""The commands: one thin file each; `tables` holds what they print."""

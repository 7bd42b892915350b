"""What a program's values are made of: things by name and content, and what depends on what."""

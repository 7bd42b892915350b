"""What differs between two programs: in their data, in their runs, and why."""

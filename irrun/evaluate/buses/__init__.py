"""What publishers come to: values and events combined."""

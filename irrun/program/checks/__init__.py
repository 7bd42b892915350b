"""What is wrong with a program: every problem at once, found without running it."""

"""What expressions mean: pure functions of tables and inputs."""

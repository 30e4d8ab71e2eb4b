"""What travels between a run, its tracker and whoever reads it."""

"""Broken trackers whose defect shows where two values of a program meet."""

"""Broken trackers whose defect shows with one value of one dimension of a program."""

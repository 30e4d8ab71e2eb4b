"""Broken trackers, each named for its defect, and the test that each is found."""

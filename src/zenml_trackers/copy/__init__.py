"""Runs from one tracker to another, and the comparison of both."""

"""Harnesses for the flavors that ZenML itself ships."""

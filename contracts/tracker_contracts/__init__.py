"""The contract of experiment trackers in ZenML steps, as suites that anyone can run on their own tracker."""

__version__ = "0.1.0"

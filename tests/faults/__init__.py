"""Faults of processes, stores and servers, in real steps: what they cost a step, and what is left of its run."""

"""ZenML's side: flavors, the lifecycle around a step, and the override.

Beside it, only `cli` and `testing` import ZenML.
"""

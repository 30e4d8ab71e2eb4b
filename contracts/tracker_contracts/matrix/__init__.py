"""The compatibility matrix: the contract, and documented pages, on many releases of Python, of ZenML and of others."""

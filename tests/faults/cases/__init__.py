"""The faults that are tried, a module a kind."""

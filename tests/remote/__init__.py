"""Steps on other machines: ZenML's server, the trackers' servers and each step in a network namespace of its own."""

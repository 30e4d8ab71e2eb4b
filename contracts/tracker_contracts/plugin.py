"""The pytest plugin: a contract run under pytest keeps a manifest of what it tried."""

"""A folder or a module a tracker, found by the entry points `zenml_trackers.backends`, and loaded only when named."""

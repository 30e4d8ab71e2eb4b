"""One module a tracker, found through the entry points `zenml_trackers.backends` and loaded only when named."""

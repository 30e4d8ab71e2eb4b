"""The command `zenml-trackers demo`: a real pipeline in a folder of its own, and what Trackio stored of it."""

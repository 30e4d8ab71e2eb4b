"""The releases of Trackio that the backend works with. Nothing here imports Trackio."""

REQUIRES = "trackio>=0.24,<1"
"""0.24 is the first in which runs have ids and `server_url` exists; 1.0 may change any of the internals that are used
here."""

"""Comet: its cloud, or a folder of archives that are uploaded later.

- `comet://workspace/project`: the cloud, or the server that Comet's own configuration names.
- `comet+offline:////data/runs?project=digits`: a folder; `comet upload` uploads the archives in it.

The credential `api_key` is handed to Comet's own objects and nowhere else; without it, Comet looks where it always
does.

Params are Comet's parameters, nested maps as `outer|inner`; the status, the error, the metadata and more are on the tab
"Other" under `zenml.`, cut to the thousand characters that Comet takes; the asset `zenml/document.json` has all of it
to the bit. Tags are Comet's. A failed run is marked as crashed. Nothing is logged that nobody logged: Comet's own
monitoring of code, output, hardware and frameworks is off.

While a run goes on it is a folder of messages beside the archives, and after a kill it stays one until somebody goes on
with the run, who makes it the archive that it would have become.
"""

from zenml_trackers.backends.comet.backend import CometBackend

__all__ = ["CometBackend"]

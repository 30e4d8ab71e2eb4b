"""MLflow: a SQLite file on this machine, or a tracking server.

`mlflow+sqlite:///mlflow.db` is a file below the working directory, `mlflow+sqlite:////data/mlflow.db` an absolute one;
artifacts are kept beside it, in `mlruns`. `mlflow+http://host:5000/experiment` and `mlflow+https://…` are a server; the
option `prefix` is the path that it is served under, if any. `mlflow:///experiment` is where `MLFLOW_TRACKING_URI` says.
The project is the experiment. Credentials are `username` and `password`, or `api_key` for a bearer token; without any,
MLflow's own variables hold.

A run has MLflow's own status, its params as MLflow has them, each tag as a tag, and all else that is known of it as
tags that begin with `zenml.`; `zenml.document` is the exact document, from which all is read back with its type. All
that touches MLflow is in this folder, and of its modules only `native`, `server` and `database` load it when they are
imported.
"""

from zenml_trackers.backends.mlflow.backend import MlflowBackend

__all__ = ["MlflowBackend"]

"""TensorBoard: a folder of event files for each run, which `tensorboard --logdir` shows.

`tensorboard:///runs` is a folder below the working directory, `tensorboard:////data/runs` an absolute one. In it each
project is a folder, and in that each run; what can't be in a folder's name is `_` there. The Text tab shows under
`zenml` the run's document, with its real name, status, error, tags, metadata and params; the HParams tab has them as
columns, and the status as TensorBoard's own. Artifacts are files beside the events.
"""

from zenml_trackers.backends.tensorboard.backend import TensorBoardBackend

__all__ = ["TensorBoardBackend"]

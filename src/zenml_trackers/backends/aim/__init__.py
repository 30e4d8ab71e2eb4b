"""Aim: a repository of runs in a folder, which `aim up` shows.

`aim:///experiments` is a folder below the working directory, `aim:////data/experiments` an absolute one; it is made a
repository if it is none. The project is Aim's experiment. Params, metadata, status and error are Aim's run params, the
latter under keys that begin with `zenml.`; the error is the run's description as well. Aim keeps one value a step: when
the steps of a metric go back, or stay, its values go on in the context `{"pass": 1}`, then `{"pass": 2}`, and so on.
"""

from zenml_trackers.backends.aim.backend import AimBackend

__all__ = ["AimBackend"]

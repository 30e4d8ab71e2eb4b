"""Weights & Biases: its cloud, a server of one's own, or a folder that is uploaded later.

- `wandb://entity/project`: the cloud; `wandb:///project` is that of your default entity.
- `wandb+https://host/entity/project`, and `wandb+http`: a server of one's own.
- `wandb+offline:////data/runs?project=digits`: a folder; `wandb sync` uploads it.

The credential `api_key` is known to W&B while a run is made and nowhere else; without it, W&B looks where it always
does.

Params are in the run's config as they were given; below `zenml` in it are the status, the tags, the metadata, the error
and more, and as `zenml.document` all of it to the bit. The status is the run's exit code too, the pipeline run its
group, the step its job type. W&B keeps one value of a metric for each of its own steps, which can only rise, so each
call is one of those; the step that was logged is the column `zenml/step`, over which the charts are drawn.
"""

from zenml_trackers.backends.wandb.backend import WandbBackend

__all__ = ["WandbBackend"]

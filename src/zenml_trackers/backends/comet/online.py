"""The experiments on Comet's servers, read by Comet's REST API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from zenml_trackers.backends.comet.stored import Asset, CometRun
from zenml_trackers.model.records import Status
from zenml_trackers.model.times import utc

STATES = {"finished": Status.FINISHED, "crashed": Status.FAILED}


def runs(api: Any, workspace: str | None, project: str) -> Iterator[CometRun]:
    """The experiments of a project, oldest first."""
    found = api.get_experiments(workspace or api.get_default_workspace(), project_name=project) or []
    for each in sorted(found, key=lambda each: each.start_server_timestamp):
        yield CometRun(
            id=each.id,
            name=each.get_name() or "",
            status=STATES.get(each.get_state(), Status.RUNNING),
            tags=list(each.get_tags() or ()),
            params={param["name"]: param["valueCurrent"] for param in each.get_parameters_summary() or ()},
            metrics=[
                (metric["metricName"], metric["step"] or 0, metric["metricValue"]) for metric in each.get_metrics()
            ],
            assets=[
                Asset(asset["fileName"], _about(asset), asset.get("step"), partial(each.get_asset, asset["assetId"]))
                for asset in each.get_asset_list()
            ],
            links={"url": each.url},
            started=utc(each.start_server_timestamp / 1000),
            ended=utc((each.end_server_timestamp or 0) / 1000),
        )


def _about(asset: dict[str, Any]) -> dict[str, Any]:
    told = asset.get("metadata") or {}
    return json.loads(told) if isinstance(told, str) else told

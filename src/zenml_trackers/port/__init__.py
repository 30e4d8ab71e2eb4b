"""All that the author of a backend imports."""

from zenml_trackers import document
from zenml_trackers.backend import Backend, Inert, Sink, StepLog
from zenml_trackers.errors import (
    InvalidProject,
    InvalidSettings,
    InvalidUrl,
    Losses,
    RunNotFound,
    TokenRefused,
    TrackerError,
    TrackerUnreachable,
    UnstorableValue,
)
from zenml_trackers.naming import Names
from zenml_trackers.records import (
    Artifact,
    Feature,
    Image,
    Logged,
    MetricPoint,
    Metrics,
    Params,
    RunError,
    RunSpec,
    Status,
    StoredRun,
    Table,
    Tags,
)
from zenml_trackers.sinks import DocumentSink, Number, RecordSink
from zenml_trackers.url import TrackerUrl

__all__ = [
    "Artifact",
    "Backend",
    "DocumentSink",
    "Feature",
    "Image",
    "Inert",
    "InvalidProject",
    "InvalidSettings",
    "InvalidUrl",
    "Logged",
    "Losses",
    "MetricPoint",
    "Metrics",
    "Names",
    "Number",
    "Params",
    "RecordSink",
    "RunError",
    "RunNotFound",
    "RunSpec",
    "Sink",
    "Status",
    "StepLog",
    "StoredRun",
    "Table",
    "Tags",
    "TokenRefused",
    "TrackerError",
    "TrackerUnreachable",
    "TrackerUrl",
    "UnstorableValue",
    "document",
]

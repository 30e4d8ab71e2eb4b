"""All that the author of a backend imports."""

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
from zenml_trackers.model import document
from zenml_trackers.model.naming import Names
from zenml_trackers.model.records import (
    Alert,
    Artifact,
    Feature,
    Image,
    Logged,
    Metrics,
    Params,
    RunError,
    RunSpec,
    Status,
    Summary,
    Table,
    Tags,
    Used,
)
from zenml_trackers.model.stored import MetricPoint, StoredArtifact, StoredRun
from zenml_trackers.model.url import TrackerUrl
from zenml_trackers.port.backend import Backend, Sink, StepLog
from zenml_trackers.port.folders import folder_of, see_writable
from zenml_trackers.port.inert import Inert
from zenml_trackers.port.shown import histogram_in, markdown_in, text_in
from zenml_trackers.port.sinks import DocumentSink, Number, RecordSink

__all__ = [
    "Alert",
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
    "StoredArtifact",
    "StoredRun",
    "Summary",
    "Table",
    "Tags",
    "TokenRefused",
    "TrackerError",
    "TrackerUnreachable",
    "TrackerUrl",
    "UnstorableValue",
    "Used",
    "document",
    "folder_of",
    "histogram_in",
    "markdown_in",
    "see_writable",
    "text_in",
]

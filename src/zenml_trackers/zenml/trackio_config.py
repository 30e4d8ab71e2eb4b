"""Which combinations of the Trackio flavor's fields make sense, and what is wrong with the others."""

from __future__ import annotations

from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit, urlunsplit

from zenml_trackers.errors import InvalidSettings
from zenml_trackers.trackio_project import check_project

Fields = dict[str, Any]

DEFAULT_SPACE = "trackio"


def checked(fields: Fields, tokens_may_move: bool) -> Fields:
    """The fields, with tokens moved out of URLs, if they make sense together.

    Secret references are left as they are: what they stand for is not known yet.

    Args:
        fields: What was given at registration, or is stored.
        tokens_may_move: Whether what is returned is also what ZenML stores.

    Raises:
        InvalidSettings: Two fields contradict each other, or a URL is unusable; the message says what to change.
        InvalidProject: Trackio would change the project's name.
    """
    fields = dict(fields)
    for field in ("base_url", "server_url"):
        if _plain_text(fields.get(field)):
            fields = _with_clean_url(fields, field, tokens_may_move)
    for one, other in (("project", "project_name"), ("base_url", "server_url"), ("api_key", "hf_token")):
        _need_no_contradiction(fields, one, other)
    if _plain_text(fields.get("project")):
        check_project(fields["project"])
    _need_one_place(fields)
    return fields


def space_of(fields: Fields) -> str | None:
    """The Space that the fields name as `owner/name`, if any."""
    workspace, space = fields.get("workspace"), fields.get("space_id")
    if space and "/" not in space and workspace:
        return f"{workspace}/{space}"
    if space or not workspace or fields.get("base_url") or fields.get("server_url"):
        return space
    return f"{workspace}/{DEFAULT_SPACE}"


def _with_clean_url(fields: Fields, field: str, tokens_may_move: bool) -> Fields:
    parts = urlsplit(fields[field].strip())
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise InvalidSettings(f"{field} has no scheme; write it as http://host:port or https://host")
    if "@" in parts.netloc:
        raise InvalidSettings(f"{field} holds credentials before the host; remove them and pass the token as api_key")
    token = parse_qs(parts.query).get("write_token", [""])[-1]
    fields = {**fields, field: urlunsplit(parts._replace(query="", fragment="")).rstrip("/")}
    return _with_moved_token(_with_space(fields, field, parts), field, token, tokens_may_move)


def _with_space(fields: Fields, field: str, parts: SplitResult) -> Fields:
    """The fields with the address of a Space's page on the Hub turned into its id."""
    path = parts.path.strip("/").split("/")
    if parts.netloc not in ("huggingface.co", "hf.co"):
        return fields
    if len(path) < 3 or path[0] != "spaces":
        raise InvalidSettings(f"{field} is on the Hugging Face Hub, but names no Space; pass space_id=owner/name")
    return {**fields, field: None, "space_id": "/".join(path[1:3])}


def _with_moved_token(fields: Fields, field: str, token: str, tokens_may_move: bool) -> Fields:
    if not token:
        return fields
    way_out = f"register it as api_key, best as a secret: --api_key={{{{my_secret.api_key}}}}, and {field} without it"
    if not tokens_may_move:
        raise InvalidSettings(f"{field} holds a write_token, which this ZenML would store in clear; {way_out}")
    if fields.get("api_key") not in (None, token):
        raise InvalidSettings(f"{field} holds a write_token beside another api_key; keep one of them: {way_out}")
    return {**fields, "api_key": token}


def _need_no_contradiction(fields: Fields, one: str, other: str) -> None:
    if fields.get(one) and fields.get(other) and fields[one] != fields[other]:
        raise InvalidSettings(f"{one} and {other} mean the same and differ; keep {one} and leave {other} out")


def _need_one_place(fields: Fields) -> None:
    url = fields.get("base_url") or fields.get("server_url")
    space, workspace = space_of(fields), fields.get("workspace")
    self_hosted = url and not (_plain_text(url) and (urlsplit(url).hostname or "").endswith(".hf.space"))
    if self_hosted and workspace:
        raise InvalidSettings(
            "workspace and base_url exclude each other: a self-hosted server has no workspaces; "
            "leave workspace out, or base_url to use the workspace's Space"
        )
    if url and fields.get("space_id"):
        raise InvalidSettings("space_id and base_url are two places for the runs; leave one of them out")
    if space and "/" not in space:
        raise InvalidSettings(f"space_id {space!r} has no owner; write it as owner/name, or pass workspace")
    if space and workspace and not space.startswith(f"{workspace}/"):
        raise InvalidSettings(f"space_id {space!r} is not in the workspace {workspace!r}; leave one of them out")
    if not space:
        for field in ("bucket_id", "dataset_id"):
            if fields.get(field):
                raise InvalidSettings(f"{field} needs a Space; pass workspace or space_id too")


def _plain_text(value: Any) -> bool:
    return isinstance(value, str) and not value.startswith("{{")

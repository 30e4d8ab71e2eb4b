"""Which combinations of the Trackio flavor's fields make sense, and what is wrong with the others."""

from __future__ import annotations

import logging
from functools import cache
from typing import Any, TypeGuard
from urllib.parse import SplitResult, parse_qsl, urlsplit, urlunsplit

from zenml.utils.secret_utils import is_secret_reference

from zenml_trackers.backends.trackio.project import check_project
from zenml_trackers.errors import InvalidSettings
from zenml_trackers.model.url import SCHEME, SECRET_OPTION, has_usable_port

logger = logging.getLogger("zenml_trackers")

Fields = dict[str, Any]

DEFAULT_SPACE = "trackio"
WRITE_URL = "write http://host:port or https://host"


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
    parts = _split(field, fields[field].strip())
    if "@" in parts.netloc:
        raise InvalidSettings(f"{field} holds credentials before the host; remove them and pass the token as api_key")
    options = dict(parse_qsl(parts.query))
    token = options.pop("write_token", "")
    if secret := next(filter(SECRET_OPTION.search, options), None):
        raise InvalidSettings(f"{field} holds what looks like a secret, {secret!r}; pass it as api_key, and not there")
    fields = {**fields, field: urlunsplit(parts._replace(query="", fragment="")).rstrip("/")}
    return _with_moved_token(_with_space(fields, field, parts), field, token, tokens_may_move)


def _split(field: str, url: str) -> SplitResult:
    """The URL taken apart; what is wrong with it is told without what may be a secret."""
    scheme, sign, _ = url.partition("://")
    if not sign:
        raise InvalidSettings(f"{field} has no scheme; {WRITE_URL}")
    if scheme.lower() not in ("http", "https"):
        begins = f"begins with {scheme}://" if SCHEME.fullmatch(scheme) else "does not begin with http:// or https://"
        raise InvalidSettings(f"{field} {begins}; {WRITE_URL}")
    try:
        parts = urlsplit(url)
    except ValueError:  # its message shows the host, with what may stand before it
        raise InvalidSettings(f"{field} has a host that can't be one; {WRITE_URL}") from None
    if not parts.hostname:
        raise InvalidSettings(f"{field} has no host; {WRITE_URL}")
    if not has_usable_port(parts):
        raise InvalidSettings(f"{field} has a port that is no number from 0 to 65535; {WRITE_URL}")
    return parts


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
    _tell_of_move(field, hash(token))
    return {**fields, "api_key": token}


@cache  # the configuration is made several times at registration
def _tell_of_move(field: str, token: int) -> None:
    logger.warning(f"The write_token in {field} is now the api_key, and no longer in the URL.")


def _need_no_contradiction(fields: Fields, one: str, other: str) -> None:
    if fields.get(one) and fields.get(other) and fields[one] != fields[other]:
        raise InvalidSettings(f"{one} and {other} mean the same and differ; keep {one} and leave {other} out")


def _need_one_place(fields: Fields) -> None:
    field = "base_url" if fields.get("base_url") else "server_url"
    url, workspace = fields.get(field), fields.get("workspace")
    self_hosted = url and not (_plain_text(url) and (urlsplit(url).hostname or "").endswith(".hf.space"))
    if self_hosted and workspace:
        raise InvalidSettings(
            f"workspace and {field} exclude each other: a self-hosted server has no workspaces; "
            f"leave workspace out, or {field} to use the workspace's Space"
        )
    if url and fields.get("space_id"):
        raise InvalidSettings(f"space_id and {field} are two places for the runs; leave one of them out")
    _need_space(fields)


def _need_space(fields: Fields) -> None:
    """See that the Space can be one, and is there if it is needed."""
    workspace, space = fields.get("workspace"), fields.get("space_id")
    if _plain_text(workspace) and "/" in workspace:
        raise InvalidSettings(
            f"workspace {workspace!r} has a slash; write the owner's name alone, or pass space_id=owner/name"
        )
    if _plain_text(space):
        if "/" not in space and not workspace:
            raise InvalidSettings(f"space_id {space!r} has no owner; write it as owner/name, or pass workspace")
        if space.count("/") > 1:
            raise InvalidSettings(f"space_id {space!r} has too many parts; write it as owner/name")
        if "/" in space and _plain_text(workspace) and not space.startswith(f"{workspace}/"):
            raise InvalidSettings(f"space_id {space!r} is not in the workspace {workspace!r}; leave one of them out")
    for field in ("bucket_id", "dataset_id"):
        if fields.get(field) and not space_of(fields):
            raise InvalidSettings(f"{field} needs a Space; pass workspace or space_id too")


def _plain_text(value: Any) -> TypeGuard[str]:
    """Whether the value is known now; that of a secret is not, and an empty one means nothing."""
    return isinstance(value, str) and bool(value) and not is_secret_reference(value)

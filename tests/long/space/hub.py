"""A stand-in for those endpoints of the Hugging Face Hub that its own client calls on the way to a Space.

It knows users by their tokens and Spaces by their ids. What it can't know of the real one is on the docs' page of
Trackio: how long a Space is built for, what its limits are, and what its organisations allow.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

OWNER, WRITES, READS, REFUSED = "acme", "hf_writes", "hf_reads", "hf_refused"
TOKENS = {WRITES: True, READS: False}
"""Whether each may write; a token that is not here is nobody's."""

PLAIN: dict[str, dict[str, Any]] = {
    "/api/validate-yaml": {"errors": [], "warnings": []},
    "/api/agent-harnesses": {"standardEnvVars": [], "harnesses": {}},  # what the client asks for before all else
}


@dataclass
class Space:
    """One that is there."""

    private: bool = False
    running: bool = True
    files: set[str] = field(default_factory=set)
    secrets: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)


class Hub:
    """What it knows, and what it was asked."""

    def __init__(self) -> None:
        self.spaces: dict[str, Space] = {}
        self.renamed: dict[str, str] = {}
        self.url = ""
        self.unknown: list[str] = []
        """Requests that it has no answer for: a test that met one proves nothing."""

    def space_at(self, host: str) -> Space | None:
        """The Space whose own address has this host."""
        subdomains = {f"{name.replace('/', '-')}.hf.space": space for name, space in self.spaces.items()}
        return subdomains.get(host)

    def answer(self, method: str, path: str, token: str, body: bytes) -> tuple[int, Any, dict[str, str]]:
        """Status, JSON and headers."""
        if token and token not in TOKENS:
            return 401, {"error": "Invalid credentials in Authorization header"}, {}
        if path == "/api/whoami-v2":
            return (200, {"name": OWNER, "type": "user", "orgs": []}, {}) if token else (401, {"error": "no token"}, {})
        if path == "/api/repos/create":
            return self._create(token, json.loads(body))
        if path in PLAIN:
            return 200, PLAIN[path], {}
        if path.startswith("/api/spaces/"):
            owner, name, *rest = path.removeprefix("/api/spaces/").split("/")
            return self._of_space(method, f"{owner}/{name}", "/".join(rest), token, body)
        return self._unknown(method, path)

    def _unknown(self, method: str, path: str) -> tuple[int, Any, dict[str, str]]:
        self.unknown.append(f"{method} {path}")
        return 501, {"error": "not in the stand-in"}, {}

    def _create(self, token: str, wanted: dict[str, Any]) -> tuple[int, Any, dict[str, str]]:
        name = f"{wanted['organization']}/{wanted['name']}"
        if not TOKENS.get(token):
            return 403, {"error": "You don't have the rights to create a space"}, {}
        if name in self.spaces:
            return 409, {"error": "You already created this space repo", "url": f"{self.url}/spaces/{name}"}, {}
        self.spaces[name] = Space(private=wanted.get("visibility") == "private", running=False)
        return 200, {"url": f"{self.url}/spaces/{name}", "name": name}, {}

    def _of_space(self, method: str, name: str, rest: str, token: str, body: bytes) -> tuple[int, Any, dict[str, str]]:
        if name in self.renamed:
            return 307, {}, {"Location": f"{self.url}/api/spaces/{self.renamed[name]}/{rest}".rstrip("/")}
        space = self.spaces.get(name)
        if space is None or (space.private and not token):
            return 404, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"}
        if method == "GET" and rest in ("", "revision/main"):
            stage = {"stage": "RUNNING" if space.running else "BUILDING", "hardware": {}, "storage": None}
            return 200, {"id": name, "private": space.private, "sdk": "gradio", "tags": [], "runtime": stage}, {}
        if method == "GET" and rest == "variables":
            return 200, {key: {"key": key, "value": value} for key, value in space.variables.items()}, {}
        if not TOKENS.get(token):
            return 403, {"error": "Forbidden"}, {}
        return self._written(method, space, name, rest, body)

    def _written(self, method: str, space: Space, name: str, rest: str, body: bytes) -> tuple[int, Any, dict[str, str]]:
        if rest == "auth-check/write":
            return 200, {}, {}
        if rest in ("secrets", "variables"):
            given = json.loads(body)
            getattr(space, rest)[given["key"]] = given["value"]
            return 200, {}, {}
        if rest == "preupload/main":
            files = [{**each, "uploadMode": "regular", "shouldIgnore": False} for each in json.loads(body)["files"]]
            return 200, {"files": files}, {}
        if rest == "commit/main":
            lines = [json.loads(line) for line in body.splitlines()]
            space.files |= {line["value"]["path"] for line in lines if line["key"] == "file"}
            return 200, {"commitUrl": f"{self.url}/spaces/{name}/commit/1", "commitOid": "1" * 40}, {}
        return self._unknown(method, f"/api/spaces/{name}/{rest}")


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """The Hub at an address of this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: object) -> None:
            pass

        def _do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
            status, said, headers = hub.answer(self.command, urlsplit(self.path).path, token, body)
            content = json.dumps(said).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_POST = do_HEAD = do_DELETE = _do

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hub.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield hub
        finally:
            server.shutdown()

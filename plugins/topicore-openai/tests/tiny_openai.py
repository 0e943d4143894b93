"""A server on this machine that speaks OpenAI's protocol, with its limits, and fails when it is told to."""

from __future__ import annotations

import base64
import json
import re
import socket
import threading
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

import numpy as np

KEY = "sk-a-secret-of-the-tests"
MODELS = {"text-embedding-3-small": 48, "text-embedding-3-large": 64, "text-embedding-ada-002": 48, "deployed": 48}
INPUTS, TEXT_TOKENS, REQUEST_TOKENS = 2048, 8191, 300_000


def row(text: str, width: int) -> np.ndarray[Any, Any]:
    """A unit row: the sum of a random direction for each word, small words left out where there are others."""
    words = re.findall(r"\w{4,}", text.lower()) or re.findall(r"\w+", text.lower()) or [text]
    found = np.zeros(64)
    for word in words:
        found += np.random.default_rng(zlib.crc32(word.encode())).standard_normal(64)
    found = found[:width]
    return (found / np.linalg.norm(found)).astype("<f4")


def tokens(text: str) -> int:
    """Four bytes of a word a token, each other byte one, blanks none."""
    return len(re.findall(rb"[a-z]{1,4}|[^a-z ]", text.encode()))


@dataclass
class Answer:
    """What the server does once instead of answering.

    Args:
        status: Of the answer; 0 for an answer that begins well and is cut off.
        error: The body's ``error``.
        headers: More headers.
        body: The body itself, instead of an error.
        kind: Its content type.
    """

    status: int
    error: Mapping[str, Any] = field(default_factory=lambda: {"message": "planned", "code": None})
    headers: Mapping[str, str] = field(default_factory=lambda: {"retry-after": "0"})
    body: str | None = None
    kind: str = "application/json"


CUT = Answer(0)
SILENT = Answer(-1)


@dataclass
class Service:
    """The running server, and what it was asked.

    Args:
        url: For ``base_url``.
        requests: The bodies, in order of arrival.
        keys: The ``Authorization`` or ``api-key`` headers.
        paths: The paths asked for.
        plan: What to do with the next requests, before answering well.
        poison: A text that is refused for good.
        lies: Changes an answer before it is sent.
    """

    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    plan: list[Answer] = field(default_factory=list)
    poison: str | None = None
    lies: Any = None
    base64: bool = True
    key: str | None = KEY
    released: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def sent(self) -> list[str]:
        """All texts that were answered or refused, in order of arrival."""
        return [text for request in self.requests for text in request["input"]]

    def next_plan(self) -> Answer | None:
        """What to do with the next request before answering well."""
        return self.plan.pop(0) if self.plan else None

    def respond(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        """Status and body for a request to *path*."""
        return self.answer(body) if path.endswith("/embeddings") else (404, {"detail": "Not Found"})

    def answer(self, body: dict[str, Any]) -> tuple[int, Any]:
        """Status and body for texts to embed, within the limits of the service."""
        texts, model = body["input"], body["model"]
        if model not in MODELS:
            return 404, _refusal(f"The model `{model}` does not exist", "model_not_found")
        if not texts or "" in texts:
            return 400, _refusal("'$.input' is invalid: it cannot be an empty string or list")
        if len(texts) > INPUTS:
            return 400, _refusal(f"'$.input' is too long by count: at most {INPUTS} items")
        if self.poison in texts:
            return 400, _refusal("this text breaks a policy")
        counts = [tokens(text) for text in texts]
        if max(counts) > TEXT_TOKENS:
            said = f"This model's maximum context length is {TEXT_TOKENS} tokens, however you requested {max(counts)}"
            return 400, _refusal(said)
        if sum(counts) > REQUEST_TOKENS:
            said = f"Requested {sum(counts)} tokens, max {REQUEST_TOKENS} tokens per request"
            return 400, _refusal(said, "max_tokens_per_request")
        if "dimensions" in body and not model.startswith("text-embedding-3"):
            return 400, _refusal("This model does not support specifying dimensions.")
        width = body.get("dimensions", MODELS[model])
        data = [{"object": "embedding", "index": n, "embedding": self._packed(body, row(text, width))}
                for n, text in enumerate(texts)]  # fmt: skip
        usage = {"prompt_tokens": sum(counts), "total_tokens": sum(counts)}
        found = {"object": "list", "data": data[::-1], "model": model, "usage": usage}
        return 200, found if self.lies is None else self.lies(found)

    def _packed(self, body: Mapping[str, Any], found: np.ndarray[Any, Any]) -> Any:
        if body.get("encoding_format") == "base64" and self.base64:
            return base64.b64encode(found.tobytes()).decode()
        return found.tolist()


def _refusal(message: str, code: str | None = None) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}


@contextmanager
def served(**settings: Any) -> Iterator[Service]:
    """A running server of embeddings; it is stopped afterwards."""
    with running(Service(**settings)) as service:
        yield service


S = TypeVar("S", bound=Service)


@contextmanager
def running(service: S) -> Iterator[S]:
    """*service*, answering; it is stopped afterwards."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # head and body are two small writes

        def log_message(self, *_: Any) -> None:
            pass

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            key = self.headers.get("authorization") or self.headers.get("api-key")
            with service.lock:
                service.requests.append(body)
                service.keys.append(key)
                service.paths.append(self.path)
                planned = service.next_plan()
            if planned is SILENT:
                service.released.wait(30)
                self.close_connection = True
            elif planned is not None and planned.status:
                said = json.dumps({"error": planned.error}) if planned.body is None else planned.body
                self._send(planned.status, said.encode(), planned.headers, planned.kind)
            elif service.key and key not in (service.key, f"Bearer {service.key}"):
                said = {"error": {"message": f"Incorrect API key provided: {key}", "code": "invalid_api_key"}}
                self._send(401, json.dumps(said).encode())
            else:
                status, found = service.respond(self.path.partition("?")[0], body)
                self._send(status, json.dumps(found).encode(), broken=planned is CUT)

        def _send(
            self,
            status: int,
            body: bytes,
            headers: Mapping[str, str] | None = None,
            kind: str = "application/json",
            broken: bool = False,
        ) -> None:
            self.send_response(status)
            for name, value in {"content-type": kind, "content-length": len(body), **(headers or {})}.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if broken else body)
            if broken:
                self.close_connection = True
                self.wfile.flush()
                self.connection.shutdown(socket.SHUT_RDWR)

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, *_: Any) -> None:
            """Clients that gave up waiting are no news."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield service
    finally:
        service.released.set()
        server.shutdown()
        server.server_close()
        thread.join()

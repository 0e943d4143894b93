"""A server on this machine that speaks Cohere's protocol, with its limits, and fails when it is told to."""

from __future__ import annotations

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

KEY = "co-a-secret-of-the-tests"
MODELS = {"embed-v4.0": 64, "embed-english-v3.0": 32, "embed-multilingual-v3.0": 32}
INPUT_TYPES = ("search_document", "search_query", "classification", "clustering", "image")
TEXTS = 96


def row(text: str, width: int, kind: str = "clustering") -> np.ndarray[Any, Any]:
    """A unit row: the sum of a random direction for each word, a little turned by the input type."""
    words = re.findall(r"\w{4,}", text.lower()) or re.findall(r"\w+", text.lower()) or [text]
    found = 0.2 * np.random.default_rng(zlib.crc32(kind.encode())).standard_normal(64)
    for word in words:
        found += np.random.default_rng(zlib.crc32(word.encode())).standard_normal(64)
    found = found[:width]
    return (found / np.linalg.norm(found)).astype(np.float32)


@dataclass
class Answer:
    """What the server does once instead of answering.

    Args:
        status: Of the answer.
        message: The body's ``message``.
        headers: More headers.
        body: The body itself, instead of a message.
        kind: Its content type.
    """

    status: int
    message: str = "planned"
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
        keys: The ``Authorization`` headers.
        paths: The paths asked for.
        plan: What to do with the next requests, before answering well.
        poison: A text that is refused for good.
        lies: Changes an answer before it is sent.
        key: The only key that is accepted; None accepts all.
    """

    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    plan: list[Answer] = field(default_factory=list)
    poison: str | None = None
    lies: Any = None
    key: str | None = KEY
    released: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def sent(self) -> list[str]:
        """All texts that were answered or refused, in order of arrival."""
        return [text for request in self.requests for text in request["texts"]]

    def next_plan(self) -> Answer | None:
        """What to do with the next request before answering well."""
        return self.plan.pop(0) if self.plan else None

    def respond(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        """Status and body for a request to *path*."""
        return self.answer(body) if path == "/v2/embed" else (404, {"message": "not found"})

    def answer(self, body: dict[str, Any]) -> tuple[int, Any]:
        """Status and body for texts to embed, within the limits of the service."""
        texts, model, kind = body.get("texts"), body.get("model"), body.get("input_type")
        if model not in MODELS:
            return 404, {"message": f"model '{model}' not found, make sure the correct model ID was used"}
        if kind not in INPUT_TYPES:
            return 400, {"message": "invalid request: valid input_type must be provided with the provided model"}
        if not texts or "" in texts:
            return 400, {"message": "invalid request: texts must hold at least one text, and no empty one"}
        if len(texts) > TEXTS:
            return 400, {
                "message": f"invalid request: total number of texts must be at most 96 - received {len(texts)}"
            }
        if self.poison in texts:
            return 400, {"message": "invalid request: this text breaks a policy"}
        if "output_dimension" in body and not model.startswith("embed-v4"):
            return 400, {"message": "invalid request: output_dimension is not supported by this model"}
        assert (body["embedding_types"], body["truncate"]) == (["float"], "END")
        rows = [row(text, body.get("output_dimension", MODELS[model]), kind).tolist() for text in texts]
        meta = {"api_version": {"version": "2"}, "billed_units": {"input_tokens": 3 * len(texts)}}
        found = {"id": "1", "embeddings": {"float": rows}, "texts": texts, "meta": meta}
        found["response_type"] = "embeddings_by_type"
        return 200, found if self.lies is None else self.lies(found)


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
            key = self.headers.get("authorization")
            with service.lock:
                service.requests.append(body)
                service.keys.append(key)
                service.paths.append(self.path)
                planned = service.next_plan()
            if planned is SILENT:
                service.released.wait(30)
                self.close_connection = True
            elif planned is not None and planned.status:
                said = json.dumps({"message": planned.message}) if planned.body is None else planned.body
                self._send(planned.status, said.encode(), planned.headers, planned.kind)
            elif service.key and key != f"Bearer {service.key}":
                self._send(401, json.dumps({"message": f"invalid api token {key}"}).encode())
            else:
                status, found = service.respond(self.path, body)
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
    service.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield service
    finally:
        service.released.set()
        server.shutdown()
        server.server_close()
        thread.join()

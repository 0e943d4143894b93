"""A server on this machine that speaks OpenAI's chat protocol, and fails when it is told to."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-a-secret-of-the-tests"
WORDS = re.compile(r"from the others: ([^\n]*)")


def label(body: Mapping[str, Any]) -> str:
    """A label that holds the first word of the topic."""
    asked = next(turn["content"] for turn in body["messages"] if turn["role"] == "user")
    found = WORDS.search(asked)
    return f"About {found[1].split(', ')[0]}" if found else "About documents"


def completion(text: str | None, finish: str = "stop", **message: Any) -> dict[str, Any]:
    """The body of an answer that says *text*."""
    return {
        "id": "c1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [
            {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text, **message}}
        ],
        "usage": {"prompt_tokens": 70, "completion_tokens": 7, "total_tokens": 77},
    }


@dataclass(eq=False)
class Answer:
    """What the server does once instead of answering well.

    Args:
        status: Of the answer; 0 for one that is cut off.
        body: The body, JSON unless it is a text.
        headers: More headers.
    """

    status: int = 200
    body: Any = field(default_factory=lambda: {"error": {"message": "planned", "type": "planned", "code": None}})
    headers: Mapping[str, str] = field(default_factory=lambda: {"retry-after": "0"})


CUT = Answer(0, completion("cut"))
SILENT = Answer(-1)


@dataclass
class Service:
    """The running server, and what it was asked.

    Args:
        url: For ``base_url``.
        requests: The bodies, in order of arrival.
        keys: The ``Authorization`` headers.
        plan: What to do with the next requests, None for a good answer.
        schemas: Whether it can be held to a JSON schema.
        key: The only key that it takes; None for any.
        said: What a model says to a body.
    """

    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    plan: list[Answer | None] = field(default_factory=list)
    schemas: bool = True
    key: str | None = KEY
    said: Callable[[Mapping[str, Any]], str] = lambda body: json.dumps({"label": label(body)})
    released: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)


def _error(message: str, code: str | None = None) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}


@contextmanager
def served(**settings: Any) -> Iterator[Service]:
    """A running server; it is stopped afterwards."""
    service = Service(**settings)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, *_: Any) -> None:
            pass

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            key = self.headers.get("authorization")
            with service.lock:
                service.requests.append(body)
                service.keys.append(key)
                planned = service.plan.pop(0) if service.plan else None
            if planned is SILENT:
                service.released.wait(30)
                self.close_connection = True
            elif planned is not None:
                self._send(planned.status, planned.body, planned.headers)
            elif service.key and key != f"Bearer {service.key}":
                self._send(401, _error(f"Incorrect API key provided: {key}", "invalid_api_key"))
            elif not self.path.endswith("/chat/completions"):
                self._send(404, _error("Not Found"))
            elif body["model"].startswith("unknown"):
                self._send(404, _error(f"The model `{body['model']}` does not exist", "model_not_found"))
            elif "response_format" in body and not service.schemas:
                self._send(400, _error("Invalid parameter: 'response_format' of type 'json_schema' is not supported"))
            else:
                self._send(200, completion(service.said(body)))

        def _send(self, status: int, said: Any, headers: Mapping[str, str] | None = None) -> None:
            plain = isinstance(said, str)
            body = (said if plain else json.dumps(said)).encode()
            self.send_response(status or 200)
            kind = "text/html" if plain and said.startswith("<") else "application/json"
            for name, value in {"content-type": kind, "content-length": len(body), **(headers or {})}.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(body if status else body[: len(body) // 2])
            if not status:
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


@contextmanager
def provider(url: str, **settings: Any) -> Iterator[Any]:
    """A live provider of any-llm at *url*; its client is closed on the loop that any-llm gave it."""
    from any_llm import AnyLLM
    from any_llm.utils.aio import run_async_in_sync

    made = AnyLLM.create("openai", api_key=KEY, api_base=url, max_retries=0, **settings)
    try:
        yield made
    finally:
        run_async_in_sync(made.client.close())

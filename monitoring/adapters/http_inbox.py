"""Rows that services push by HTTP: kept durably before they are answered, and taken in by whoever ingests next.

Nothing here holds the home, so that a push is taken while a version is trained.
"""

import hmac
import json
from collections.abc import Iterable

import polars as pl
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from halflife.models.errors import FeedError
from halflife.monitoring.adapters.inbox import PushedRows, json_lines

LARGEST = 32 << 20
"""Bytes of one push; more are sent in several."""
SHORTEST = 16
"""Characters of a token."""


def endpoint(inbox: PushedRows, token: str) -> Starlette:
    """``POST /rows`` keeps rows, or labels, and ``GET /health`` answers.

    A body is a JSON object a line, or an array of objects. Who pushes says ``Authorization: Bearer TOKEN``. The answers:
    202 with what was kept, on disk; 401 without the token; 413 for more than `LARGEST` bytes; 422 with a sentence for what
    cannot be kept, of which nothing is.

    Args:
        inbox: that keeps what is pushed.
        token: that pushes must show, at least `SHORTEST` characters.
    """

    async def rows(request: Request) -> JSONResponse:
        said = request.headers.get("authorization", "")
        if not hmac.compare_digest(said.encode(), f"Bearer {token}".encode()):
            return _refused(401, "say Authorization: Bearer and the token this endpoint was started with")
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > LARGEST:
                return _refused(413, f"a push has at most {LARGEST:,} bytes; send the rows in several")
        try:
            kept = await run_in_threadpool(lambda: inbox.push(_table(body)))
        except FeedError as error:
            return _refused(422, str(error))
        return JSONResponse({"rows": kept.rows, "labels": kept.labels}, 202)

    async def health(_: Request) -> JSONResponse:
        return JSONResponse({"ok": True})

    return Starlette(routes=[Route("/rows", rows, methods=["POST"]), Route("/health", health)])


def _table(body: bytes) -> pl.DataFrame:
    """The rows of a body. Raises FeedError."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FeedError(f"the body is not UTF-8: {error}") from None
    return json_lines(_objects(text) if text.lstrip().startswith("[") else text.splitlines())


def _objects(text: str) -> Iterable[str]:
    try:
        rows = json.loads(text)
    except ValueError as error:
        raise FeedError(f"the body is no JSON: {error}; send an array of objects, or an object a line") from None
    return (json.dumps(row) for row in rows)


def _refused(status: int, sentence: str) -> JSONResponse:
    return JSONResponse({"error": sentence}, status)

"""The server's access log."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

from gunicorn.glogging import Logger as GunicornLogger


class Logger(GunicornLogger):
    """Knows only what may be logged, so that no format can bring in a query, a Referer or a header: leads, tokens and
    secrets travel there."""

    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> dict[str, Any]:
        atoms: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        return {name: atoms[name] for name in "htmHsBM"} | {"U": logged_path(environ["PATH_INFO"])}


def logged_path(path: str) -> str:
    """A WSGI path on one line: percent-encoded, and without the query that a client encoded as if it were path."""
    return quote(path.partition("?")[0].encode("latin-1"))

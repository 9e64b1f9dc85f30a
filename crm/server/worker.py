"""The worker that the production server runs."""

import gc
import json
import socket
import ssl
from http import HTTPStatus
from typing import Any

from gunicorn import util
from gunicorn.http import errors
from gunicorn.http.parser import RequestParser
from gunicorn.workers.gthread import ThreadWorker

from crm.server.request import Request

# The one place where gunicorn names the class of its requests: it has no setting for it.
RequestParser.mesg_class = Request

# A page of a thousand orders makes a few thousand objects that go by themselves.
GARBAGE_BEFORE_A_COLLECTION = 20_000

INTERNAL_ERROR = (HTTPStatus.INTERNAL_SERVER_ERROR, "Internal error.")
REFUSALS: dict[type[Exception], tuple[HTTPStatus, str]] = {
    errors.LimitRequestLine: (HTTPStatus.REQUEST_URI_TOO_LONG, "The address is too long."),
    errors.LimitRequestHeaders: (HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The headers are too large."),
    errors.ExpectationFailed: (HTTPStatus.EXPECTATION_FAILED, "Only 100-continue can be expected."),
    errors.UnsupportedTransferCoding: (HTTPStatus.NOT_IMPLEMENTED, "The transfer coding is not supported."),
    errors.InvalidResponseHeader: INTERNAL_ERROR,
    errors.InvalidResponseHeaderName: INTERNAL_ERROR,
    errors.ParseException: (HTTPStatus.BAD_REQUEST, "The request is not valid HTTP."),
    # Plain HTTP or a scanner on the port that speaks HTTPS: nobody reads the answer, but it is no fault of ours.
    ssl.SSLError: (HTTPStatus.BAD_REQUEST, "This port speaks HTTPS."),
    Exception: INTERNAL_ERROR,
}


class Worker(ThreadWorker):
    """Answers in JSON what never reaches the application, and keeps the request itself out of the log."""

    def run(self) -> None:
        """What is loaded by now lives as long as the process: the garbage collector need not walk through it again and
        again, which doubled the time of a page of orders.
        """
        gc.collect()
        gc.freeze()
        gc.set_threshold(GARBAGE_BEFORE_A_COLLECTION)
        super().run()

    def handle_error(self, req: Request | None, client: socket.socket, addr: Any, exc: Exception) -> None:
        """`req` is None where it could not be read; `addr` is the peer's (address, port, …)."""
        refusal = next(refusal for kind, refusal in REFUSALS.items() if isinstance(exc, kind))
        if refusal is INTERNAL_ERROR:
            self.log.exception("Error in a request from %s", addr[0])
        else:
            # By its name alone: its text quotes the request, and leads and tokens travel in it.
            self.log.warning("Refused a request from %s: %s", addr[0], type(exc).__name__)
        try:
            util.write_nonblock(client, refusal_bytes(*refusal))
        except OSError:
            self.log.debug("The client did not wait for its refusal.")


def refusal_bytes(status: HTTPStatus, message: str) -> bytes:
    """A whole HTTP answer; the connection is closed after it."""
    body = json.dumps({"status": "error", "message": message}).encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}",
        "Content-Type: application/json; charset=utf-8",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "Connection: close",
    )
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body

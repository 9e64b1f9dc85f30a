"""A request's head, read from the socket."""

import re
import time

from gunicorn.http.errors import NoMoreData
from gunicorn.http.message import Request as GunicornRequest
from gunicorn.http.unreader import SocketUnreader

# A client that sends its request byte by byte, or stops in the middle, would hold one of the few threads for ever.
HEAD_SECONDS = 20
SILENCE_SECONDS = 120

NOT_ASCII = re.compile(rb"[\x80-\xff]")


class Request(GunicornRequest):
    """Gunicorn's request, but long lines and raw UTF-8 pass, and its head must arrive in time.

    Gunicorn cuts `limit_request_line` to 8,190 bytes and knows above that only "without limit"; here it holds as it is
    set. Raw bytes above ASCII, which gunicorn refuses, reach the application as they came.
    """

    def parse(self, unreader: SocketUnreader) -> bytes:
        self.limit_request_line = self.cfg.limit_request_line
        self.deadline = time.monotonic() + HEAD_SECONDS
        rest: bytes = super().parse(unreader)
        unreader.sock.settimeout(SILENCE_SECONDS)
        return rest

    def read_into(self, unreader: SocketUnreader, buf: bytearray, stop: bool = False) -> None:
        """More of the head into `buf`; NoMoreData, on which the connection is closed without a word, if it is late."""
        unreader.sock.settimeout(max(self.deadline - time.monotonic(), 0.001))
        try:
            super().read_into(unreader, buf, stop)
        except TimeoutError as error:
            raise NoMoreData from error

    def parse_request_line(self, line_bytes: bytes) -> None:
        super().parse_request_line(NOT_ASCII.sub(lambda byte: b"%%%02X" % ord(byte[0]), line_bytes))
        # The query as it was sent, so that its length is what the client counts too; the path stays encoded.
        target = line_bytes.split(b" ", 2)[1].decode("latin-1")
        self.query = target.partition("#")[0].partition("?")[2]

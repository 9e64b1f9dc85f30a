"""HTTPS spoken by the server itself."""

import errno
import ssl
from collections.abc import Callable
from typing import Any

HANDSHAKE_SECONDS = 20

contexts: dict[str, ssl.SSLContext] = {}


class Socket(ssl.SSLSocket):
    """A socket on which a client that stops in the middle of the handshake does not hold a thread for ever."""

    def do_handshake(self, block: bool = False) -> None:
        self.settimeout(HANDSHAKE_SECONDS)
        try:
            super().do_handshake(block)
        except TimeoutError as error:
            raise ConnectionResetError(errno.ECONNRESET, "no handshake in time") from error
        self.settimeout(None)


def ssl_context(config: Any, make_default: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    """The worker's one context, for gunicorn's setting of this name.

    Gunicorn asks for it with each connection; read anew from its files it costs as much again as the handshake. A new
    certificate is read by the new workers of a reload.
    """
    if config.certfile not in contexts:
        context = make_default()
        context.sslsocket_class = Socket
        contexts[config.certfile] = context
    return contexts[config.certfile]

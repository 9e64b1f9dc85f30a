import socket
import ssl
from types import SimpleNamespace

import pytest
import trustme

from crm.server import tls


@pytest.fixture
def tls_context(monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    monkeypatch.setattr(tls, "contexts", {})
    return tls.ssl_context(SimpleNamespace(certfile="a.pem"), server_context)


def server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    return context


def test_the_certificate_is_read_once_however_many_connect(tls_context: ssl.SSLContext) -> None:
    assert tls.ssl_context(SimpleNamespace(certfile="a.pem"), server_context) is tls_context


def test_a_client_that_never_finishes_the_handshake_is_given_up(
    tls_context: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tls, "HANDSHAKE_SECONDS", 0.05)
    client, server = socket.socketpair()
    client.sendall(b"\x16")

    with (
        client,
        tls_context.wrap_socket(server, server_side=True, do_handshake_on_connect=False) as connection,
        pytest.raises(ConnectionResetError),
    ):
        connection.do_handshake()

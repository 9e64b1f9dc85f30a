from collections.abc import Iterator

import pytest

from tests.server.production_server import ProductionServer, drop_database, make_database


@pytest.fixture(scope="module")
def server_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a database that only the server of this module works on."""
    url = make_database(tmp_path_factory.mktemp("database"))
    yield url
    drop_database(url)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, server_database: str) -> Iterator[ProductionServer]:
    """The production server, ready, with nothing in its database but what the migrations put there."""
    with ProductionServer(tmp_path_factory.mktemp("server"), server_database) as running:
        yield running

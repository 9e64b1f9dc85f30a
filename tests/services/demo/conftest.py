import pytest

from crm.services.demo import seeding


@pytest.fixture(autouse=True)
def _in_several_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeding, "CHUNK", 400)
    monkeypatch.setattr(seeding, "NUMBERS_AT_ONCE", 300)

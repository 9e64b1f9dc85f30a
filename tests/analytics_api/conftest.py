import pytest

from crm.models import Integration
from tests.analytics_api.asking import Service
from tests.factories import make_integration


@pytest.fixture
def integration(db: None) -> Integration:
    return make_integration()


@pytest.fixture
def service(integration: Integration) -> Service:
    return Service()

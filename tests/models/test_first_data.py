"""What a new installation holds, under the document's ids."""

import pytest

from crm.models import CustomField, Pipeline, Status

pytestmark = pytest.mark.django_db


def test_the_documents_statuses_and_fields_stand_under_its_ids() -> None:
    assert list(Status.objects.values_list("pk", "name", "kind", "on_board")) == [
        (1, "Новая", "open", True),
        (2, "В работе", "open", True),
        (3, "Оплачена", "won", True),
        (4, "Закрыта", "lost", False),
        (5, "Удалена", "deleted", False),
    ]
    assert list(CustomField.objects.values_list("pk", "name", "type")) == [
        (1, "referrer", "text"),
        (2, "source", "text"),
        (3, "utmSource", "text"),
        (4, "utmMedium", "text"),
        (5, "utmCampaign", "text"),
    ]


def test_one_of_each_can_be_added_behind_them() -> None:
    status = Status.objects.create(name="Ожидание", position=6)
    field = CustomField.objects.create(name="Филиал", position=6)
    pipeline = Pipeline.objects.create(name="Опт")
    assert status.pk > 5
    assert field.pk > 5
    assert pipeline.pk > 1

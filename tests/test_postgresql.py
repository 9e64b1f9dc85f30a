"""What of PostgreSQL is read in another way than Django's."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from crm.models import Deal, Status

moments = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001


class Moments(TestCase):
    @given(at=moments)
    def test_moments_come_back_as_they_were_written_and_in_utc(self, at: datetime) -> None:
        deal = Deal.objects.create(title="Стрижка", status=Status.objects.first_open(), created_at=at, changed_at=at)

        [(read, none)] = Deal.objects.filter(pk=deal.pk).values_list("created_at", "closed_at")

        assert (read, read.tzinfo, none) == (at, UTC, None)


@pytest.mark.django_db
def test_a_moment_is_utc_whatever_zone_people_live_in() -> None:
    with timezone.override("Asia/Kamchatka"):
        deal = Deal.objects.create(
            title="Стрижка",
            status=Status.objects.first_open(),
            created_at=timezone.localtime(datetime(2026, 7, 1, 3, tzinfo=UTC)),
            changed_at=timezone.now(),
        )
        assert Deal.objects.get(pk=deal.pk).created_at.isoformat() == "2026-07-01T03:00:00+00:00"


@pytest.mark.django_db
def test_django_takes_the_connection_as_it_is_for_each_cursor() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # a map of loaders of its own would have to be copied each time
            assert cursor.adapters.get_loader(1184, 0) is connection.connection.adapters.get_loader(1184, 0)
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)

"""What the product writes down, to look at: the log of calls, failed log-ins, the history."""

from typing import Any

import pytest
from axes.models import AccessAttempt
from django.test import Client as Browser
from django.utils import timezone

from analytics_api.models import CallLog, FailedAccess
from crm.models import FirmPhone, Status
from crm.services.deals import change_deal, move_deal
from crm.services.undoing import MOVE, start_batch
from tests.admin.pages import errors, said, save
from tests.factories import make_client, make_deal, make_field, make_integration, make_user

LOG = "/admin/analytics_api/calllog/"


def make_row(**columns: Any) -> CallLog:
    defaults = {"action": "lead", "outcome": "ok", "duration_ms": 1.25, "parameters": {"title": "Заявка"}}
    return CallLog.objects.create(**defaults | columns)


def test_the_log_is_narrowed_by_outcome_action_and_integration(office: Browser) -> None:
    one, other = make_integration("one"), make_integration("other")
    good = make_row(integration=one)
    bad = make_row(integration=one, action="call", outcome="error")
    flagged = make_row(integration=other, outcome="flagged", number=803)

    def listed(query: str) -> list[CallLog]:
        return list(office.get(f"{LOG}?{query}").context["cl"].result_list)

    assert listed("outcome=error") == [bad]
    assert listed("outcome=not_ok") == [flagged, bad]
    assert listed("action=lead") == [flagged, good]
    assert listed(f"integration={one.pk}") == [bad, good]
    assert listed("integration=nonsense") == [flagged, bad, good]
    assert listed("q=803") == [flagged]


def test_a_row_of_the_log_shows_the_request(office: Browser) -> None:
    row = make_row(integration=make_integration(), number=803, message="Parameter visit\nis strange")

    content = office.get(f"{LOG}{row.pk}/change/").content.decode()

    assert [text in content for text in ("Заявка", "#803", "1.2", "Parameter visit")] == [True] * 4


@pytest.mark.parametrize("path", ["analytics_api/calllog", "analytics_api/failedaccess", "crm/change"])
def test_nothing_is_added_to_what_was_written_down(office: Browser, path: str) -> None:
    assert office.get(f"/admin/{path}/add/").status_code == 403


def test_failed_log_ins_are_listed_by_address(office: Browser) -> None:
    row = FailedAccess.objects.create(address="10.0.0.1", window=timezone.now(), count=7)

    assert list(office.get("/admin/analytics_api/failedaccess/?q=10.0").context["cl"].result_list) == [row]


def test_the_history_puts_names_for_the_keys(office: Browser) -> None:
    deal, field, manager, client = make_deal(), make_field("Филиал"), make_user(full_name="Олег"), make_client()
    change_deal(deal=deal, by=None, manager=manager, client=client, values={field: "Центр"})
    move_deal(deal=deal, status=Status.objects.get(pk=2), by=manager)

    content = office.get(f"/admin/crm/change/?q=%23{deal.pk}").content.decode()

    cells = ["Филиал", "Центр", "Олег", "В работе", f"#{client.pk}", "reason of loss"]
    assert [text in content for text in cells] == [True, True, True, True, True, False]


def test_the_history_leaves_out_what_is_kept_only_to_undo_a_move(office: Browser) -> None:
    deal, by = make_deal(), make_user()
    move_deal(deal=deal, status=Status.objects.get(pk=3), by=by, batch=start_batch(kind=MOVE, by=by))

    listed = office.get(f"/admin/crm/change/?q={deal.pk}").context["cl"].result_list

    assert [(change.verb, change.field) for change in listed] == [("moved", "status"), ("created", "")]


def test_who_was_shut_out_is_let_in_again(office: Browser) -> None:
    attempt = AccessAttempt.objects.create(username="olga", ip_address="10.0.0.1", failures_since_start=10)

    response = office.post(
        "/admin/axes/accessattempt/", {"action": "let_in_again", "_selected_action": attempt.pk, "index": 0}
    )

    assert (said(response), AccessAttempt.objects.count()) == ("They can try again.", 0)


def test_a_firm_phone_is_kept_in_its_normal_form(office: Browser) -> None:
    save(office, "/admin/crm/firmphone/add/", entered="8 (495) 123-45-67")

    phone = FirmPhone.objects.get()
    assert (phone.entered, phone.normalised) == ("8 (495) 123-45-67", "+74951234567")

    save(office, f"/admin/crm/firmphone/{phone.pk}/change/", entered="8 (495) 765-43-21")
    phone.refresh_from_db()
    assert phone.normalised == "+74957654321"


@pytest.mark.parametrize("entered", ["12", "+7 495 123-45-67", "позвонить"])
def test_a_firm_phone_that_cannot_be_is_refused(office: Browser, entered: str) -> None:
    FirmPhone.objects.create(entered="8 495 123-45-67", normalised="+74951234567")

    assert list(errors(save(office, "/admin/crm/firmphone/add/", entered=entered))) == ["entered"]


def test_a_firm_phone_is_deleted(office: Browser) -> None:
    phone = FirmPhone.objects.create(entered="8 495 123-45-67", normalised="+74951234567")

    office.post(f"/admin/crm/firmphone/{phone.pk}/delete/", {"post": "yes"})

    assert not FirmPhone.objects.exists()

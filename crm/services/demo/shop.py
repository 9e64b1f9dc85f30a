"""What the salon stands on: its people, branches, statuses and fields; found where they exist, else made."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.models import Batch, Change, CustomField, FirmPhone, Integration, Role, Status, User
from crm.services.custom_fields import add_field
from crm.services.demo.chance import weighted
from crm.services.field_choices import add_choice
from crm.services.firm_phones import save_firm_phone
from crm.services.orders import Scheme
from crm.services.people import add_user

BATCH_KIND = "demo"
BRANCH_FIELD = "Филиал"
BRANCHES = ("Арбат", "Таганка", "Сокол")
FIELDS = ("referrer", "source", "utmSource", "utmMedium", "utmCampaign", BRANCH_FIELD)
# In E.164.
FIRM_PHONES = ("+74950000101", "+74950000102")

# Brings the leads where there is no other integration. Its secret is shown to nobody.
DEMO_SERVICE = "roistat-demo"

# Share of the deals, login, full name, branch.
MANAGERS = (
    (30, "ivanova", "Иванова Марина Михайловна", "Арбат"),
    (22, "petrova", "Петрова Ольга Сергеевна", "Таганка"),
    (17, "kuznetsova", "Кузнецова Дарья Андреевна", "Арбат"),
    (12, "sidorov", "Сидоров Алексей Игоревич", "Сокол"),
    (9, "morozova", "Морозова Елена Викторовна", "Таганка"),
    (6, "sokolova", "Соколова Анна Дмитриевна", "Сокол"),
    (4, "gareeva", "Гареева Лилия Рустамовна", "Сокол"),
)
OBSERVER = ("vlasov", "Власов Пётр Николаевич")


@dataclass(frozen=True)
class Manager:
    id: int
    branch: str


@dataclass(frozen=True)
class Shop:
    """`managers` stand there as often as they have deals; statuses are ids, the open ones in their order. `service` is
    the outside system that brings the leads, None the system itself.
    """

    managers: tuple[Manager, ...]
    open: tuple[int, ...]
    won: tuple[int, ...]
    lost: tuple[int, ...]
    deleted: int
    fields: tuple[CustomField, ...]
    scheme: Scheme
    batch: int
    service: int | None


@transaction.atomic
def set_up_shop(*, now: datetime) -> Shop:
    """ValidationError: a kind of status that deals end in is missing."""
    statuses = {kind: _statuses(kind) for kind in (Status.Kind.OPEN, Status.Kind.WON, Status.Kind.LOST)}
    _person(*OBSERVER, Role.OBSERVER)
    for phone in FIRM_PHONES:
        if not FirmPhone.objects.filter(normalised=phone).exists():
            save_firm_phone(phone=FirmPhone(entered=phone))
    return Shop(
        managers=weighted(
            (share, Manager(_person(login, name, Role.MANAGER).pk, branch)) for share, login, name, branch in MANAGERS
        ),
        open=statuses[Status.Kind.OPEN],
        won=statuses[Status.Kind.WON],
        lost=statuses[Status.Kind.LOST],
        deleted=Status.objects.deleted().pk,
        fields=_fields(FIELDS),
        scheme=Scheme.current(),
        batch=Batch.objects.create(kind=BATCH_KIND, by=None, at=now).pk,
        service=Integration.objects.order_by("pk").values_list("user", flat=True).first(),
    )


def _statuses(kind: Status.Kind) -> tuple[int, ...]:
    found = tuple(Status.objects.usable().filter(kind=kind).values_list("pk", flat=True))
    if not found:
        raise ValidationError(_("There is no status of the kind “%(kind)s” in use.") % {"kind": kind.label})
    return found


def _person(login: str, full_name: str, role: Role) -> User:
    known = User.objects.people().filter(login=login).first()
    return known or add_user(login=login, role=role, full_name=full_name)


def _fields(names: Iterable[str]) -> tuple[CustomField, ...]:
    """The fields of these names, in the order of the fields."""
    for name in names:
        if not CustomField.objects.filter(name=name).exists():
            kind = CustomField.Type.CHOICE if name == BRANCH_FIELD else CustomField.Type.TEXT
            add_field(name=name, type=kind, by=None, via=Change.Via.SYSTEM)
    branch = CustomField.objects.get(name=BRANCH_FIELD)
    if branch.type == CustomField.Type.CHOICE:
        offered = set(branch.choices.values_list("label", flat=True))
        for label in BRANCHES:
            if label not in offered:
                add_choice(field=branch, label=label, by=None, via=Change.Via.SYSTEM)
    return tuple(CustomField.objects.filter(name__in=names))

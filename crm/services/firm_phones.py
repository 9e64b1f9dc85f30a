"""The numbers of the firm itself: in a call they are nobody's."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.models import Change, FirmPhone, SettingChange, User
from crm.services.contacts import normalise_phone
from crm.services.setting_changes import record_setting_change

Verb = SettingChange.Verb


@transaction.atomic
def save_firm_phone(*, phone: FirmPhone, by: User | None = None, via: Change.Via = Change.Via.SYSTEM) -> FirmPhone:
    """Save a number, new or changed, with its normal form. ValidationError: as `check_firm_phone`."""
    phone.normalised = check_firm_phone(phone)
    verb = Verb.ADDED if phone.pk is None else Verb.CHANGED
    phone.save()
    record_setting_change(about=phone, verb=verb, by=by, via=via)
    return phone


@transaction.atomic
def delete_firm_phone(*, phone: FirmPhone, by: User | None = None, via: Change.Via = Change.Via.SYSTEM) -> None:
    record_setting_change(about=phone, verb=Verb.DELETED, by=by, via=via)
    phone.delete()


def check_firm_phone(phone: FirmPhone) -> str:
    """The number in its normal form. ValidationError: it is no possible one, or it is in the list already."""
    normalised = normalise_phone(phone.entered)
    if not normalised:
        raise ValidationError({"entered": _("This is no possible phone number.")})
    if FirmPhone.objects.filter(normalised=normalised).exclude(pk=phone.pk).exists():
        raise ValidationError({"entered": _("This number is in the list already.")})
    return normalised

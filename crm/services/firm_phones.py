"""The numbers of the firm itself: in a call they are nobody's."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.models import FirmPhone
from crm.services.contacts import normalise_phone


def save_firm_phone(*, phone: FirmPhone) -> FirmPhone:
    """Save a number, new or changed, with its normal form. ValidationError: as `check_firm_phone`."""
    phone.normalised = check_firm_phone(phone)
    phone.save()
    return phone


def delete_firm_phone(*, phone: FirmPhone) -> None:
    phone.delete()


def check_firm_phone(phone: FirmPhone) -> str:
    """The number in its normal form. ValidationError: it is no possible one, or it is in the list already."""
    normalised = normalise_phone(phone.entered)
    if not normalised:
        raise ValidationError({"entered": _("This is no possible phone number.")})
    if FirmPhone.objects.filter(normalised=normalised).exclude(pk=phone.pk).exists():
        raise ValidationError({"entered": _("This number is in the list already.")})
    return normalised

"""What holds for the whole firm: language, time zone, currency, its own telephone numbers."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.forms.guarded import GuardedForm
from crm.forms.zones import zones_by_region
from crm.installation import installation, is_fixed
from crm.models import Change, FirmPhone, Installation, User
from crm.services.demo.removal import DemoRows, remove_demo
from crm.services.firm_phones import check_firm_phone, save_firm_phone
from crm.services.installation import change_installation

CURRENCIES = [
    ("RUB", _("Russian rouble, ₽")),
    ("BYN", _("Belarusian rouble, BYN")),
    ("KZT", _("Kazakhstani tenge, ₸")),
    ("UZS", _("Uzbekistani sum, UZS")),
    ("KGS", _("Kyrgyzstani som, KGS")),
    ("TJS", _("Tajikistani somoni, TJS")),
    ("AMD", _("Armenian dram, ֏")),
    ("AZN", _("Azerbaijani manat, AZN")),
    ("GEL", _("Georgian lari, ₾")),
    ("MDL", _("Moldovan leu, MDL")),
    ("UAH", _("Ukrainian hryvnia, ₴")),
    ("TRY", _("Turkish lira, ₺")),
    ("RSD", _("Serbian dinar, RSD")),
    ("AED", _("UAE dirham, AED")),
    ("EUR", _("Euro, €")),
    ("USD", _("US dollar, $")),
    ("GBP", _("Pound sterling, £")),
]


class InstallationFields(forms.Form):
    """Time zone and currency, where the environment leaves them open."""

    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=zones_by_region, help_text=_("Days, “today”, “overdue” and months are its days.")
    )
    currency = forms.ChoiceField(
        label=_("Currency"), choices=CURRENCIES, help_text=_("All amounts are in this one currency.")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        current = installation()
        self.initial = {"time_zone": current.time_zone, "currency": current.currency, **self.initial}
        known = dict(CURRENCIES)
        if current.currency not in known:
            self.fields["currency"].choices = [(current.currency, current.currency), *CURRENCIES]  # type: ignore[attr-defined]
        for name in ("time_zone", "currency"):
            if is_fixed(name.upper()):
                del self.fields[name]

    @property
    def fixed(self) -> list[tuple[str, str]]:
        """What the environment says: the name of the variable and its value."""
        return [(name, getattr(settings, name)) for name in ("TIME_ZONE", "CURRENCY") if is_fixed(name)]


class FirmForm(InstallationFields):
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        help_text=_("Of what the CRM writes by itself. Everybody chooses that of his pages in his profile."),
    )
    is_sure = forms.BooleanField(
        label=_("Take the other currency: no amount is converted"),
        required=False,
        help_text=_("10,000 stay 10,000. The analytics service fetches all deals with a cost again."),
    )
    field_order = ["language", "time_zone", "currency", "is_sure"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["language"] = installation().language
        if "currency" not in self.fields:
            del self.fields["is_sure"]

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        currency = typed.get("currency", installation().currency)
        if currency != installation().currency and not typed.get("is_sure"):
            raise ValidationError({"is_sure": _("Another currency: say that this is meant.")})
        return typed

    def save(self, *, by: User) -> Installation:
        chosen = {name: text for name, text in self.cleaned_data.items() if name != "is_sure"}
        return change_installation(by=by, **chosen)


class DemoRemovalForm(forms.Form):
    """The demo's end: a word typed to show that it is meant."""

    word = forms.CharField(max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["word"].label = _("Type “%(word)s”, to show that this is meant") % {"word": self.asked}

    @property
    def asked(self) -> str:
        return gettext("delete")

    def clean_word(self) -> str:
        typed: str = self.cleaned_data["word"]
        if typed.strip().casefold() != self.asked:
            raise ValidationError(_("This is another word: “%(word)s” is asked for.") % {"word": self.asked})
        return typed

    def save(self, *, by: User) -> DemoRows:
        return remove_demo(by=by)


class FirmPhoneForm(GuardedForm[FirmPhone]):
    class Meta:
        model = FirmPhone
        fields = ["entered"]

    def guard(self, row: FirmPhone) -> None:
        check_firm_phone(row)

    def write(self, *, by: User) -> FirmPhone:
        return save_firm_phone(phone=self.instance, by=by, via=Change.Via.WEB)

import re
from datetime import datetime, timedelta

import phonenumbers
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models.folding import FoldedField, question, words_in
from crm.models.number import NumberedQuerySet, NumberField
from crm.models.text_index import CLIENT_TEXT, CONTACT_TEXT
from crm.models.user import User

# How long the trash offers a record to be restored; after that its own page still does.
RESTORABLE_FOR = timedelta(days=30)
# Fewer digits than this are found in nearly every phone.
LEAST_PHONE_DIGITS = 3


class ClientQuerySet(NumberedQuerySet["Client"]):
    def visible_to(self, user: User) -> "ClientQuerySet":
        """All; for a manager who sees only own deals the clients that are his or have a deal that he sees."""
        from crm.models.deal import Deal

        if user.sees_all:
            return self.all()
        deals = Deal.objects.visible_to(user).filter(client=OuterRef("pk"))
        return self.filter(Q(manager=user) | Exists(deals))

    def present(self) -> "ClientQuerySet":
        """Neither merged into another nor in the trash."""
        return self.filter(merged_into=None, trashed_at=None)

    def in_trash(self) -> "ClientQuerySet":
        return self.filter(merged_into=None, trashed_at__isnull=False)

    def restorable(self, at: datetime | None = None) -> "ClientQuerySet":
        """Those in the trash that its page offers to restore."""
        return self.in_trash().filter(trashed_at__gte=(at or timezone.now()) - RESTORABLE_FOR)

    def one_person(self, client: "Client") -> "ClientQuerySet":
        """The client's row and those of all who were merged into it, at whatever remove."""
        found = last = [client.pk]
        while last := list(Client.objects.filter(merged_into__in=last).values_list("pk", flat=True)):
            found = found + last
        return self.filter(pk__in=found)

    def probable_duplicates_of(self, client: "Client") -> "ClientQuerySet":
        """Who may be the same person: kept as such a pair, or with the same phone or e-mail; those whom people found
        to be different are left out.
        """
        pairs = ProbableDuplicates.objects.filter(Q(first=client) | Q(second=client))
        suspected, different = pairs.filter(dismissed_at=None), pairs.exclude(dismissed_at=None)
        alike = [Q(pk__in=suspected.values("first")), Q(pk__in=suspected.values("second"))]
        shared = Q(*(Q(kind=row.kind, normalised=row.normalised) for row in client.contacts.all()), _connector=Q.OR)
        if shared:
            alike.append(Q(pk__in=Contact.objects.exclude(normalised="").filter(shared).values("client")))
        known = Q(pk__in=different.values("first")) | Q(pk__in=different.values("second"))
        return self.present().meeting_any(alike).exclude(known | Q(pk=client.pk))

    def with_deals(self) -> "ClientQuerySet":
        from crm.models.deal import Deal

        return self.filter(Exists(Deal.objects.filter(client=OuterRef("pk"))))

    def matching(self, text: str) -> "ClientQuerySet":
        """Those whom `text` may mean: words of the name or company, a number, a part of an e-mail, a phone in any
        notation or a part of it. A merged client's number means the one he was merged into.
        """
        return self.meeting_any(clients_meant_by(text)) if words_in(text) else self


# The client that a number leads to, if it was one's: himself, or whom he was merged into in the end.
SURVIVOR = """
    WITH RECURSIVE line (id, merged_into_id) AS (
        SELECT id, merged_into_id FROM crm_client WHERE id = %s
        UNION ALL SELECT crm_client.id, crm_client.merged_into_id
        FROM crm_client JOIN line ON crm_client.id = line.merged_into_id
    )
    SELECT id FROM line WHERE merged_into_id IS NULL"""


def clients_meant_by(text: str) -> list[Q]:
    """The conditions of which a client that `text` may mean meets one; an index answers each. None for no word."""
    words = words_in(text)
    if not words:
        return []
    conditions = [CLIENT_TEXT.rows_with(words), Q(pk__in=Contact.objects.matching(text).values("client"))]
    if number := re.fullmatch(r"#?([0-9]{1,18})", text.strip()):
        conditions.append(Q(pk__in=RawSQL(SURVIVOR, [int(number[1])])))  # noqa: S611  (its text is ours)
    return conditions


class Client(models.Model):
    id = NumberField()
    name = models.CharField(pgettext_lazy("of a client", "name"), max_length=255, blank=True)
    company = models.CharField(_("company"), max_length=255, blank=True)
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="clients",
        verbose_name=_("manager"),
    )
    notes = models.TextField(_("notes"), blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    # Moves when name, phones or e-mails change: what an incremental export_clients goes by.
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, db_index=True, editable=False)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged",
        verbose_name=_("merged into"),
    )
    trashed_at = models.DateTimeField(_("in the trash since"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    search_text = FoldedField("name", "company")

    objects = ClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="client_not_merged_into_itself"
            ),
        ]
        indexes = [
            models.Index(fields=["trashed_at"], condition=Q(trashed_at__isnull=False), name="client_in_trash"),
        ]

    def __str__(self) -> str:
        return self.name or self.company or f"#{self.pk}"

    def survivor(self) -> "Client":
        """The client that this one was merged into, followed to the end; itself if it was not."""
        client = self
        while client.merged_into is not None:
            client = client.merged_into
        return client


class ContactQuerySet(models.QuerySet["Contact"]):
    def matching(self, text: str) -> "ContactQuerySet":
        """E-mails with `text` in them; phones with its digits, whatever stands between and before them."""
        text = question(text)
        found = Q(CONTACT_TEXT.rows_with([text.lower()]), kind=Contact.Kind.EMAIL)
        for digits in phone_digits(text):
            found |= Q(CONTACT_TEXT.rows_with([digits]), kind=Contact.Kind.PHONE)
        return self.filter(found)


def phone_digits(text: str) -> list[str]:
    """The digits to look for in normalised phones: as typed, and without the prefix of calls inside the country."""
    if not re.fullmatch(r"[0-9+() .‑–-]+", text.strip()):
        return []
    digits = re.sub(r"[^0-9]", "", text)
    region = phonenumbers.PhoneMetadata.metadata_for_region(settings.PHONE_REGION)
    prefix = (region and region.national_prefix) or ""
    readings = [digits, digits.removeprefix(prefix)] if prefix and not text.strip().startswith("+") else [digits]
    return [reading for reading in dict.fromkeys(readings) if len(reading) >= LEAST_PHONE_DIGITS]


class Contact(models.Model):
    """A phone or an e-mail of a client, as entered and as compared. Families share phones: the same one may stand
    twice.
    """

    class Kind(models.TextChoices):
        PHONE = "phone", _("Phone")
        EMAIL = "email", _("E-mail")

    client = models.ForeignKey(Client, models.CASCADE, related_name="contacts", verbose_name=_("client"))
    kind = models.CharField(_("kind"), max_length=5, choices=Kind)
    entered = models.CharField(_("phone or e-mail"), max_length=255)
    # E.164 or the e-mail in lower case; empty where the text is neither, and then it joins nobody.
    normalised = models.CharField(max_length=255, blank=True, editable=False)
    position = models.PositiveIntegerField(_("position"), default=0)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["phone", "email"]), name="contact_kind_known"),
            models.CheckConstraint(condition=~Q(entered=""), name="contact_not_empty"),
            models.UniqueConstraint(
                fields=["client", "kind", "normalised"], condition=~Q(normalised=""), name="contact_once_a_client"
            ),
        ]
        # Whole: for an index of those that are not empty SQLite asks that a query says so itself.
        indexes = [models.Index(fields=["kind", "normalised", "client"], name="contact_by_value")]

    def __str__(self) -> str:
        return self.entered


class ProbableDuplicates(models.Model):
    """Two clients that may be one person, `first` with the lower number; kept so that people decide."""

    first = models.ForeignKey(Client, models.CASCADE, related_name="+", verbose_name=_("client"))
    second = models.ForeignKey(Client, models.CASCADE, related_name="+", verbose_name=_("other client"))
    found_at = models.DateTimeField(_("found"), default=timezone.now)
    dismissed_at = models.DateTimeField(_("found to be different"), null=True, blank=True)

    class Meta:
        verbose_name = _("probable duplicates")
        verbose_name_plural = _("probable duplicates")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="probable_duplicates_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="probable_duplicates_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first} / {self.second}"

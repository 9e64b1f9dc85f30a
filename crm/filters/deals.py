"""The one filter of deals, which board and list share: it travels between them in the query of the address."""

from array import array
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, cached_property, partial
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from crm.days import today
from crm.filters.custom_fields import filter_of_field, values_containing
from crm.filters.people import ME, of_person, person_choices
from crm.filters.periods import SANE_DAYS, DayInput, Period, within
from crm.models import CustomField, Deal, Status, User
from crm.models.deal import HAS_NO_SOURCE, HAS_NO_TASK, DealQuerySet, deals_meant_by, has_overdue_task
from crm.models.folding import LONGEST_QUESTION
from crm.reports.deals import Asked

# Free text is looked for until this many deals are found, so that a single letter does not read the whole base.
TEXT_HITS = 10_000

ENDS = ("since", "until")
# Questions whose answers are counted beside them, over what passes the rest of the filter.
COUNTED = ("task", "source", "without")


class Planned(models.TextChoices):
    """What can be asked of a deal's tasks."""

    NONE = "none", _("No task")
    OVERDUE = "overdue", _("Overdue")

    def condition(self, at: datetime | None) -> Q:
        return HAS_NO_TASK if self == Planned.NONE else has_overdue_task(at)


class Lacking(models.TextChoices):
    """What a deal can be asked to lack."""

    SOURCE = "source", _("No source")


class DealFilter(django_filters.FilterSet):
    """`user` is who asks ("mine"); `fields` are the custom fields he can filter by; the clock is an argument."""

    manager = django_filters.ChoiceFilter(method="by_manager", label=_("Manager"), empty_label=_("Everybody"))
    period = django_filters.ChoiceFilter(
        method="by_period", label=_("Created"), choices=Period.choices, empty_label=_("Any time")
    )
    since = django_filters.DateFilter(method="by_since", label=_("From"), widget=DayInput, validators=SANE_DAYS)
    until = django_filters.DateFilter(method="by_until", label=_("To"), widget=DayInput, validators=SANE_DAYS)
    source = django_filters.CharFilter(label=_("Source or visit"), max_length=LONGEST_QUESTION)
    task = django_filters.ChoiceFilter(label=_("Tasks"), choices=Planned.choices, empty_label=_("Any"))
    without = django_filters.MultipleChoiceFilter(
        label=_("What is not known"), choices=Lacking.choices, widget=forms.CheckboxSelectMultiple
    )
    # The last, so that its limit counts only deals that pass all others.
    q = django_filters.CharFilter(
        method="by_text", label=_("Title, client, phone or number"), max_length=LONGEST_QUESTION
    )

    menus: ClassVar[dict[str, list[str]]] = {
        "manager": ["manager"],
        "period": ["period", "since", "until"],
        "source": ["source", "without"],
    }

    class Meta:
        model = Deal
        fields: list[str] = []

    def __init__(
        self,
        data: Mapping[str, Any],
        queryset: DealQuerySet,
        *,
        user: User,
        fields: list[CustomField],
        at: datetime | None = None,
    ) -> None:
        super().__init__(data, queryset)
        self.is_bound = True  # an empty query is a filter that lets all through
        self.user, self.at, self.fields = user, at, fields
        self.filters["manager"].extra["choices"] = cache(partial(person_choices, user))
        text = self.filters.pop("q")
        self.filters |= self.own_filters()
        self.filters["q"] = text
        for one in self.filters.values():
            one.model, one.parent = Deal, self
        for name, one in self.form.fields.items():
            if name not in ("status", "without"):
                one.widget.attrs["class"] = "input"

    def own_filters(self) -> dict[str, django_filters.Filter]:
        """What this installation adds to the filters declared above."""
        return {f"field_{field.pk}": filter_of_field(field) for field in self.fields}

    def rest_of(self, deals: DealQuerySet) -> DealQuerySet:
        """Those of `deals` that pass all but the questions of COUNTED, which `by_tasks` and `by_origin` then put."""
        return self._rest_of(deals, but=COUNTED)

    def _rest_of(self, deals: DealQuerySet, *, but: tuple[str, ...]) -> DealQuerySet:
        self.form.errors  # noqa: B018  (reads the query)
        for name, value in self.form.cleaned_data.items():
            if name not in but:
                deals = self.filters[name].filter(deals, value)
        return deals

    def filter_queryset(self, queryset: DealQuerySet) -> DealQuerySet:
        return self.found_in(queryset)

    def found_in(self, deals: DealQuerySet) -> DealQuerySet:
        """Those of `deals` that pass the filter."""
        return self.rest_of(deals).filter(self.by_tasks, self.by_origin)

    @cached_property
    def hits(self) -> "array[int]":
        """Numbers of the newest deals that the text may mean, of those that pass all that stands before it; looked
        for once, however many figures and cards are asked of them.
        """
        deals = self._rest_of(self.queryset.all(), but=(*COUNTED, "q"))
        return deals.newest_meeting_any(deals_meant_by(self.chosen["q"], newest=TEXT_HITS), TEXT_HITS)

    @property
    def are_hits(self) -> bool:
        """Whether what passes the filter is what the text found, and nothing else is asked of it."""
        return "q" in self.chosen and not self.chosen.keys() & set(COUNTED)

    @property
    def chosen(self) -> dict[str, Any]:
        """What narrows the rows: parameter → value as read. What could not be read narrows nothing."""
        self.form.errors  # noqa: B018  (reads the query)
        return {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "", [])}

    @property
    def said_manager(self) -> str:
        """Whose deals are shown; empty for one's own, which have a chip of their own."""
        return "" if self.chosen.get("manager") == ME else self._label("manager")

    @property
    def said_period(self) -> str:
        """The period as a chip says it; empty where none is chosen."""
        ends = [date_format(self.chosen[name], "SHORT_DATE_FORMAT") if name in self.chosen else "" for name in ENDS]
        return self._label("period") or ("–".join(ends) if any(ends) else "")

    @property
    def chosen_fields(self) -> int:
        """By how many custom fields the rows are narrowed."""
        return sum(name.startswith("field_") for name in self.chosen)

    @property
    def inputs(self) -> dict[str, list[forms.BoundField]]:
        """The inputs by the menu they stand in."""
        menus = {name: [self.form[one] for one in names] for name, names in self.menus.items()}
        return menus | {"fields": [self.form[f"field_{field.pk}"] for field in self.fields]}

    @property
    def is_narrowed(self) -> bool:
        return bool(self.chosen)

    def _label(self, name: str) -> str:
        """What the chosen value of a parameter is called."""
        labels = dict(self.form.fields[name].choices)
        return str(labels.get(self.chosen.get(name), ""))

    @property
    def by_tasks(self) -> Q:
        """What is asked of a deal's tasks."""
        chosen = self.chosen.get("task")
        return Planned(chosen).condition(self.at) if chosen else Q()

    @property
    def by_origin(self) -> Q:
        """What is asked of where a deal came from."""
        condition = HAS_NO_SOURCE if "without" in self.chosen else Q()
        if text := self.chosen.get("source"):
            condition &= Q(visit__istartswith=text) | values_containing(self.telling, text)
        return condition

    def asked_of(self, deals: DealQuerySet) -> Asked:
        """What is counted of `deals` under this filter."""
        return Asked(self.rest_of(deals), self.by_tasks, self.by_origin, self.at)

    @property
    def asked(self) -> Asked:
        return self.asked_of(self.queryset.all())

    @property
    def is_cut(self) -> bool:
        """Whether so many deals have the text in them that only the newest are found."""
        return "q" in self.chosen and len(self.hits) >= TEXT_HITS

    @property
    def telling(self) -> list[CustomField]:
        """The fields that tell a deal's source."""
        return [field for field in self.fields if field.tells_source]

    def by_manager(self, deals: DealQuerySet, name: str, value: str) -> DealQuerySet:
        return deals.filter(of_person("manager", value, self.user))

    def by_period(self, deals: DealQuerySet, name: str, value: str) -> DealQuerySet:
        return deals.filter(within("created_at", *Period(value).days(today(self.at))))

    def by_since(self, deals: DealQuerySet, name: str, value: date) -> DealQuerySet:
        return deals.filter(within("created_at", value, None))

    def by_until(self, deals: DealQuerySet, name: str, value: date) -> DealQuerySet:
        return deals.filter(within("created_at", None, value))

    def by_text(self, deals: DealQuerySet, name: str, value: str) -> DealQuerySet:
        return deals.filter(pk__among=self.hits)


class DealListFilter(DealFilter):
    """The list asks for statuses too; the board has them as columns."""

    menus = DealFilter.menus | {"status": ["status"]}

    def __init__(self, *args: Any, statuses: list[Status], **options: Any) -> None:
        self.statuses = statuses
        super().__init__(*args, **options)

    def own_filters(self) -> dict[str, django_filters.Filter]:
        choices = [(str(status.pk), status.name) for status in self.statuses]
        status = django_filters.MultipleChoiceFilter(
            label=_("Status"), method="by_status", choices=choices, widget=forms.CheckboxSelectMultiple
        )
        return {"status": status} | super().own_filters()

    @property
    def said_status(self) -> str:
        chosen = self.chosen.get("status", [])
        return ", ".join(status.name for status in self.statuses if str(status.pk) in chosen)

    def by_status(self, deals: DealQuerySet, name: str, value: list[str]) -> DealQuerySet:
        return deals.filter(status__in=value) if value else deals

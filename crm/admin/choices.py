"""The labels of a custom field of type choice, as rows of the field's page."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.generics import BaseInlineFormSet, ModelForm, TabularInline
from crm.models import Change, CustomField, FieldChoice, User
from crm.services.field_choices import add_choice, delete_choice, place_choice, values_of


class RenameForm(forms.Form):
    label = forms.CharField(label=gettext_lazy("Label"), max_length=255)


class ChoiceForm(ModelForm[FieldChoice]):
    """A row. A label that is there already is renamed on a page of its own, since deals are rewritten with it."""

    position = forms.IntegerField(label=gettext_lazy("position"), min_value=0, required=False)

    class Meta:
        model = FieldChoice
        fields = ["label", "position"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.initial["position"] = None  # behind the others
        else:
            self.fields["label"].disabled = True


class ChoiceFormSet(BaseInlineFormSet[FieldChoice, CustomField, ModelForm[FieldChoice]]):
    def clean(self) -> None:
        super().clean()
        added = [form for form in self.extra_forms if form.has_changed() and form not in self.deleted_forms]
        if added and self.instance.type != CustomField.Type.CHOICE:
            raise ValidationError(_("Only a field of type choice has choices."))
        for form in self.deleted_forms:
            if not form.instance._state.adding and values_of(form.instance).exists():
                raise ValidationError(
                    _("Deals hold “%(label)s”: rename it, or give them another value first.")
                    % {"label": form.instance.label}
                )

    def save_by_services(self, *, by: User) -> None:
        """Hand each row that was changed to its service, and tell Django's log of it."""
        self.new_objects, self.changed_objects, self.deleted_objects = [], [], []
        for form in self.initial_forms:
            position = form.cleaned_data.get("position")
            if form in self.deleted_forms:
                delete_choice(choice=form.instance, by=by, via=Change.Via.ADMIN)
                self.deleted_objects.append(form.instance)
            elif "position" in form.changed_data and position is not None:
                placed = place_choice(choice=form.instance, position=position, by=by, via=Change.Via.ADMIN)
                self.changed_objects.append((placed, ["position"]))
        for form in self.extra_forms:
            if form.has_changed() and form not in self.deleted_forms:
                label, position = form.cleaned_data["label"], form.cleaned_data.get("position")
                added = add_choice(field=self.instance, label=label, position=position, by=by, via=Change.Via.ADMIN)
                self.new_objects.append(added)


class ChoiceInline(TabularInline[FieldChoice, CustomField]):
    model = FieldChoice
    form = ChoiceForm
    formset = ChoiceFormSet
    extra = 2
    fields = ["label", "position", "rename"]
    readonly_fields = ["rename"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    @admin.display(description="")
    def rename(self, choice: FieldChoice) -> SafeString | str:
        if choice._state.adding:
            return ""
        url = reverse("admin:crm_customfield_rename_choice", args=[choice.field_id, choice.pk])
        return format_html('<a href="{}">{}</a>', url, _("Rename"))

"""Classes of Django that its type stubs make generic and Django itself does not, for use as `ModelAdmin[Deal]`."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.auth import forms as auth_forms
from django.core import paginator

if TYPE_CHECKING:
    BaseInlineFormSet = forms.BaseInlineFormSet
    BaseUserCreationForm = auth_forms.BaseUserCreationForm
    ModelAdmin = admin.ModelAdmin
    ModelChoiceField = forms.ModelChoiceField
    ModelForm = forms.ModelForm
    Paginator = paginator.Paginator
    SetPasswordForm = auth_forms.SetPasswordForm
    TabularInline = admin.TabularInline
else:

    class Subscriptable:
        def __class_getitem__(cls, parameters: Any) -> type:
            return cls

    class BaseInlineFormSet(Subscriptable, forms.BaseInlineFormSet):
        pass

    class BaseUserCreationForm(Subscriptable, auth_forms.BaseUserCreationForm):
        pass

    class ModelAdmin(Subscriptable, admin.ModelAdmin):
        pass

    class ModelChoiceField(Subscriptable, forms.ModelChoiceField):
        pass

    class ModelForm(Subscriptable, forms.ModelForm):
        pass

    class Paginator(Subscriptable, paginator.Paginator):
        pass

    class SetPasswordForm(Subscriptable, auth_forms.SetPasswordForm):
        pass

    class TabularInline(Subscriptable, admin.TabularInline):
        pass

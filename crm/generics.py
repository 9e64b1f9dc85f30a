"""Classes of Django that its type stubs make generic and Django itself does not, for use as `ModelAdmin[Deal]`."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin

if TYPE_CHECKING:
    BaseInlineFormSet = forms.BaseInlineFormSet
    ModelAdmin = admin.ModelAdmin
    ModelForm = forms.ModelForm
    TabularInline = admin.TabularInline
else:

    class Subscriptable:
        def __class_getitem__(cls, parameters: Any) -> type:
            return cls

    class BaseInlineFormSet(Subscriptable, forms.BaseInlineFormSet):
        pass

    class ModelAdmin(Subscriptable, admin.ModelAdmin):
        pass

    class ModelForm(Subscriptable, forms.ModelForm):
        pass

    class TabularInline(Subscriptable, admin.TabularInline):
        pass

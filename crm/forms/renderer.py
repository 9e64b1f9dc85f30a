"""What draws inputs (settings: FORM_RENDERER)."""

from django.forms.renderers import BaseRenderer, DjangoTemplates, Jinja2
from django.template.backends.base import BaseEngine


class FormRenderer(BaseRenderer):
    """Django's own inputs by the Jinja templates that Django has of them too: a filter is some twenty inputs, and they
    were a quarter of its page. The admin's, of which there are none, by Django's.
    """

    def __init__(self) -> None:
        self.quick, self.usual = Jinja2(), DjangoTemplates()

    def get_template(self, template_name: str) -> BaseEngine:
        renderer = self.quick if template_name.startswith("django/forms/") else self.usual
        template: BaseEngine = renderer.get_template(template_name)
        return template

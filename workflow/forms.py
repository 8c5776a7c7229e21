"""How forms become HTML: the templates of this project, and Django's own for what they leave as it is."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Renders fields with ``templates/django/forms/field.html`` (label, hint, error, input).

    ``django.forms`` stands in INSTALLED_APPS so that the widgets not written anew here are found as well.
    """

    form_template_name = "django/forms/form.html"
    field_template_name = "django/forms/field.html"

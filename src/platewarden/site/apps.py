"""The site app: base templates and static files."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Base templates, static files and template tags."""

    name = "platewarden.site"
    label = "site"

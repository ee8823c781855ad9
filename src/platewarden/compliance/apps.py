"""The compliance app."""

from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    """Clause by clause, whether it holds."""

    name = "platewarden.compliance"
    label = "compliance"

"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, agencies and roles."""

    name = "platewarden.accounts"
    label = "accounts"

"""Sessions that are over. Each names a person, so none is kept for longer than it can be used."""

from importlib import import_module

from django.conf import settings


def drop_expired() -> None:
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()

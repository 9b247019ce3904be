from django.apps import AppConfig


class LotiConfig(AppConfig):
    name = "loti"

    def ready(self) -> None:
        # Registers the system checks.
        from loti import checks  # noqa: F401

        # Makes our Celery application the current one in every process that sets Django up.
        from loti.celery import app

        app.set_current()

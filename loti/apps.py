from django.apps import AppConfig


class LotiConfig(AppConfig):
    name = "loti"

    def ready(self) -> None:
        # Makes our Celery application the current one in every process that sets Django up.
        from loti.celery import app

        app.set_current()

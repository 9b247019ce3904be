from django.apps import AppConfig


class BoroughsConfig(AppConfig):
    name = "boroughs"

    def ready(self) -> None:
        # Registers the task names in every process, so that ringing a bell never misses its task.
        from boroughs import tasks  # noqa: F401

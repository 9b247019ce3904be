from django.apps import AppConfig


class ProcurementConfig(AppConfig):
    name = "procurement"

    def ready(self) -> None:
        # Registers the task names in every process, so that ringing a bell never misses its task.
        from procurement import tasks  # noqa: F401

"""manage.py draw_lifecycles"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db.models import Model

PATH = Path(settings.BASE_DIR) / "docs" / "reference" / "lifecycles.md"
HEAD = """# Lifecycles

Written by `python3 manage.py draw_lifecycles` from the `TRANSITIONS` table of each model; a test fails where the two
differ. States that follow from the clock (open, questions closed, closed) are computed from dates and are not drawn.
"""


class Command(BaseCommand):
    help = "Write docs/reference/lifecycles.md from the TRANSITIONS tables of the models."

    def handle(self, *args: Any, **options: Any) -> None:
        PATH.parent.mkdir(parents=True, exist_ok=True)
        PATH.write_text(document(), encoding="utf-8")
        self.stdout.write(f"Wrote {PATH.relative_to(settings.BASE_DIR)}")


def document() -> str:
    """The whole page as Markdown with one state diagram (Mermaid) for each model that has transitions."""
    models = [model for label in ("boroughs", "procurement") for model in apps.get_app_config(label).get_models()]
    drawn = [model for model in models if hasattr(model, "TRANSITIONS")]
    drawn.sort(key=lambda model: str(model._meta.verbose_name))
    return "\n".join([HEAD, *("\n".join(_diagram(model)) for model in drawn)])


def _diagram(model: type[Model]) -> Iterator[str]:
    status = model.Status  # type: ignore[attr-defined]
    transitions = model.TRANSITIONS  # type: ignore[attr-defined]
    yield f"## {str(model._meta.verbose_name).capitalize()}\n"
    yield "```mermaid"
    yield "stateDiagram-v2"
    for state in status:
        yield f"    {state.value}: {state.label}"
    yield f"    [*] --> {model._meta.get_field('status').default}"  # type: ignore[union-attr]
    for verb, (sources, target) in transitions.items():
        for source in sources:
            yield f"    {source.value} --> {target.value}: {verb.replace('_', ' ')}"
    yield "```\n"

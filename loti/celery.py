"""The Celery application. Names, queues and the clock are in boroughs/background.py; tasks are in */tasks.py."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loti.settings")

app = Celery("loti")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

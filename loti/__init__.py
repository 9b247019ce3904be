"""The project: settings, addresses, the Celery application, health, and what `manage.py up` starts."""

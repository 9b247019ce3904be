"""The project: settings, addresses, the Celery application, health, and what `manage.py up` starts."""

import os

# Matrices here are small or tall and thin: threads of the library that multiplies them spend most of their time waiting
# for each other, at twice the processor time. What can run beside each other is spread over the cores by the product.
# Read when numpy is imported, so it stands before everything.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

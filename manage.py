#!/usr/bin/env python3
"""The command line of LOTI: `python3 manage.py up` on a fresh machine, `python3 manage.py help` for the rest."""

import os
import sys

from loti import bootstrap


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loti.settings")
    bootstrap.prepare(sys.argv)
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

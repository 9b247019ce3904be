"""Typed readers of environment variables.

Each reader returns the default where the variable is unset or empty, and raises ImproperlyConfigured, naming the
variable and what it accepts, where the value is nonsense: a wrong setting stops the start, not the first request.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})


def text(name: str, default: str = "") -> str:
    """The variable's text, or the content of the file that NAME_FILE points to (container secrets)."""
    secret = os.environ.get(f"{name}_FILE", "")
    if not secret:
        return os.environ.get(name, "") or default
    try:
        return Path(secret).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE: {secret!r} cannot be read: {error.strerror}") from error


def flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be one of 1, true, yes, on, 0, false, no, off; not {value!r}")


def integer(name: str, default: int, *, low: int, high: int) -> int:
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number; not {value!r}") from None
    if not low <= number <= high:
        raise ImproperlyConfigured(f"{name} must be between {low} and {high}; not {number}")
    return number


def choice(name: str, default: str, options: tuple[str, ...]) -> str:
    value = os.environ.get(name, "").strip().lower() or default
    if value not in options:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(options)}; not {value!r}")
    return value


def items(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """A comma-separated list, without blanks."""
    value = os.environ.get(name, "")
    return [part.strip() for part in value.split(",") if part.strip()] or list(default)


def path(name: str, default: Path) -> Path:
    value = os.environ.get(name, "").strip()
    return Path(value).expanduser().resolve() if value else default


def url(name: str, default: str, schemes: tuple[str, ...]) -> str:
    value = text(name, default)
    if value and urlsplit(value).scheme not in schemes:
        accepted = ", ".join(f"{scheme}://" for scheme in schemes)
        raise ImproperlyConfigured(f"{name} must start with one of {accepted}; not {value.split(':')[0]!r}")
    return value

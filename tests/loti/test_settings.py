"""The settings as a whole, each time in a Python of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECRET = "k" * 60
# What production starts with, and not without.
PRODUCTION = {
    "LOTI_ENV": "production",
    "SECRET_KEY": SECRET,
    "ALLOWED_HOSTS": "board.example",
    "EMAIL_HOST": "mail.example",
}
SHOW = """
import json
from loti import settings
print(json.dumps({name: getattr(settings, name) for name in %r}, default=str))
"""


def load(names: list[str], **variables: str) -> "subprocess.CompletedProcess[str]":
    env = {"PATH": os.environ["PATH"], "LOTI_VAR_DIR": "/tmp/loti-settings", **variables}  # noqa: S108 (nothing is written)
    return subprocess.run(
        [sys.executable, "-c", SHOW % names], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )


def read(names: list[str], **variables: str) -> dict[str, Any]:
    done = load(names, **variables)
    assert done.returncode == 0, done.stderr
    values: dict[str, Any] = json.loads(done.stdout)
    return values


@pytest.mark.parametrize(("secret", "words"), [("", "SECRET_KEY must be set"), ("short", "at least 50")])
def test_production_refuses_a_weak_secret(secret: str, words: str) -> None:
    done = load(["DEBUG"], **PRODUCTION | {"SECRET_KEY": secret})
    assert done.returncode != 0
    assert "ImproperlyConfigured" in done.stderr
    assert words in done.stderr


@pytest.mark.parametrize("hosts", ["", " , "])
def test_production_refuses_to_answer_to_no_host(hosts: str) -> None:
    done = load(["DEBUG"], **PRODUCTION | {"ALLOWED_HOSTS": hosts})
    assert done.returncode != 0
    assert "ImproperlyConfigured: ALLOWED_HOSTS must name the hosts of the site" in done.stderr


def test_production_refuses_to_write_mails_to_the_log() -> None:
    done = load(["EMAIL_BACKEND"], **PRODUCTION | {"EMAIL_HOST": ""})
    assert done.returncode != 0
    assert done.stderr.splitlines()[-1].endswith(
        "ImproperlyConfigured: EMAIL_HOST must name the mail server in production"
    )


def test_mails_go_to_the_mail_server_or_to_the_log() -> None:
    assert "smtp" in read(["EMAIL_BACKEND"], **PRODUCTION)["EMAIL_BACKEND"]
    assert "smtp" in read(["EMAIL_BACKEND"], EMAIL_HOST="mail.example")["EMAIL_BACKEND"]
    assert "console" in read(["EMAIL_BACKEND"])["EMAIL_BACKEND"]


def test_production_is_strict() -> None:
    names = [
        "DEBUG",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SECURE_SSL_REDIRECT",
        "ALLOWED_HOSTS",
        "HASHED_STATIC",
    ]
    values = read(names, **PRODUCTION, DEBUG="1")
    assert values == {
        "DEBUG": False,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "ALLOWED_HOSTS": ["board.example"],
        "HASHED_STATIC": True,
    }


@pytest.mark.parametrize(("value", "on"), [("", False), ("1", True)])
def test_other_hosts_are_bound_to_https_only_where_it_is_asked_for(value: str, on: bool) -> None:
    names = ["SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD"]
    assert read(names, **PRODUCTION, **dict.fromkeys(names, value)) == dict.fromkeys(names, on)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DISCLOSURE_MINIMUM_CONTRIBUTORS", "2"),
        ("DISCLOSURE_DOMINANCE_PERCENT", "9"),
        ("DISCLOSURE_BAND", "10000"),
        ("DISCLOSURE_PROTECTION_PERCENT", "5"),
    ],
)
def test_disclosure_control_cannot_be_weakened(name: str, value: str) -> None:
    done = load([name], **{name: value})

    assert done.returncode != 0
    assert f"{name} must be between" in done.stderr


def test_development_works_as_it_is() -> None:
    values = read(["DEBUG", "EMBEDDED_BROKER", "CELERY_BROKER_URL", "DATABASES", "ALLOWED_HOSTS"])
    assert values["DEBUG"] is False
    assert values["EMBEDDED_BROKER"] is True
    assert values["CELERY_BROKER_URL"].startswith("redis+socket:///tmp/loti-settings/")
    assert values["DATABASES"]["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "127.0.0.1" in values["ALLOWED_HOSTS"]


def test_socket_of_a_deep_folder_stays_short_enough_for_the_system() -> None:
    values = read(["EMBEDDED_BROKER_SOCKET"], LOTI_VAR_DIR="/tmp/" + "deep/" * 30)  # noqa: S108
    assert len(values["EMBEDDED_BROKER_SOCKET"]) <= 100


def test_two_variables_point_at_bigger_machines() -> None:
    values = read(
        ["DATABASES", "EMBEDDED_BROKER", "CELERY_BROKER_URL", "CACHES"],
        DATABASE_URL="postgresql://loti:word@db.example/loti",
        REDIS_URL="redis://broker.example:6379/0",
    )
    assert values["DATABASES"]["default"]["ENGINE"] == "django.db.backends.postgresql"
    assert values["EMBEDDED_BROKER"] is False
    assert values["CELERY_BROKER_URL"] == "redis://broker.example:6379/0"
    assert values["CACHES"]["default"]["BACKEND"] == "loti.cache.SharedCache"


@pytest.mark.parametrize(
    ("name", "value"),
    [("LOTI_ENV", "staging"), ("DATABASE_URL", "mysql://db.example/loti"), ("REDIS_URL", "amqp://broker.example")],
)
def test_nonsense_stops_the_start(name: str, value: str) -> None:
    done = load(["DEBUG"], **{name: value})
    assert done.returncode != 0
    assert name in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("environment", ["development", "production"])
def test_passwords_are_hashed_cheaply_in_tests_alone(environment: str) -> None:
    hashers = read(["PASSWORD_HASHERS"], **PRODUCTION | {"LOTI_ENV": environment})["PASSWORD_HASHERS"]
    assert hashers[0].endswith("ScryptPasswordHasher")
    assert not [name for name in hashers if "MD5" in name]

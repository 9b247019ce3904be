from pathlib import Path
from types import SimpleNamespace

import pytest

from loti import checks, libraries


def configure(monkeypatch: pytest.MonkeyPatch, engine: str, name: str = "loti") -> SimpleNamespace:
    """Settings for the checks alone: the tests' own database stays as it is."""
    database = {"ENGINE": f"django.db.backends.{engine}", "NAME": name}
    configured = SimpleNamespace(DATABASES={"default": database}, PRODUCTION=True, REDIS_URL="")
    monkeypatch.setattr(checks, "settings", configured)
    return configured


@pytest.fixture
def sqlite(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SimpleNamespace:
    return configure(monkeypatch, "sqlite3", str(tmp_path / "loti.sqlite3"))


@pytest.mark.parametrize(
    ("broker", "ids"),
    [
        ("", []),
        ("redis://localhost:6379/0", []),
        ("redis+socket:///run/valkey.sock", []),
        ("redis://broker.example:6379/0", ["loti.W001"]),
    ],
)
def test_sqlite_with_a_broker_elsewhere_is_warned_of(sqlite: SimpleNamespace, broker: str, ids: list[str]) -> None:
    sqlite.REDIS_URL = broker
    assert [message.id for message in checks.check_sqlite(None)] == ids


def test_sqlite_in_a_trial_is_fine(sqlite: SimpleNamespace) -> None:
    sqlite.PRODUCTION = False
    sqlite.REDIS_URL = "redis://broker.example:6379/0"
    assert checks.check_sqlite(None) == []


@pytest.mark.parametrize(("kind", "ids"), [("ext4", []), ("nfs4", ["loti.E001"]), ("cifs", ["loti.E001"])])
def test_sqlite_on_a_network_file_system_is_refused(
    sqlite: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str, ids: list[str]
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/x {tmp_path} {kind} rw 0 0\n", encoding="utf-8")
    monkeypatch.setattr(checks, "MOUNTS", mounts)
    assert [message.id for message in checks.check_sqlite(None)] == ids


def test_postgres_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    configured = configure(monkeypatch, "postgresql")
    configured.REDIS_URL = "redis://broker.example:6379/0"
    assert checks.check_sqlite(None) == []


def test_file_system_of_a_mount_with_blanks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text("/dev/sda1 / ext4 rw 0 0\nserver:/y /shared\\040files nfs rw 0 0\n", encoding="utf-8")
    monkeypatch.setattr(checks, "MOUNTS", mounts)
    assert checks.file_system(Path("/shared files/loti")) == "nfs"
    assert checks.file_system(Path("/shared")) == "ext4"


def test_missing_pdf_libraries_are_warned_of_with_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "missing_for_pdf", lambda: ["libpango-1.0-0"])
    (message,) = checks.check_pdf_libraries(None)
    assert message.id == "loti.W002"
    assert "libpango-1.0-0" in (message.hint or "")


@pytest.mark.parametrize(
    ("production", "loopback", "ids"), [(True, True, ["loti.E002"]), (True, False, []), (False, True, [])]
)
def test_webhooks_to_this_machine_are_for_trials(
    monkeypatch: pytest.MonkeyPatch, production: bool, loopback: bool, ids: list[str]
) -> None:
    configured = SimpleNamespace(PRODUCTION=production, WEBHOOK_LOOPBACK=loopback)
    monkeypatch.setattr(checks, "settings", configured)
    assert [each.id for each in checks.check_webhooks(None)] == ids

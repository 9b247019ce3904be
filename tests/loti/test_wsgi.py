import os
import subprocess
import sys

import pytest

WARM = """
import os
import loti.wsgi
import numpy as np
np.ones((3000, 384), dtype=np.float32) @ np.ones(384, dtype=np.float32)
print(len(os.listdir("/proc/self/task")))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc")
def test_web_process_has_no_threads_of_its_own_for_arithmetic() -> None:
    own = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    said = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", WARM], env=own, capture_output=True, text=True, check=True, timeout=120
    )
    assert said.stdout.split() == ["1"]

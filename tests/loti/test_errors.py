"""What programs are told, and what the log keeps of it."""

import logging

import pytest
from django.db import OperationalError

from loti import errors


def test_a_database_that_does_not_answer_is_busy_for_programs_and_an_error_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR, logger="loti.errors"):
        response = errors.api_exception(OperationalError("database disk image is malformed"), {})
    assert response is not None
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "malformed" not in str(response.data)
    (record,) = caplog.records
    assert record.exc_info is not None
    assert "malformed" in str(record.exc_info[1])

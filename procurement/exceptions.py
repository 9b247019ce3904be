"""What can go wrong, beyond the refusals of boroughs/exceptions.py."""

from boroughs.exceptions import LotiError


class Superseded(Exception):
    """A person decided something while the run was computing; its result must not be written."""


class TooManyWaiting(LotiError):
    """The person has asked for as many reports as may wait at once."""

"""What can go wrong in matching, beyond the refusals of boroughs/exceptions.py."""


class Superseded(Exception):
    """A person decided something while the run was computing; its result must not be written."""

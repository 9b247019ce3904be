"""What can go wrong, in the words that a person may be shown."""

from collections.abc import Mapping, Sequence


class LotiError(Exception):
    """A refusal with a message for the person who asked. Front doors show `str(error)`."""


class PermissionRefused(LotiError):
    """The person's roles do not allow this."""


class IllegalMove(LotiError):
    """The thing is not in a state from which this move is allowed."""


class ChangedMeanwhile(LotiError):
    """Somebody else changed the thing after the person had read it."""


class NotAcceptable(LotiError):
    """The content is not complete or not right yet. `problems` lists every one, in words.

    `fields` says the same by the name of the field that each is about, where a program asked and it is about one.
    """

    def __init__(self, problems: Sequence[str], fields: Mapping[str, list[str]] | None = None) -> None:
        super().__init__(" ".join(problems))
        self.problems = list(problems)
        self.fields = dict(fields or {})


class LeaseLost(Exception):
    """Another worker took this piece of work over while it was running; what was computed must not be written."""

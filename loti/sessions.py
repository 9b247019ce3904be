"""Sessions in the database, under keys that only look like our own.

A cookie is anybody's text: in quotes even "\\000" is a character, which PostgreSQL refuses with an error. What is no
key of ours is never asked for.
"""

import re

from django.contrib.sessions.backends import db

KEY = re.compile(r"[a-z0-9]{8,40}", re.ASCII)


class SessionStore(db.SessionStore):
    def _validate_session_key(self, key: str | None) -> bool:
        return isinstance(key, str) and KEY.fullmatch(key) is not None

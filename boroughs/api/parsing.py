"""Reading a body as JSON, strictly: what two readers could take for two things is refused."""

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class Refused(ValueError):
    """What is wrong with the JSON, in words."""


class StrictJSONParser(JSONParser):
    """One JSON object in UTF-8: no name twice, no NaN or Infinity, no half of a surrogate pair.

    Django REST framework hands the bodies of its own JSON parser over, and of those derived from it, within Django's
    limit of size.
    """

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        try:
            text = stream.read().decode("utf-8-sig")
            value = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
            # Text that cannot be written down again can neither be stored nor repeated in a message.
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise ParseError("The body holds half of a surrogate pair.") from error
        except UnicodeDecodeError as error:
            raise ParseError("The body is not UTF-8.") from error
        except json.JSONDecodeError as error:
            raise ParseError(f"The body is not JSON: {error.msg} in line {error.lineno}.") from error
        except Refused as error:
            raise ParseError(str(error)) from error
        except ValueError as error:
            raise ParseError("The body holds a number that is too long.") from error
        if not isinstance(value, dict):
            raise ParseError("The body must be one JSON object, in braces.")
        return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in pairs:
        if name in made:
            raise Refused("The body names the same member twice in one object.")
        made[name] = value
    return made


def _constant(name: str) -> Any:
    raise Refused(f"The body holds {name}, which is not JSON.")

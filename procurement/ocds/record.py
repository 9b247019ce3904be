"""The record of a joint demand: all its releases, and one made of them that says what holds now."""

from collections.abc import Sequence
from typing import Any

from procurement.ocds import merging, package
from procurement.ocds.publisher import Publisher
from procurement.ocds.release import Release


def build(releases: Sequence[Release], *, publisher: Publisher) -> dict[str, Any]:
    """A record package of one process. `releases` are all of it, oldest first."""
    ocid = releases[0]["ocid"]
    record = {"ocid": ocid, "compiledRelease": merging.compiled(releases), "releases": list(releases)}
    head = package.head(releases, uri=publisher.record_url(ocid), publisher=publisher)
    return {**head, "records": [record]}

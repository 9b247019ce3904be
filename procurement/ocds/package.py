"""Releases in a package, as Find a Tender packs them, so that its readers can read ours."""

from collections.abc import Mapping, Sequence
from typing import Any

from procurement.ocds.pruning import prune
from procurement.ocds.publisher import Publisher
from procurement.ocds.release import Release

# The six of Find a Tender's extensions that we use or may use, and enquiries for questions and answers.
EXTENSIONS = (
    "https://standard.open-contracting.org/profiles/eu/latest/en/extension.json",
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_budget_breakdown_extension/master/extension.json",
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_documentation_extension/master/extension.json",
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_pagination_extension/master/extension.json",
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_suitability_extension/master/extension.json",
    "https://raw.githubusercontent.com/cabinetoffice/ocds_uk_extension/main/extension.json",
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_enquiry_extension/master/extension.json",
)
LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"


def build(
    releases: Sequence[Release], *, uri: str, publisher: Publisher, next_uri: str = "", published: str = ""
) -> dict[str, Any]:
    """A release package. `published` is its date where it holds no release; else that of its newest release counts.

    The schema asks for at least one release in a package; an empty page of results is the one that has none, as at Find
    a Tender.
    """
    links = {"links": {"next": next_uri}} if next_uri else {}
    begun = head(releases, uri=uri, publisher=publisher, published=published)
    return {**begun, "releases": list(releases), **links}


def head(releases: Sequence[Release], *, uri: str, publisher: Publisher, published: str = "") -> Mapping[str, Any]:
    """What every package begins with."""
    begun: Mapping[str, Any] = prune(
        {
            "uri": uri,
            "version": "1.1",
            "extensions": list(EXTENSIONS),
            "publishedDate": max((release["date"] for release in releases), default=published),
            "publisher": {"name": publisher.name, "uri": publisher.site},
            "license": LICENCE,
            "publicationPolicy": publisher.policy_url(),
        }
    )
    return begun

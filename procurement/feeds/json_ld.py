"""A notice as schema.org's Demand, for search engines: "an announcement by an organization to seek a certain type of
goods or services". Only what the frozen version says, under properties that schema.org has.
"""

import json
from typing import Any

from procurement.feeds.entries import page_url
from procurement.ocds.publisher import Publisher
from procurement.ocds.release import DISCLAIMER, prune
from procurement.queries.published_notice import NamedBorough, PublishedNotice

# So that no text ends the element in which the data stands, or begins another one.
ESCAPES = str.maketrans({"<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def text(notice: PublishedNotice, publisher: Publisher) -> str:
    """The data as it may stand in a script element of HTML."""
    return json.dumps(build(notice, publisher), ensure_ascii=False).translate(ESCAPES)


def build(notice: PublishedNotice, publisher: Publisher) -> dict[str, Any]:
    service = {
        "@type": "Service",
        "name": notice.title,
        "serviceType": notice.category.name if notice.category else "",
    }
    demand = {
        "@context": "https://schema.org",
        "@type": "Demand",
        "name": notice.title,
        "description": f"{notice.summary}\n\n{DISCLAIMER}",
        "identifier": publisher.ocid(notice.demand),
        "url": page_url(notice.reference, publisher),
        "itemOffered": service,
        "areaServed": [{"@type": "AdministrativeArea", "name": borough.name} for borough in notice.boroughs],
        "validFrom": notice.first_published_at.isoformat() if notice.first_published_at else "",
        "availabilityEnds": notice.closes_date.isoformat(),
        "priceSpecification": _price(notice),
        # A Demand has no word for who seeks; an organisation has one for what it seeks.
        "@reverse": {"seeks": [_organisation(borough) for borough in notice.boroughs]},
    }
    pruned: dict[str, Any] = prune(demand)
    return pruned


def _price(notice: PublishedNotice) -> dict[str, Any] | None:
    low, high = notice.budget_min_total, notice.budget_max_total
    if low is None or high is None:
        return None
    return {
        "@type": "PriceSpecification",
        "priceCurrency": "GBP",
        "minPrice": low.floor,
        "maxPrice": high.ceiling,
        "valueAddedTaxIncluded": False,
    }


def _organisation(borough: NamedBorough) -> dict[str, Any]:
    return {"@type": "GovernmentOrganization", "name": borough.official_name, "identifier": borough.org_id}

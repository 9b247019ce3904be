"""The words for what facts say in codes: as the pages say them, without the models that they stand in."""

STATUSES = {"SUGGESTED": "Suggested", "CONFIRMED": "Confirmed", "RETIRED": "Retired"}
BANDS = {"STRONG": "Strong", "LIKELY": "Likely", "POSSIBLE": "Possible"}
STAGES = {
    "SUGGESTED": "Not answered yet",
    "WATCHING": "Watching",
    "INTERESTED": "Interested",
    "INTENDING": "Intending",
    "COMMITTED": "Committed",
    "DECLINED": "Declined",
}
DEPTHS = {
    "INTELLIGENCE": "Share intelligence",
    "SPECIFICATION": "Common specification",
    "MARKET": "Joint market approach",
    "TENDER": "Joint tender, contracts of our own",
    "CONTRACT": "One contract",
}
NOTICE_KINDS = {
    "ENGAGEMENT": "Early market engagement",
    "PLANNED": "Planned procurement",
    "PIPELINE": "Pipeline entry",
}
NOTICE_STATUSES = {
    "DRAFT": "Draft",
    "PROPOSED": "Waiting for a second person",
    "PUBLISHED": "Published",
    "CORRECTING": "Published, next version in preparation",
    "CORRECTION_PROPOSED": "Published, next version waiting for a second person",
    "WITHDRAWAL_PROPOSED": "Published, withdrawal waiting for a second person",
    "WITHDRAWN": "Withdrawn",
    "DISCARDED": "Discarded",
}


def said(labels: dict[str, str], code: str) -> str:
    """A code that is not known is said as it is: a later version of the platform may have written it."""
    return labels.get(code, code)

"""The disclosure rule with the parameters of this deployment."""

from django.conf import settings

from procurement.disclosure import Rule


def disclosure_rule() -> Rule:
    return Rule(
        minimum_contributors=settings.DISCLOSURE_MINIMUM_CONTRIBUTORS,
        dominance_percent=settings.DISCLOSURE_DOMINANCE_PERCENT,
        band=settings.DISCLOSURE_BAND,
        protection_percent=settings.DISCLOSURE_PROTECTION_PERCENT,
    )

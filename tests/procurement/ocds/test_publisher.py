"""The addresses in open data are those of the site, and identifiers lead back."""

from django.conf import settings
from django.urls import reverse

from procurement.ocds.publisher import Publisher

OURS = Publisher.of(settings)


def test_addresses_are_those_of_the_site() -> None:
    site = settings.SITE_URL
    assert OURS.notice_url("NT-0001", 2) == site + reverse("notice-version", args=["NT-0001", 2])
    assert OURS.pdf_url("NT-0001", 2) == site + reverse("notice-pdf", args=["NT-0001", 2])
    assert OURS.policy_url() == site + reverse("data-licence")
    assert OURS.record_url("ocds-x-jd-0001") == site + reverse("ocds-record-package", args=["ocds-x-jd-0001"])
    assert OURS.packages_url() == site + reverse("ocds-release-packages")
    assert OURS.package_url("ocds-x-jd-0001") == site + reverse("ocds-release-package", args=["ocds-x-jd-0001"])


def test_ocid_leads_back_to_its_demand() -> None:
    assert OURS.demand(OURS.ocid("JD-0012")) == "JD-0012"
    assert OURS.demand("ocds-other-jd-0012") is None
    assert OURS.demand(f"{settings.OCDS_OCID_PREFIX}-") is None

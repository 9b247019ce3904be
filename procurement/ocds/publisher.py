"""Who publishes the open data, and under which addresses."""

from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Publisher:
    name: str
    # Without a slash at the end.
    site: str
    email: str
    # Registered with the Open Contracting Partnership; "ocds-213czf" is the documentation's.
    ocid_prefix: str

    @classmethod
    def of(cls, settings: Any) -> Self:
        """The publisher that the project's settings name."""
        return cls(
            name=settings.PUBLISHER_NAME,
            site=settings.SITE_URL,
            email=settings.CONTACT_EMAIL,
            ocid_prefix=settings.OCDS_OCID_PREFIX,
        )

    def ocid(self, demand: str) -> str:
        """The open contracting identifier of a joint demand, for as long as it lives."""
        return f"{self.ocid_prefix}-{demand.lower()}"

    def demand(self, ocid: str) -> str | None:
        """The reference of the joint demand that an ocid names; None where it is not one of ours."""
        start = f"{self.ocid_prefix}-"
        return ocid[len(start) :].upper() if ocid.startswith(start) and len(ocid) > len(start) else None

    # As procurement/urls spells them; a test holds the two together.

    def notice_url(self, reference: str, number: int) -> str:
        """The permanent address of one version."""
        return f"{self.site}/notices/{reference}/versions/{number}/"

    def pdf_url(self, reference: str, number: int) -> str:
        """The PDF of one version."""
        return f"{self.notice_url(reference, number)}notice.pdf"

    def policy_url(self) -> str:
        """What the open data holds, and how it may be used."""
        return f"{self.site}/data-licence/"

    def packages_url(self) -> str:
        """Where all releases are."""
        return f"{self.site}/api/1.0/ocdsReleasePackages"

    def package_url(self, name: str) -> str:
        """Where the releases of an ocid, or one release, are."""
        return f"{self.packages_url()}/{name}"

    def record_url(self, ocid: str) -> str:
        """Where the record of an ocid is."""
        return f"{self.site}/api/1.0/ocdsRecordPackages/{ocid}"

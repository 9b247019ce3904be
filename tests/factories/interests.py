"""Scenes with suppliers' interest. They go through the actions, as people do, so that the bands are true."""

from typing import Any

from procurement.actions import interests
from procurement.actions.interests import InterestContent
from procurement.models import Interest, Notice


def content(notice: Notice, **said: Any) -> InterestContent:
    """For every borough of the notice."""
    assert notice.current is not None
    slugs = tuple(notice.current.boroughs.order_by("slug").values_list("slug", flat=True))
    return InterestContent(**{"organisation": "Quill Ltd", "boroughs": slugs, **said})


def show(notice: Notice, email: str = "ann@supplier.example", **said: Any) -> Interest:
    """Shown and confirmed from the mailbox."""
    interest = interests.show(notice=notice, email=email, content=content(notice, **said))
    interests.confirm(interest=interest)
    interest.refresh_from_db()
    return interest


def show_many(notice: Notice, count: int, *, first: int = 1) -> list[Interest]:
    """Each of a mailbox and an organisation of its own."""
    numbers = range(first, first + count)
    return [show(notice, f"{number}@supplier.example", organisation=f"Supplier {number} Ltd") for number in numbers]


def show_some(notice: Notice, *, first: str) -> None:
    """Of twelve suppliers, so that everybody is told a band; the `first` mailbox says all that can be said."""
    statement = "We move contact centres in two steps, officers first.\n\nFrom May 2027 for three authorities at once."
    known = {"organisation": "Quill Telephony Ltd", "company_number": "01234567", "volume": "UP_TO_2000"}
    show(notice, first, **known, is_sme=True, frameworks=("Network Services 3", "G-Cloud 14"), statement=statement)
    show(notice, "2@supplier.example", organisation="A", boroughs=("camden",), frameworks=("g-cloud 14",))
    long = (
        "Gesellschaft für Kommunikations- und Informationstechnik mit beschränkter Haftung und Compagnie London Branch"
    )
    show(notice, "3@supplier.example", organisation=long, volume="MORE", is_sme=False, is_vcse=True)
    show_many(notice, 9, first=4)

"""A demonstration's first interest from suppliers: in one notice enough that everybody is told how many, roughly.

The suppliers are made up, so nothing is sent to their addresses.
"""

from dataclasses import replace

from procurement.actions import interests
from procurement.actions.interests import InterestContent
from procurement.models import Interest, Notice

Volume = Interest.Volume
SUPPLIERS = (
    InterestContent(
        "Alder Systems Ltd",
        (),
        volume=Volume.UP_TO_2000,
        is_sme=True,
        frameworks=("G-Cloud 14",),
        statement="We could begin with two authorities and add one a quarter.",
    ),
    InterestContent("Bramble Digital CIC", (), volume=Volume.UP_TO_500, is_sme=True, is_vcse=True),
    InterestContent("Cornflower plc", (), volume=Volume.MORE, is_sme=False, frameworks=("G-Cloud 14",)),
    InterestContent("Damson Data Ltd", (), volume=Volume.UP_TO_10000, is_sme=True),
    InterestContent(
        "Elder & Finch LLP",
        (),
        is_sme=True,
        statement="Hosted in the United Kingdom, with an open interface for records.",
    ),
    InterestContent("Foxglove Software Ltd", (), volume=Volume.UP_TO_2000, is_sme=True),
    InterestContent("Gorse Services Ltd", (), volume=Volume.UP_TO_10000, is_sme=False),
)


def show(notice: Notice) -> None:
    """Have made-up suppliers show interest in a published notice, some for all of its authorities, others for fewer."""
    boroughs = list(notice.current.boroughs.order_by("name")) if notice.current else []
    for place, said in enumerate(SUPPLIERS):
        content = replace(said, boroughs=tuple(each.slug for each in boroughs[place % len(boroughs) :]))
        interests.confirm(interest=interests.note(email=f"{place}@suppliers.example", notice=notice, content=content))

"""What a person had read, as a token: the whole is named, and a refusal says which parts are others."""

import pytest

from procurement.queries import notice_seen, public_content
from tests.factories import notices as scene

pytestmark = pytest.mark.django_db


def test_each_part_of_what_is_published_is_told_by_its_name() -> None:
    content = public_content.draft(scene.draft()).content
    seen = notice_seen.token(content)
    assert notice_seen.changed(seen, content) == ""
    for name, words in notice_seen.PARTS.items():
        if name == "reason":
            assert notice_seen.changed(seen, content, reason="Why.") == words
        else:
            assert notice_seen.changed(seen, content | {name: "another"}) == words
    unnamed = content.keys() - notice_seen.PARTS.keys()
    assert unnamed == {"format", "reference", "demand", "cpv", "is_withdrawn"}
    for name in unnamed:
        assert notice_seen.changed(seen, content | {name: "another"}) == "it"


@pytest.mark.parametrize("seen", ["", "0", "é" * 64])
def test_anything_else_is_no_token(seen: str) -> None:
    assert notice_seen.changed(seen, public_content.draft(scene.draft()).content) == "it"

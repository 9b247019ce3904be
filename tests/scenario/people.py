"""Somebody of a scenario: reads pages, sends the forms that they find there, and is refused what is not theirs."""

import html
from abc import ABC, abstractmethod
from typing import Any

from django.test import Client

from boroughs.models import AuditEvent, User
from procurement.models import ParticipationStep
from tests.scenario.pages import Form, Page

PROBLEM = "There is a problem"


class Person(ABC):
    """What they do is the same with every means of getting there and of sending a form."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.client = Client()
        self.client.force_login(user)
        # What they have before them.
        self.here: Page | None = None

    @abstractmethod
    def goes(self, address: str) -> Page: ...

    @abstractmethod
    def follows(self, page: Page, place: int) -> Page:
        """One of the page's links."""

    @abstractmethod
    def submits(self, page: Page, form: Form, said: dict[str, str]) -> Page: ...

    @abstractmethod
    def downloads(self, address: str, *, at: str) -> bytes:
        """The file that a link there leads to."""

    def reads(self, address: str) -> str:
        page = self.goes(address)
        assert page.status == 200, f"{address}: {page.status}"
        return page.text

    def sends(self, address: str, *, at: str, **said: Any) -> str:
        """Fill in the form for `address` that is found on the page `at`, or behind a link there.

        What the form has filled in by itself goes along.
        """
        words = {name: str(value) for name, value in said.items()}
        page = self.here if self.here is not None and self.here.address == at else self.goes(at)
        # Where it is not on the page that they have before them, they load that anew.
        form = page.form(address, words) or (page := self.goes(at)).form(address, words)
        if form is None:
            assert page.ways(address), f"nothing at {at} leads to {address}"
            page = self.follows(page, page.ways(address)[0])
            form = page.form(address, words)
        assert form is not None, f"no form at {page.address} takes {words} to {address}"
        answer = self.submits(page, form, words)
        assert answer.status == 200, f"{address}: {answer.status}"
        assert PROBLEM not in answer.text, answer.text[answer.text.index(PROBLEM) :][:600]
        return answer.text

    def is_refused(self, address: str, *, at: str, because: str = "", **said: Any) -> bool:
        """Nobody offers it to them at `at`, the server turns them away, and nothing is written.

        With `because` the form is theirs, but not this answer; the server says so in these words.
        """
        words = {name: str(value) for name, value in said.items()}
        page = self.goes(at)
        if page.status == 200 and because:
            page = self.follows(page, page.ways(address)[0])
            assert page.forms_to(address), f"no form at {page.address}"
            assert page.form(address, words) is None, f"{page.address} offers {words}"
        elif page.status == 200:
            assert not page.forms_to(address), f"{at} offers {address}"
            assert not page.ways(address), f"{at} leads to {address}"
        before = _written()
        answer = self.client.post(address, words)
        assert _written() == before
        if because:
            return because in html.unescape(answer.content.decode())
        return answer.status_code in (403, 404)


class Caller(Person):
    """Without a browser: asks for each page, and sends what its form would."""

    def goes(self, address: str) -> Page:
        return self._page(self.client.get(address, follow=True))

    def follows(self, page: Page, place: int) -> Page:
        return self.goes(page.links[place])

    def submits(self, page: Page, form: Form, said: dict[str, str]) -> Page:
        return self._page(self.client.post(form.action, form.sends(said), follow=True))

    def downloads(self, address: str, *, at: str) -> bytes:
        assert self.goes(at).ways(address), f"nothing at {at} leads to {address}"
        return bytes(self.client.get(address).content)

    def _page(self, answer: Any) -> Page:
        markup = answer.content.decode()
        asked = f"{answer.request['PATH_INFO']}?{answer.request['QUERY_STRING']}".rstrip("?")
        self.here = Page(asked, answer.status_code, markup, html.unescape(markup))
        return self.here


def _written() -> tuple[int, int]:
    return AuditEvent.objects.count(), ParticipationStep.objects.count()

import pytest

from procurement.actions.subscribers import mailbox
from procurement.forms.following import MailboxForm


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Ann.O'Hara+board@Example.com ", "ann.o'hara+board@example.com"),
        ("ann=x?y=z@example.com", "ann=x?y=z@example.com"),
        ("ann@ｅxaｍple.com", "ann@example.com"),
        ("ann@\u212aent.example", "ann@kent.example"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example"),
    ],
)
def test_a_mailbox_has_one_spelling(typed: str, kept: str) -> None:
    form = MailboxForm({"email": typed})
    assert form.is_valid()
    assert mailbox(form.cleaned_data["email"]) == kept


@pytest.mark.parametrize(
    "typed",
    [
        '"ann"@example.com',
        '"a\x0cBcc:b@example.com"@example.com',
        "=?utf-8?q?ann?=@example.com",
        "=?utf-8?b?pge+?=@example.com",
        "\u212aim@example.com",
        "ſ" * 60 + "@example.com",
        "ann@" + "ı" * 60 + ".com",
        "ann@[127.0.0.1]",
    ],
)
def test_other_names_of_a_mailbox_are_no_address(typed: str) -> None:
    form = MailboxForm({"email": typed})
    assert form.errors == {"email": ["Enter an e-mail address in the correct form, like name@example.com."]}

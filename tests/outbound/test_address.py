import threading

import pytest

from procurement.outbound import address
from procurement.outbound.address import Refused, Target

SERVER = Target("example.com", 443, "/")


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://example.com", Target("example.com", 443, "/")),
        ("https://Example.COM:443/a?b=c#d", Target("example.com", 443, "/a?b=c")),
        ("https://bücher.example/", Target("xn--bcher-kva.example", 443, "/")),
    ],
)
def test_an_address_is_taken_apart(url: str, target: Target) -> None:
    assert address.parse(url) == target


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://example.com/", "must begin with https"),
        ("ftp://example.com/", "must begin with https"),
        ("example.com/hook", "correct form"),
        ("https:///hook", "correct form"),
        ("https://example.com:99999/", "correct form"),
        ("https://[::1/", "correct form"),
        ("https://example.com/é", "correct form"),
        ("https://example.com:8443/", "port 8443"),
        ("https://ann:secret@example.com/", "password"),
        ("https://@example.com/", "password"),
        ("https://example.com/a b", "spaces"),
        ("https://example.com/\r\nHost: other", "spaces"),
        ("https://example.com\\@127.0.0.1/", "spaces"),
        ("https://example.com/" + "a" * 2980, "3,000 characters"),
        ("http://127.0.0.1:8000/", "must begin with https"),
    ],
)
def test_what_is_wrong_is_said(url: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        address.parse(url)


def test_this_machine_is_reached_in_trials_only_and_no_other() -> None:
    assert address.parse("http://127.0.0.1:8000/", loopback=True) == Target("127.0.0.1", 8000, "/", is_secure=False)
    for url in ("http://10.0.0.1/", "http://localhost/", "http://127.0.0.2/"):
        with pytest.raises(Refused):
            address.parse(url, loopback=True)


@pytest.mark.parametrize("found", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14"])
def test_public_addresses_are_reached(found: str) -> None:
    assert address.is_public(found)


@pytest.mark.parametrize(
    "found",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        # Where clouds answer for their keys.
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - refused, not bound to
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "198.18.0.1",
        "192.0.0.8",
        "192.88.99.1",
        "168.63.129.16",
        "::ffff:168.63.129.16",
        "3fff::1",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "fe80::1%eth0",
        "fc00::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "nonsense",
    ],
)
def test_addresses_that_are_not_public_are_refused(found: str) -> None:
    assert not address.is_public(found)
    with pytest.raises(Refused, match=r"no server called example\.com"):
        address.addresses(SERVER, seconds=1, resolve=lambda *_: ["93.184.215.14", found])


def test_names_of_our_own_network_are_told_apart_from_none_by_nothing() -> None:
    said = []
    for found in ([], ["10.0.0.1"], ["93.184.215.14", "127.0.0.1"]):
        with pytest.raises(Refused) as refusal:
            address.addresses(SERVER, seconds=1, resolve=lambda *_, found=found: found)
        said.append(str(refusal.value))
    assert len(set(said)) == 1


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "localhost", "017700000001"])
def test_other_spellings_of_this_machine_are_refused(host: str) -> None:
    with pytest.raises(Refused):
        address.addresses(address.parse(f"https://{host}/"), seconds=5)


def test_a_name_without_a_server_is_refused() -> None:
    def nowhere(*_: object) -> list[str]:
        raise OSError

    with pytest.raises(Refused, match=r"no server called example\.com"):
        address.addresses(SERVER, seconds=1, resolve=nowhere)


def test_a_name_that_is_never_answered_is_given_up() -> None:
    ended = threading.Event()

    def waits(*_: object) -> list[str]:
        ended.wait(30)
        return []

    with pytest.raises(Refused, match="in time"):
        address.addresses(SERVER, seconds=0.05, resolve=waits)
    ended.set()

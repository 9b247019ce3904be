"""Which addresses on the internet we send to, and where their names lead.

A stranger types the address, and our machine connects to it from inside our network: so nothing but public addresses,
and the very address that was checked is the one that is connected to. A name that leads elsewhere a moment later
(DNS rebinding) gains nothing.
"""

import ipaddress
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

MOST_CHARACTERS = 2000
HTTPS = 443
# Addresses of one name that are tried.
MOST_ADDRESSES = 4
LOOPBACK = "127.0.0.1"

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
# The addresses of a host and port, as text; raises OSError where there are none.
Resolve = Callable[[str, int], Sequence[str]]

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# What counts as global for ipaddress, at least in older Pythons, and is not: what a network's own gateway
# translates (RFC 8215), protocol assignments (RFC 6890), relays out of use (RFC 7526), documentation (RFC 9637), and
# the address at which a cloud's host answers its guests.
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(each)
    for each in ("64:ff9b:1::/48", "192.0.0.0/24", "192.88.99.0/24", "3fff::/20", "168.63.129.16/32")
)
# IPv4 addresses written as IPv6 ones, long out of use.
_COMPATIBLE = ipaddress.ip_network("::/96")
_LOW = 0xFFFFFFFF


class Refused(ValueError):
    """We do not send there. The message says why, to the person who typed the address."""


@dataclass(frozen=True)
class Target:
    """An address, taken apart. `host` is in ASCII and lower case, `path` with its query."""

    host: str
    port: int
    path: str
    is_secure: bool = True

    @property
    def name(self) -> str:
        """What a Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == HTTPS and self.is_secure else f"{host}:{self.port}"


def parse(url: str, *, loopback: bool = False) -> Target:
    """Take an address apart. `loopback` allows http to this machine, for trials. Raises Refused."""
    if len(url) > MOST_CHARACTERS:
        raise Refused(f"The address has {len(url):,} characters. Use {MOST_CHARACTERS:,} at most.")
    if any(character <= " " or character in '\\"<>^`{|}\x7f' for character in url):
        raise Refused("The address has spaces or characters that an address cannot have.")
    try:
        parts = urlsplit(url)
        port, host = parts.port, _ascii(parts.hostname or "")
    except ValueError as error:
        raise Refused("Enter the address in the correct form, like https://example.com/loti.") from error
    if parts.username is not None or parts.password is not None:
        raise Refused("Leave out the user name and password. Each message is signed instead.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not host or not path.isascii():
        raise Refused("Enter the address in the correct form, like https://example.com/loti.")
    if loopback and parts.scheme == "http" and host == LOOPBACK:
        return Target(host, port or 80, path, is_secure=False)
    if parts.scheme != "https":
        raise Refused("The address must begin with https://.")
    if port not in (None, HTTPS):
        raise Refused(f"The address names port {port}. Only port {HTTPS}, the usual one of https, can be used.")
    return Target(host, HTTPS, path)


def lookup(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver, which answers a name, or a number in any of its spellings."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(place[0]) for *_, place in found]


def addresses(target: Target, *, seconds: float, resolve: Resolve = lookup) -> tuple[str, ...]:
    """Where the host's name leads, asked once. Raises Refused where any of it is not public, or nothing is there."""
    if not target.is_secure:
        # Only `parse` makes such a target, and only of this machine.
        return (target.host,)
    found = list(dict.fromkeys(_in_time(target, seconds, resolve)))
    if not found or not all(is_public(each) for each in found):
        # One answer for both: two would let anybody ask which names our own network has.
        raise Refused(
            f"The internet has no server called {target.host}. Check the address; we send to no other network."
        )
    return tuple(found[:MOST_ADDRESSES])


def is_public(text: str) -> bool:
    """Whether an address, and each that is wrapped up in it, is reachable by the whole internet."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return all(_is_public(each) for each in _unwrapped(address))


def _is_public(address: IPAddress) -> bool:
    # Multicast counts as global for ipaddress.
    if any(address in network for network in _NOT_PUBLIC) or getattr(address, "is_site_local", False):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _unwrapped(address: IPAddress) -> list[IPAddress]:
    """The addresses that packets may reach in the end. A gateway passes them on to the inner one."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address in _NAT64:
        return [ipaddress.IPv4Address(int(address) & _LOW)]
    if address in _COMPATIBLE:
        return [address, ipaddress.IPv4Address(int(address) & _LOW)]
    inner = [address.sixtofour] if address.sixtofour is not None else list(address.teredo or ())
    return [address, *inner]


def _in_time(target: Target, seconds: float, resolve: Resolve) -> Sequence[str]:
    """Ask in a thread that may be left behind: the system's resolver knows no time limit of ours."""
    answers: list[Sequence[str]] = []

    def ask() -> None:
        try:
            answers.append(resolve(target.host, target.port))
        except (OSError, UnicodeError):
            answers.append(())

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(seconds)
    if not answers:
        raise Refused(f"The name {target.host} could not be looked up in time.")
    return answers[0]


def _ascii(host: str) -> str:
    """Raises ValueError (UnicodeError) where it is no name."""
    return host if host.isascii() else host.encode("idna").decode("ascii")

"""What the tests of supervision ask about processes."""

from collections.abc import Iterable
from pathlib import Path

from loti.supervision.guarded import wait_until

SHELL = "/bin/sh"


def alive(number: int) -> bool:
    """Whether the process runs: one that has ended and waits to be collected does not."""
    try:
        state = Path(f"/proc/{number}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in ("Z", "X")


def all_end(numbers: Iterable[int], *, seconds: float) -> bool:
    numbers = list(numbers)
    return wait_until(lambda: not any(alive(number) for number in numbers), timeout=seconds)


def numbers_in(path: Path, *, count: int, seconds: float = 10.0) -> list[int]:
    """Process numbers that a child writes, one a line, once there are `count` of them."""

    def there() -> bool:
        return path.exists() and len(path.read_text(encoding="ascii").split()) >= count

    assert wait_until(there, timeout=seconds), f"{path.name} has not {count} numbers after {seconds} s"
    return [int(word) for word in path.read_text(encoding="ascii").split()]

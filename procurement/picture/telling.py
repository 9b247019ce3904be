"""What a report may say to whom: the same snapshot, told exactly or as those read it who may not see exact figures."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Telling:
    # Whether every figure of every authority is told as it is. Else counts, names and told figures.
    exact: bool = False
    # Slug of the authority whose own figures are told as they are in any case; "" for none.
    own: str = ""

    def is_exact_of(self, borough: str) -> bool:
        return self.exact or (bool(self.own) and borough == self.own)


EXACT = Telling(exact=True)
TOLD = Telling()

"""From a contract of an OCDS release to the columns of a contract register. docs/contracts.md tells the rules.

What the release says and the register has no field for, or what was understood rather than said, stands in a remark.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from boroughs.forms.contracts import MAX_POUNDS
from boroughs.forms.release_dates import day_in_words, day_of, months_between
from boroughs.forms.release_merging import Entry, Json, identifiers_of, mapping, name_of, objects, text, word
from boroughs.forms.text import MAX_CHARACTERS, clean_block
from boroughs.models import Category

MAX_REFERENCE = 100
MAX_LINE = 300
MAX_WORDS = 500
MAX_OPTION_MONTHS = 240
DIGEST = 12
# No more suppliers, buyers or items of one contract are looked at; how many there are is said.
NAMED = 100
COMPANIES_HOUSE = "GB-COH-"
COMPANY_NUMBER = re.compile(r"[A-Z0-9]{2}\d{6}", re.ASCII)
CPV = re.compile(r"(\d{8})(?:-\d)?", re.ASCII)
# The first two digits name a division, such as all software, which fits no one category.
LEAST_DIGITS = 3
MAX_CODES = 10


@dataclass
class Described:
    """A row, and what is to be said of it."""

    # Only the columns that the release fills.
    values: dict[str, Any] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def put(self, column: str, value: str) -> None:
        if value:
            self.values[column] = value

    def put_line(self, column: str, label: str, value: str) -> None:
        """Text that the form would refuse as too long is cut, and that is said."""
        if len(value) > MAX_LINE:
            value = value[: MAX_LINE - 1].rstrip() + "…"
            self.remarks.append(f"The {label} is longer than {MAX_LINE} characters and was cut.")
        self.put(column, value)


def describe(entry: Entry, categories: Sequence[Category] = ()) -> Described:
    """The row of a contract; of an award, where there is no contract."""
    row = Described()
    row.put("reference", _reference(entry, row))
    row.put_line("title", "title", _first_text(_places(entry), "title"))
    row.put("description", _description(entry, row))
    _put_supplier(entry, row)
    _put_period(entry, row)
    _put_value(entry, row)
    row.put("ocid", entry.ocid)
    row.put("buyer", _joined(entry.names[:NAMED], len(entry.names)))
    _put_category(entry, categories, row)
    if len(entry.names) > 1:
        row.remarks.append(f"{len(entry.names)} buyers share it; its value is that of all of them together.")
    if not entry.is_contract:
        row.remarks.append("The file tells of an award, not yet of a contract.")
    elif word(entry.contract.get("status")) == "pending":
        row.remarks.append("The contract is proposed but not in force yet, as the file has it.")
    return row


def _places(entry: Entry) -> tuple[Json, ...]:
    return entry.contract, entry.award, entry.tender


def _first_text(places: Sequence[Json], name: str) -> str:
    return next(filter(None, (text(place.get(name)) for place in places)), "")


def _reference(entry: Entry, row: Described) -> str:
    whole = f"{entry.ocid} {entry.identifier}".strip()
    if not entry.identifier:
        row.remarks.append("The contract has no identifier of its own; its OCID alone is its reference.")
    if len(whole) <= MAX_REFERENCE:
        return whole
    row.remarks.append(f"The reference is longer than {MAX_REFERENCE} characters and was cut; a checksum ends it.")
    digest = hashlib.sha256(whole.encode()).hexdigest()[:DIGEST]
    return f"{whole[: MAX_REFERENCE - DIGEST - 1]}~{digest}"


def _description(entry: Entry, row: Described) -> str:
    told = (place.get("description") for place in _places(entry))
    given = next((each for each in told if isinstance(each, str) and each.strip()), "")
    # Twice the limit, so that what cleaning takes away is not missed.
    whole = clean_block(given[: 2 * MAX_CHARACTERS])
    words = [match.end() for match in re.finditer(r"\S+", whole)]
    limit = min(words[MAX_WORDS - 1] if len(words) > MAX_WORDS else len(whole), MAX_CHARACTERS - 1)
    if limit == len(whole) and len(given) <= 2 * MAX_CHARACTERS:
        return whole
    row.remarks.append(f"The description is longer than {MAX_WORDS} words and was cut.")
    return whole[:limit].rstrip() + "…"


# --- suppliers ----------------------------------------------------------------------------------------------------


def _put_supplier(entry: Entry, row: Described) -> None:
    suppliers = objects(entry.contract.get("suppliers")) or objects(entry.award.get("suppliers"))
    known = [_with_party(each, entry) for each in suppliers[:NAMED]]
    names = list(dict.fromkeys(filter(None, map(name_of, known))))
    total = len(names) + max(0, len(suppliers) - NAMED)
    row.put("supplier", _joined(names, total))
    numbers = list(dict.fromkeys(filter(None, map(_company_number, known))))
    if total > 1:
        row.remarks.append(f"{total:,} suppliers are named.")
        if numbers:
            row.remarks.append(
                f"Company numbers: {', '.join(numbers)}. The register has room for that of one supplier."
            )
    elif numbers:
        row.put("company_number", numbers[0])
        if len(numbers) > 1:
            row.remarks.append(f"The supplier has several company numbers: {', '.join(numbers)}.")


def _with_party(supplier: Json, entry: Entry) -> Json:
    return {**entry.parties.get(text(supplier.get("id")), {}), **{k: v for k, v in supplier.items() if v is not None}}


def _joined(names: Sequence[str], total: int) -> str:
    """As many names as a line has room for, and how many more there are of `total`."""
    for number in range(len(names), 0, -1):
        rest = total - number
        others = [f"{rest:,} other{'' if rest == 1 else 's'}"] if rest else []
        said = " and ".join([*names[:number], *others])
        if len(said) <= MAX_LINE:
            return said
    # One name alone that is too long.
    return names[0][: MAX_LINE - 1].rstrip() + "…" if names else ""


def _company_number(party: Json) -> str:
    """At Companies House, eight characters; Find a Tender gives some without their leading noughts."""
    for each in identifiers_of(party):
        if each.upper().startswith(COMPANIES_HOUSE):
            number = each[len(COMPANIES_HOUSE) :].upper().replace(" ", "")
            padded = number.zfill(8) if number.isascii() and number.isdigit() else number
            if COMPANY_NUMBER.fullmatch(padded):
                return padded
    return ""


# --- dates --------------------------------------------------------------------------------------------------------


def _put_period(entry: Entry, row: Described) -> None:
    period, planned = _period(entry)
    row.put("start_date", _day(period.get("startDate"), "start", row))
    row.put("end_date", _day(period.get("endDate"), "end", row))
    if planned:
        row.remarks.append("The dates are those that the tender planned; the file has none of the contract.")
    _put_options(entry, period, row)


def _period(entry: Entry) -> tuple[Json, bool]:
    """The contract's period, else its award's, else what the tender or its one lot planned."""
    for period in (mapping(entry.contract.get("period")), mapping(entry.award.get("contractPeriod"))):
        if period.get("startDate") or period.get("endDate"):
            return period, False
    for place in (*_lots(entry), entry.tender):
        period = mapping(place.get("contractPeriod"))
        if period.get("startDate") or period.get("endDate"):
            return period, True
    return {}, False


def _lots(entry: Entry) -> list[Json]:
    """The lot that the award is for; none where it is for several."""
    related = entry.award.get("relatedLots")
    if not isinstance(related, list) or len(related) != 1:
        return []
    lot = entry.lots.get(text(related[0]))
    return [] if lot is None else [lot]


def _day(value: Any, which: str, row: Described) -> str:
    if value is None or value == "":
        return ""
    day = day_of(text(value))
    if day is not None:
        return day.isoformat()
    row.remarks.append(f"The {which} date is not a date that can be read.")
    # For the form to refuse, which shows it.
    return text(value)[:MAX_LINE] or "?"


def _put_options(entry: Entry, period: Json, row: Described) -> None:
    end = day_of(row.values.get("end_date", ""))
    latest = max(filter(None, map(day_of, _latest_dates(entry, period))), default=None)
    if latest and end and latest > end:
        months = months_between(end, latest)
        if months and months <= MAX_OPTION_MONTHS:
            row.put("extension_options", str(months))
            row.remarks.append(
                f"It can be extended until {day_in_words(latest)}; that is entered as one option of {months} months, "
                f"as the file does not say in which steps."
            )
        else:
            row.remarks.append(f"It can be extended until {day_in_words(latest)}, which is no option in whole months.")
    for label, words in _told_options(entry):
        row.remarks.append(f"{label}: {words[:MAX_LINE]}{'…' if len(words) > MAX_LINE else ''}")


def _latest_dates(entry: Entry, period: Json) -> Iterator[str]:
    yield text(period.get("maxExtentDate"))
    for place in (entry.contract, entry.award):
        renewal = mapping(place.get("renewal"))
        yield text(renewal.get("maxExtentDate"))
        for each in (mapping(renewal.get("period")), *(mapping(o.get("period")) for o in _options(place))):
            yield text(each.get("maxExtentDate"))
            yield text(each.get("endDate"))


def _options(place: Json) -> list[Json]:
    options = place.get("options")
    return [options] if isinstance(options, dict) else objects(options)


def _told_options(entry: Entry) -> Iterator[tuple[str, str]]:
    for place in (entry.contract, entry.award, *_lots(entry)):
        told = [("Renewal", text(mapping(place.get("renewal")).get("description")))]
        told += [("Options", text(each.get("description"))) for each in _options(place)]
        said = [pair for pair in told if pair[1]]
        if said:
            yield from said
            return


# --- money --------------------------------------------------------------------------------------------------------


def _put_value(entry: Entry, row: Described) -> None:
    """Whole pounds without VAT. What a tender estimated is not what a contract is worth, and is not taken."""
    for place in (entry.contract, entry.award):
        value = mapping(place.get("value"))
        if value.get("amount") is not None:
            row.put("total_value", _pounds(value, row))
            return
    gross = any(mapping(place.get("value")).get("amountGross") is not None for place in (entry.contract, entry.award))
    if gross:
        row.remarks.append("The value is given with VAT only, so it is left out.")


def _pounds(value: Json, row: Described) -> str:
    currency = text(value.get("currency")).upper()
    if currency != "GBP":
        said = f"is in {currency[:10]}" if currency else "has no currency"
        row.remarks.append(f"The value {said} and is left out; nothing is converted.")
        return ""
    try:
        amount = Decimal(text(value["amount"]))
        is_fit = amount.is_finite() and 0 <= amount <= MAX_POUNDS
    except InvalidOperation:
        is_fit = False
    if not is_fit:
        row.remarks.append("The value is not an amount that the register takes, so it is left out.")
        return ""
    pounds = amount.to_integral_value(rounding=ROUND_HALF_UP)
    if pounds != amount:
        row.remarks.append("The value is rounded to whole pounds.")
    return str(int(pounds))


# --- category -----------------------------------------------------------------------------------------------------


def _put_category(entry: Entry, categories: Sequence[Category], row: Described) -> None:
    codes = _cpv(entry)
    if not codes:
        return
    told = [f"{code} ({label})" if label else code for code, label in codes.items()]
    more = f" and {len(told) - MAX_CODES} more" if len(told) > MAX_CODES else ""
    row.remarks.append(f"CPV {', '.join(told[:MAX_CODES])}{more}.")
    if not categories:
        return
    length, nearest = _nearest(list(codes), categories)
    if len(nearest) == 1:
        row.put("category", nearest[0].slug)
        row.remarks.append(f"The category “{nearest[0].name}” is chosen, as its CPV code agrees in {length} digits.")
    elif nearest:
        row.remarks.append(f"{len(nearest)} categories have a CPV code as near, so none is chosen.")
    else:
        row.remarks.append("No category has a CPV code near enough, so none is chosen.")


def _cpv(entry: Entry) -> dict[str, str]:
    """Code: label, of the contract's first items, else the award's, else the tender's."""
    for place in _places(entry):
        codes: dict[str, str] = {}
        for each in (place, *objects(place.get("items"), NAMED)):
            for given in (mapping(each.get("classification")), *objects(each.get("additionalClassifications"), NAMED)):
                match = CPV.fullmatch(text(given.get("id")))
                if match and word(given.get("scheme")) == "cpv":
                    codes.setdefault(match[1], text(given.get("description"))[:MAX_LINE])
        if codes:
            return codes
    return {}


def _nearest(codes: Sequence[str], categories: Sequence[Category]) -> tuple[int, list[Category]]:
    """Those whose code, without its closing noughts, begins the longest part of one of `codes`."""
    best, found = LEAST_DIGITS - 1, dict[str, Category]()
    for category in categories:
        for own in map(str, category.cpv):
            stem = own.rstrip("0")
            if len(stem) < max(best, LEAST_DIGITS) or not any(code.startswith(stem) for code in codes):
                continue
            if len(stem) > best:
                best, found = len(stem), {}
            found[category.slug] = category
    return best, list(found.values())

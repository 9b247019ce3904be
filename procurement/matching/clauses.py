"""What a line of a specification is about, whatever is bought: its aspects, its values, whether it is a standing term
and whether it says what must not be.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from procurement.matching import text

_ACRONYM: Final = re.compile(r"[A-Z].*[A-Z]|[A-Z].*\d|\d.*[A-Z]")
_RELATIVE: Final = re.compile(r"\b(?:which|that|who|where|when|if|unless|so)\b", re.IGNORECASE)
_NEGATION: Final = re.compile(
    r"^(?:no|not|never|avoid|forbid|prohibit|exclude|do not|don't)\b(?! (?:more|later|less|fewer|longer|only|just)\b)"
    r"|\b(?:must|shall|should|may|can|could|will|would|do|does|is|are|need)(?: not|n't)\b(?! (?:only|just)\b)"
    r"|\b(?:cannot|won't|never)\b|\b(?:is|are) no\b(?! (?:more|later|less|fewer)\b)|\bnot to be\b"
    r"|\bno (?:need|requirement|wish) (?:for|of|to)\b|\bnot (?:needed|required|wanted|necessary|allowed|permitted)\b"
    r"|\b(?:is|are) (?:forbidden|excluded|out of scope|unwanted)\b",
    re.IGNORECASE,
)


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)


# Terms that every specification carries, whatever is bought.
_STANDING: Final = {
    "Data protection": _pattern(
        r"gdpr|data protection|dpia|(?:data|hosted|held)[\w ]{0,20} (?:in|within) the uk|uk.hosted|data residency"
    ),
    "Cyber security certificates": _pattern(r"cyber essentials(?: plus)?|iso[ /]?(?:iec )?27\d{3}|ncsc principles"),
    "Accessibility": _pattern(r"wcag|accessibility regulations?|accessibility standards?"),
    "Social value": _pattern(r"social value|living wage|modern slavery|apprentice\w*|local employment"),
    "Environment": _pattern(r"net.zero|carbon (?:neutral|reduction plan)|iso ?14001"),
    "Equality": _pattern(r"equalit(?:y|ies)(?: act)?"),
    "Single sign-on": _pattern(r"single.sign.?on|sso|mfa|multi.?factor"),
    "Insurance and references": _pattern(
        r"(?:public liability|professional indemnity|employers?'? liability)[\w ]*|references? (?:from|site)|"
        r"(?:live|client) references?|case studies"
    ),
    "Service levels and exit": _pattern(r"sla|service level agreement|business hours|exit (?:plan|strategy)"),
}
# What the product itself does with such a thing is a requirement like any other.
_LISTED: Final = re.compile(r",\s+(?:and |or |plus )?|;\s+|\s[-–—]\s|\s+(?:and|&|plus)\s+")
_WORDS_OF_A_LIST: Final = 8
_THINGS_OF_A_LIST: Final = 3
_BEFORE_TOPIC: Final = 2  # content words
_FUNCTION: Final = re.compile(
    r"^(?:record|map|score|track|calculate|publish|measure|monitor)\w*\b|\bfor (?:residents|citizens|customers)\b",
    re.IGNORECASE,
)
# What a requirement of any kind of product is about, in the words that specifications use for it.
_ASPECTS: Final = {
    "interface": r"apis?|interfac\w*|integrat\w*|connect\w*|web services?|middleware|feeds?|sync\w*|webhooks?|"
    r"re-?(?:typ|key)ing|push(?:ed|es)?",
    "migration": r"migrat\w*|convert\w*|legacy|history|old records?|moved|archiv\w*|import\w*|parallel runs?|cut-?over|"
    r"port(?:ed|ing)?",
    "reporting": r"dashboards?|report(?:s|ing)?|statistics?|figures|wallboards?|analytics|management information|"
    r"power ?bi|kpis?|insights?",
    "self-service": r"portals?|online|self.?serv\w*|web ?site|my ?account|log ?in",
    "alerts": r"alert\w*|remind\w*|notif\w*|warn\w*|sms|text messages?|escalat\w*|flag\w*",
    "letters": r"letters?|e-?mails?|notices|correspondence|mail ?merge|templates?",
    "mobile work": r"mobile|tablets?|offline|in the field|on site|apps?|handhelds?|smart ?phones?|android|ios",
    "payments": r"pay|paying|payments?|cards?|pci(?: dss)?|direct debits?|refunds?|gov\.?uk pay|receipts?|cash",
    "retention": r"retention|retain\w*|delet\w*|wip(?:e|ed|ing)|eras\w*|dispos\w*|purg\w*",
    "audit trail": r"audit\w*|tamper\w*|version control|chain of custody|trail",
    "access rights": r"roles?|role.based|permissions?|restrict\w*|access rights|confidential|sensitive",
    "own changes": r"low.?code|without the supplier|in-house|(?:our|council) (?:own )?(?:staff|officers)|ourselves|"
    r"configur\w*|edit(?:able)?|designer",
    "round the clock": r"24 ?[x/] ?7|24 hours|day and night|all hours|round.the.clock|out.of.(?:office.)?hours|"
    r"outside (?:office|working) hours|nights?|weekends?",
    "take-back": r"recycl\w*|weee|refurbish\w*|trade.?in|take.?back|end of life|redundant|"
    r"returns? of (?:units|devices)",
    "repair": r"warrant(?:y|ies|ed)|swap\w*|next.(?:working.)?day|dead on arrival|spares?|break.?fix|accidental damage|"
    r"faults?",
    "price": r"prices?|pricing|tariffs?|charges?|uplift|inflation|discount|penalt\w*|fees?|rates",
    "volumes": r"flex\w*|scale (?:up|down)|drop|fall|reduce|volume|shrink|grow",
    "unchangeable": r"immutab\w*|write.once|worm|air.?gap\w*|tamper.proof|unalterable",
    "channels": r"(?:omni|multi).?channel|(?:web ?)?chats?|voice|calls?|queues?|messages|mailbox\w*",
    "language": r"languages?|translat\w*|plain (?:english|words)|interpret\w*|easy read",
    "maps": r"maps?|gis|mapping|spatial|location|gps|llpg|uprn|wards?",
    "documents": r"documents?|scan\w*|drawings?|files|index\w*|photos?|images?",
    "training": r"train\w*|coach\w*|mentor\w*|learning|upskill\w*",
    "installation": r"install\w*|fitt(?:ed|ing)|appointments?|deliver(?:y|ed)|deployment|roll.?out|commissioning",
    "availability": r"availab\w*|uptime|reliab\w*|resilien\w*|fall.?back|fail.?over|disaster recovery|downtime|"
    r"99(?:\.\d+)? ?(?:%|per cent)",
    "accreditation": r"certif\w*|accredit\w*|approved|crest|check|vca|kitemark|compliant",
    "connectivity": r"lorawan|nb-?iot|sims?|broadband|wi-?fi|cellular|[45]g|connectivity|ethernet",
    "matching": r"match\w*|(?:de-?)?duplicat\w*|single (?:view|record|person)|one (?:record|view)|consolidat\w*",
    "scheduling": r"schedul\w*|optimis\w*|rounds?|rout(?:e|es|ing)|balancing|rotas?|calendars?|book(?:ed|ing|ings)",
    "casework": r"casework|case (?:management|mgmt)|cases?|workflows?|tasks?|enforcement|appeals",
    "statutory returns": r"statutory|returns|regulators?|ofsted|ombudsman|dluhc|mhclg",
    "forecasts": r"forecast\w*|budget\w*|predict\w*|projection\w*|scenario\w*|model(?:ling)?",
    "risk": r"risks?|scor(?:e|es|ed|ing)|priorit\w*|triage\w*|thresholds?",
    "actions": r"actions?|remedial|follow.?(?:on|up)|completion|deadlines?|owners?",
    "public": r"guests?|visitors?|members of the public|customers?|residents?|tenants?|applicants?",
    "testing": r"(?:re-?)?test(?:s|ed|ing)?|penetration|health.?check|ithc|rehears\w*|exercise",
    "detection": r"logs?|ingest\w*|telemetry|endpoints?|sensors?|detect\w*",
    "monitoring": r"monitor\w*|diagnos\w*|remote(?:ly)?|status|firmware|battery",
    "response": r"respond\w*|contain\w*|isolat\w*|disabl\w*|response|severity",
    "export": r"export\w*|csv|spreadsheets?|extracts?|data warehouse|open (?:data|format)|bulk download",
    "drafts": r"drafts?|summar\w*|minutes|transcri\w*|notes?",
    "enrolment": r"enrol\w*|autopilot|zero.?touch|imaging|pre-?config\w*|asset tags?",
}
_ASPECT_PATTERNS: Final = {name: _pattern(words) for name, words in _ASPECTS.items()}
# Choices that exclude each other.
_CHOICES: Final = {
    "where it runs": {
        "in the cloud": _pattern(r"cloud|saas|software as a service|(?:supplier|externally).hosted"),
        "on our own servers": _pattern(r"on.?prem\w*|(?:our )?own (?:servers?|data ?cent(?:re|er)s?)"),
    },
    "how it is obtained": {
        "lease": _pattern(r"leas(?:e|ed|ing)|hire|rental"),
        "purchase": _pattern(r"purchas(?:e|ed|ing)|buy|bought|outright"),
    },
    "how often": {
        "in real time": _pattern(r"real.?time"),
        "daily": _pattern(r"daily|nightly|(?:each|every) (?:day|night)"),
        "weekly": _pattern(r"weekly|(?:each|every) week"),
        "monthly": _pattern(r"monthly|(?:each|every) month"),
        "quarterly": _pattern(r"quarterly|(?:each|every) quarter"),
        "yearly": _pattern(r"yearly|annual(?:ly)?|(?:each|every) year"),
    },
}
_COUNTED: Final = {
    "two": 2.0,
    "three": 3.0,
    "four": 4.0,
    "five": 5.0,
    "six": 6.0,
    "seven": 7.0,
    "eight": 8.0,
    "nine": 9.0,
    "ten": 10.0,
    "twelve": 12.0,
    "fifteen": 15.0,
    "twenty": 20.0,
    "thirty": 30.0,
    "sixty": 60.0,
    "ninety": 90.0,
}
_NUMBER: Final = re.compile(
    r"(?<![\w.])(?P<sign>£ ?)?"
    rf"(?P<value>\d{{1,9}}(?:,\d{{3}})*(?:\.\d+)*|{'|'.join(_COUNTED)})(?P<scale>k|m)?(?![\w,]*\d)"
    r"(?P<unit> ?%|"
    r"(?:[ -](?:or more|working|calendar|concurrent|named|full|public|new|private|physical|existing|per(?= cent)))*"
    r"[ -]?[a-z]+)?",
    re.IGNORECASE,
)
_BEFORE: Final = re.compile(r"([A-Z][A-Za-z-]*[A-Z][A-Za-z]*) $")
_HOURS: Final = {"minut": 1 / 60, "hour": 1.0, "day": 24.0, "week": 168.0, "month": 730.5, "year": 8766.0}


@lru_cache(maxsize=20_000)
def aspects(line: str) -> tuple[str, ...]:
    """Return what ``line`` is about, such as "migration" or "payments"."""
    return tuple(name for name, pattern in _ASPECT_PATTERNS.items() if pattern.search(line))


@lru_cache(maxsize=20_000)
def parts(line: str) -> tuple[str, ...]:
    """Return the parts of a line that lists three things or more, else nothing."""
    if len(line.split()) < _WORDS_OF_A_LIST:
        return ()
    found = [part.strip(" .") for part in _LISTED.split(line)]
    telling = tuple(part for part in found if text.stems(part))
    return telling if len(telling) >= _THINGS_OF_A_LIST else ()


@lru_cache(maxsize=20_000)
def names(line: str) -> tuple[str, ...]:
    """Return the acronyms, products and other names that ``line`` has, in lower case."""
    words = text.written_words(line)
    return tuple(
        word.casefold()
        for place, word in enumerate(words)
        if _ACRONYM.search(word) or (place and word[0].isupper() and text.content(word))
    )


@lru_cache(maxsize=20_000)
def standing_topic(line: str) -> str:
    """Return the topic if ``line`` is a term that every specification carries, else ""."""
    if _FUNCTION.search(line):
        return ""
    for topic, pattern in _STANDING.items():
        found = pattern.search(line)
        # "Bidding website and app, WCAG 2.2 AA" asks for something else first.
        if found and len(text.stems(line[: found.start()])) <= _BEFORE_TOPIC:
            return topic
    return ""


def is_opposing(line: str) -> bool:
    """Tell whether the main clause of ``line`` says what must not be or is not needed."""
    return any(not _RELATIVE.search(line[: found.start()]) for found in _NEGATION.finditer(line))


def values(line: str) -> dict[str, tuple[frozenset[float | str], str]]:
    """Return by dimension ("officers", "time", "how often") the values that ``line`` states, and how it writes them.

    Spans of time are in hours; a version is text.
    """
    stated: dict[str, tuple[set[float | str], list[str]]] = {}
    for found in _NUMBER.finditer(line):
        of, value, written = _measured(found, line)
        if of:
            every, said = stated.setdefault(of, (set(), []))
            every.add(value)
            said.append(" ".join(written.split()))
    for of, choices in _CHOICES.items():
        chosen = [name for name, pattern in choices.items() if pattern.search(line)]
        if chosen:
            stated[of] = set(chosen), chosen
    return {of: (frozenset(every), ", ".join(said)) for of, (every, said) in stated.items()}


def _measured(found: re.Match[str], line: str) -> tuple[str, float | str, str]:
    """Return the stem of what a number counts, "" where that cannot be told, its value, and both as written."""
    digits = found["value"].casefold()
    bare = f"{found['sign'] or ''}{found['value']}{found['scale'] or ''}"
    unit = (found["unit"] or "").strip(" -").casefold()
    name = _name_before(line, found.start())
    if digits.count(".") > 1:
        return name, digits, f"{name} {digits}"
    number = _COUNTED.get(digits) or float(digits.replace(",", ""))
    number *= {"k": 1e3, "m": 1e6}.get((found["scale"] or "").casefold(), 1.0)
    if found["sign"]:
        return "money", number, bare
    if unit in {"%", "per cent"}:
        return "per cent", number, found.group()
    stem = text.stem(re.split(r"[ -]", unit)[-1]) if unit else ""
    if stem in _HOURS:
        return "time", round(number * _HOURS[stem], 2), found.group()
    if name and digits not in _COUNTED:
        return name, digits, f"{name} {digits}"
    return (stem if text.content(unit) else ""), number, found.group()


def _name_before(line: str, place: int) -> str:
    found = _BEFORE.search(line[:place])
    return found[1] if found else ""

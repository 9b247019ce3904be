"""Prepares what people wrote: takes out what says nothing about the need, and cuts texts into sentences and
stems.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from procurement.matching.items import Item


def _word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_STOP: Final = _word_set("""
    a about above across after all also am amp an and any approx approximately are as at back be because
    been before being between both but by can could day days did do does doing down during each either
    etc every few for from further get go had has have having he her here him his how i if in into is it
    its itself just last like made make many may me might month months more most much must my near need
    needed needs new no nor not now of off on once one only or other our out over own per put rn s same
    see set shall she should so some still such t take than that the their them then there these they
    this those through to too two under until up us use used uses using very via want wants was we week
    weeks well were what when where which while who whose why will with within without would year years
    you your
""")
# Words of the buying process and of local government at large: they say how something is bought, not what.
_PROCESS: Final = _word_set("""
    above-threshold agreement agreements appoint appointed appointment authorities authority award
    awarded bid bidder bidders borough boroughs call-off calloff city commence commencement competition
    competitive completion contract contracted contracting contractor contractors contracts council
    councils county crown current deliver delivered delivery direct district duration ensure expire
    expires expiry expression extend extension following framework frameworks further-competition
    g-cloud gcloud include included includes including initial interest invitation invite invited itt
    lbc london lot lots mini-competition notice notices offer office official ojeu opportunity option
    options organisation organisations period pin pqq prior procure procured procurement procurements
    procuring proposal proposals provide provided provider providers provides providing provision public
    purchase purchasing quotation quote quotes re-procurement re-tender renewal replace replacement
    reprocure reprocurement request require required requirement requirements requires rfi rfp rfq royal
    scope seek seeking seeks select selected shortlist solution solutions specification sq start
    submission submit suitable supplier suppliers supply tender tenderer tenderers tendering tenders
    term terms town value variation via
""")
# Requirements that councils put into every specification, whatever they buy.
_BOILERPLATE: Final = re.compile(
    r"\bgdpr\b|data protection|held (?:with)?in the uk|uk data|data residency|cyber essentials|social value|"
    r"living wage|modern slavery|equalit(?:y|ies)|carbon (?:neutral|reduction)|net zero|"
    r"wcag|accessibility regulations|iso ?\d{4,5}|single sign.?on|\bsso\b|\bmfa\b|"
    r"insurance|references? (?:from|sites?)|case studies|exit (?:plan|strategy)|"
    r"service level|\bsla\b|business hours|value for money|best value|payment terms|within budget|"
    r"terms and conditions|cabinet (?:approval|decision|report)|procurement (?:route|team|board)|"
    r"framework|further competition|lead officer|named contact|go.?live (?:date|by)|"
    r"training (?:for|of) (?:staff|users|all)|\bnpp[sg]\b|open standards|penalties for late",
    re.IGNORECASE,
)
# "This is not the back office" tells what a need is not; every word of it would otherwise pull the wrong way.
_EXCLUSION: Final = re.compile(
    r"\b(?:(?:is|are|was|were|do|does|would|should|will) ?(?:not|n[o']t)|isn.?t|aren.?t|don.?t|doesn.?t|not) "
    r"(?:to be|be|an?|the|about|for|part|in|want|need|looking|include|cover|replac\w*|buy|procur\w*|"
    r"seek|just|only) |"
    r"\b(?:out of|outside|not in|beyond) (?:the )?(?:scope|this|of this)|\bexclud(?:es?|ed|ing)\b|"
    r"\bno need (?:for|of)\b|\b(?:another|different|separate|other) (?:team|department|project|contract|"
    r"procurement|"
    r"tender|lot|budget|need|exercise|workstream|programme)\b|\b(?:separately|elsewhere)\b|"
    r"\balready (?:have|has|own|bought|in place|covered)\b|\bnot to be (?:mixed|confused)|"
    r"\brather than\b.*\bwe\b|"
    r"\b(?:stays?|remains?|kept|keep|keeping) (?:with|as|in place)\b|\bunaffected\b",
    re.IGNORECASE,
)
_REFERENCE: Final = re.compile(
    r"\b(?:rm|ref|cpv|itt|rfq|rfp|lot|phase|stage|version|ocds)[ :/._-]*\d[\w./-]*\b|"
    r"\b(?=[a-z/_-]*\d)(?=[\d/_-]*[a-z])[a-z]{1,8}[/_-]?\d{4,}[\w/-]*\b|\b\d{5,}\b|"
    r"(?:£|gbp ?)[\d,.]+ ?[kmb]?n?\b|\b\d+(?:[.,]\d+)* ?(?:%|months?|years?|days?|weeks?|hours?)|"
    r"\b(?:19|20)\d\d(?:[/-]\d{2,4})*\b|https?://\S+|www\.\S+|\S+@\S+",
    re.IGNORECASE,
)
_PROCESS_PHRASE: Final = re.compile(
    r"\b(?:invitation to (?:tender|quote)|expressions? of interest|contract award(?: notice)?|"
    r"award(?: notice| of contract)?|direct award|call.?off(?: contract)?(?: under| from)?|"
    r"further competition|mini.?competition|"
    r"(?:soft )?market (?:testing|engagement)|prior information notice|framework(?: agreement)?|"
    r"request for quotation|"
    r"re-?tender(?:ing)?|re-?procurement|contract (?:for|renewal|extension)|"
    r"(?:the )?(?:provision|supply|procurement|purchase|renewal|replacement) of(?: an?| the)?|"
    r"dynamic purchasing system|g-?cloud(?: ?\d+)?|crown commercial service|london borough of|"
    r"royal borough of|borough council|city council|county council|district council|metropolitan borough)\b",
    re.IGNORECASE,
)
# Each pattern with the words one of which must be there for it to match: to look these up is far quicker.
_EXCLUSION_WORDS: Final = _word_set("""
    not t isnt arent dont doesnt out outside beyond exclud exclude excludes excluded excluding no another
    different separate other separately elsewhere already rather stay stays remain remains kept keep keeping
    unaffected
""")
_BOILERPLATE_WORDS: Final = _word_set("""
    gdpr data metadata held uk cyber social living modern equality equalities inequality inequalities carbon
    net wcag accessibility iso iso9001 iso14001 iso15489 iso20000 iso22301 iso27001 iso27002 iso27017 iso45001
    single sso mfa insurance insurances reference references case exit service sla business value best payment
    payments terms within cabinet procurement framework frameworks further lead named go golive training npps
    nppg open penalties
""")
_PROCESS_WORDS: Final = _word_set("""
    invitation expression expressions contract award direct call calloff further mini minicompetition soft
    market prior framework request re retender retendering reprocurement provision supply procurement purchase
    renewal replacement dynamic g gcloud gcloud11 gcloud12 gcloud13 gcloud14 gcloud15 crown london royal
    borough city county district metropolitan
""")
_REFERENCE_SIGN: Final = re.compile(r"[\d@]|http|www", re.IGNORECASE)
_BEFORE_NAME: Final = r"(?<!\w)(?:"
_AND: Final = "(?:and|&)"
_LEFT_OVER: Final = re.compile(r"\(\s*\)|\s[-–—/:,.]+(?=\s|$)")
_BARE_WORD: Final = re.compile(r"\w+")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+(?=[\"'(]?[A-Z0-9])|[\n;•·▪]+|\s[-–—*]\s(?=[A-Z])")
_WORD: Final = re.compile(r"[^\W_]+(?:['’&.+-][^\W_]+)*")
_IS_STOP: Final = 1
_IS_PROCESS: Final = 2
_PLURALS: Final = (("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x"), ("s", ""))
_NO_PLURAL: Final = ("ss", "us", "is")
_ENDINGS: Final = (*_PLURALS[:-1], ("ing", ""), ("ed", ""), _PLURALS[-1])


@dataclass(frozen=True, slots=True)
class Prepared:
    """One item after cleaning: what is compared."""

    title: str
    sentences: tuple[str, ...]

    @property
    def body(self) -> str:
        """The kept sentences as one text."""
        return " ".join(self.sentences)

    @property
    def text(self) -> str:
        """Title and kept sentences, the text that is embedded."""
        return ". ".join(part for part in (self.title, self.body) if part)


@dataclass(frozen=True, slots=True)
class Outline:
    """One item before it is known what the others say: its cleaned title and the title as written, the sentences of
    its body as written, by what to recognise each, and which of them tell something of the need.
    """

    title: str
    written: str
    sentences: tuple[str, ...]
    keys: tuple[str, ...]
    tells: tuple[bool, ...]


def plain(text: str) -> str:
    """Return ``text`` in compatibility form without control characters or lone surrogates, spaces
    squeezed.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.encode("utf-8", "replace").decode("utf-8"))
    return "\n".join(" ".join(line.split()) for line in text.replace("’", "'").splitlines())


def name_pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """Return a pattern which finds the names of owners, or None without names. Slugs match as words too."""
    spelled = {plain(name).replace("-", " ").strip().casefold() for name in names}
    words = sorted((name for name in spelled if len(name) > 3), key=lambda n: (-len(n), n))
    if not words:
        return None
    alternatives = "|".join(re.escape(name).replace(r"\ ", r"[\s-]+").replace("and", _AND) for name in words)
    return re.compile(rf"{_BEFORE_NAME}{alternatives})(?:'s)?(?!\w)", re.IGNORECASE)


@lru_cache(maxsize=100_000)
def stripped(text: str, names: re.Pattern[str] | None) -> str:
    """Return ``text`` without owners' names, references, money, dates and phrases of the buying process."""
    found = _bare_words(text)
    if names is not None and not _first_words(names).isdisjoint(found):
        text = names.sub(" ", text)
    if _REFERENCE_SIGN.search(text):
        text = _REFERENCE.sub(" ", text)
    if not _PROCESS_WORDS.isdisjoint(found):
        text = _PROCESS_PHRASE.sub(" ", text)
    return " ".join(_LEFT_OVER.sub(" ", text).split()).strip(" -–—:;,./|")


@lru_cache(maxsize=64)
def _first_words(names: re.Pattern[str]) -> frozenset[str]:
    """Return the words that the names of a ``name_pattern`` begin with."""
    alternatives = names.pattern.removeprefix(_BEFORE_NAME).replace(_AND, "and").split("|")
    return frozenset(word for each in alternatives for word in _BARE_WORD.findall(each)[:1])


def _bare_words(text: str) -> list[str]:
    return _BARE_WORD.findall(text.lower())


def sentences(text: str) -> tuple[str, ...]:
    """Split ``text`` at sentence ends, semicolons, bullets and line ends."""
    return tuple(part.strip() for part in _SENTENCE_END.split(text) if part and part.strip())


def is_exclusion(sentence: str) -> bool:
    """Tell whether ``sentence`` says what the need is not."""
    return _excludes(sentence, _bare_words(sentence))


def is_boilerplate(sentence: str) -> bool:
    """Tell whether ``sentence`` is a standing condition or about the buying process, not about the need."""
    return _is_standard(sentence, _WORD.findall(sentence), _bare_words(sentence))


def _excludes(sentence: str, found: Sequence[str]) -> bool:
    return not _EXCLUSION_WORDS.isdisjoint(found) and _EXCLUSION.search(sentence) is not None


def _is_standard(sentence: str, written: Sequence[str], found: Sequence[str]) -> bool:
    classes = list(map(_class, written))
    content, process = len(classes) - classes.count(_IS_STOP), classes.count(_IS_PROCESS)
    if not content or process > 0.5 * content:
        return True
    # A standing condition in passing ("… with SSO for 900 officers") must not cost a long sentence that
    # says more.
    if content - process > 12 or _BOILERPLATE_WORDS.isdisjoint(found):
        return False
    return _BOILERPLATE.search(sentence) is not None


@lru_cache(maxsize=100_000)
def _read(sentence: str) -> tuple[str, bool]:
    """Return by what to recognise ``sentence``, and whether it tells something of the need."""
    written, found = _WORD.findall(sentence), _bare_words(sentence)
    key = " ".join(filter(None, map(_content_stem, written)))
    return key, not (_excludes(sentence, found) or _is_standard(sentence, written, found))


@lru_cache(maxsize=200_000)
def _class(word: str) -> int:
    word = word.casefold()
    return _IS_STOP if word in _STOP else _IS_PROCESS if word in _PROCESS else 0


def words(text: str) -> list[str]:
    """Return the content words of ``text`` in lower case, without stop words, process words and bare
    numbers.
    """
    return list(filter(None, map(content, _WORD.findall(text))))


@lru_cache(maxsize=200_000)
def content(word: str) -> str:
    """Return a content word in lower case, "" for a stop word, a process word, a number or a single letter."""
    word = word.casefold().strip(".'")
    return "" if len(word) < 2 or word in _STOP or word in _PROCESS or word.isdigit() else word


def written_words(text: str) -> list[str]:
    """Return the words of ``text`` as they are written."""
    found: list[str] = _WORD.findall(text)
    return found


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Return a light stem: plural, -ing and -ed go, and a final e. Acronyms and short words stay."""
    if len(word) <= 3:
        return word
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and not word.endswith("ss") and len(word) - len(ending) >= 3:
            word = word[: len(word) - len(ending)] + instead
            break
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


def stems(text: str) -> list[str]:
    """Return the stems of the content words of ``text``, in order."""
    return list(filter(None, map(_content_stem, _WORD.findall(text))))


@lru_cache(maxsize=200_000)
def _content_stem(word: str) -> str:
    return stem(content(word))


def tokens(text: str) -> tuple[str, ...]:
    """Return all words of ``text`` in the singular, stop words too: what phrases are matched on.

    Not their stems: "parks" is not "parking", and "monitors" is not "monitoring".
    """
    return tuple(map(token, _WORD.findall(text)))


@lru_cache(maxsize=200_000)
def token(word: str) -> str:
    """Return any word in the singular and in lower case."""
    word = word.casefold().strip(".'").removesuffix("'s")
    if len(word) <= 3 or word.endswith(_NO_PLURAL):
        return word
    for ending, instead in _PLURALS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: len(word) - len(ending)] + instead
    return word


def outline(item: Item, names: re.Pattern[str] | None) -> Outline:
    """Clean the title of ``item`` and judge each of its sentences; ``names`` is a ``name_pattern``."""
    body = sentences(plain(item.body))
    read = [_read(sentence) for sentence in body]
    return Outline(
        title=_title(item.title, names),
        written=plain(item.title),
        sentences=body,
        keys=tuple(key for key, _ in read),
        tells=tuple(tells for _, tells in read),
    )


def cleaned(
    found: Outline, names: re.Pattern[str] | None, dropped: Container[int] = ()
) -> tuple[Prepared, tuple[str, ...]]:
    """Return what is left of an item, and the telling sentences as they were written.

    ``dropped`` are the places of sentences that count as standing ones because they recur elsewhere. Where nothing
    would be left of a body, its sentences are kept: a poor text is better than none.
    """
    telling = tuple(s for place, s in enumerate(found.sentences) if found.tells[place] and place not in dropped)
    kept = tuple(s for s in (stripped(s, names) for s in telling or found.sentences) if s)
    return Prepared(found.title, kept), telling


def _title(title: str, names: re.Pattern[str] | None) -> str:
    title = plain(title).replace("\n", " ")
    return stripped(title, names) or title.strip()

"""A demonstration's first suppliers: one follows the board, two ask, and what was told to one of them all can read.

Every step is the action that a person takes. The suppliers are made up: what these steps would send to them is dropped,
and what the alerts tell later goes to a domain that does not exist.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from boroughs.models import User
from procurement.actions import alerts, answers, engagement, questions
from procurement.actions.engagement import EntryContent
from procurement.models import Alert, EngagementEntry, Letter, Notice, Question, Subscriber

FOLLOWER, OTHER = "follower@suppliers.example", "asker@suppliers.example"
ANSWERED = "Do all authorities want single sign-on for their staff, and with which identity provider?"
ANSWER = "All of them want it. Each has its own provider, so the product must support OpenID Connect."
WAITING = "May a supplier offer the hosting without the software?"
TOLD = "The authorities may begin with a pilot in two of them. No date is fixed for the others."
MET = "two suppliers at a market morning"


def build() -> str:
    """The reference of the notice; "" where somebody has asked already, or no notice of a demonstration is open.

    All or nothing: a start that is stopped half-way does it whole the next time.
    """
    people = list(User.objects.filter(is_demo=True, memberships__role="LOTI_ANALYST").order_by("email")[:2])
    if len(people) < 2 or Question.objects.exists():
        return ""
    notice = Notice.objects.on_board().select_related("current", "demand__category").order_by("pk").first()
    if notice is None or notice.current is None or questions.refusal(notice.current):
        return ""
    first, second = people
    with transaction.atomic():
        _follow(notice)
        _ask(notice, OTHER, WAITING)
        _answer(_ask(notice, FOLLOWER, ANSWERED), first, second)
        _tell(notice, first, second)
        Letter.objects.filter(subscriber__in=Subscriber.objects.filter(email__in=[FOLLOWER, OTHER])).delete()
    return str(notice.reference)


def _follow(notice: Notice) -> None:
    """Every morning a category of the board, and on Mondays the notice."""
    category, title = notice.demand.category, notice.current.title if notice.current else ""
    if category is not None:
        alerts.confirm(
            alert=alerts.follow(
                email=FOLLOWER,
                frequency=Alert.Frequency.DAILY,
                name=f"Category: {category.name}",
                search=f"category={category.slug}",
            )
        )
    named = f"{title} ({notice.reference})"
    alerts.confirm(
        alert=alerts.follow(email=FOLLOWER, frequency=Alert.Frequency.WEEKLY, name=named, notice=notice),
    )


def _ask(notice: Notice, email: str, text: str) -> Question:
    question = questions.ask(notice=notice, email=email, text=text)
    questions.confirm(question=question)
    question.refresh_from_db()
    return question


def _answer(question: Question, first: User, second: User) -> None:
    drafted = answers.draft(
        question=question, public_text=question.text, answer=ANSWER, revision=question.revision, by=first
    )
    answers.publish(question=drafted, revision=drafted.revision, by=second)


def _tell(notice: Notice, first: User, second: User) -> None:
    content = EntryContent(EngagementEntry.Kind.EVENT, timezone.localdate() - timedelta(days=1), TOLD, MET)
    entry = engagement.write(notice=notice, content=content, by=first)
    engagement.tell(entry=entry, revision=entry.revision, by=second)

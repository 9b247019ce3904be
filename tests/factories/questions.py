"""Scenes with suppliers' questions and what suppliers were told. They go through the actions, as people do."""

from django.utils import timezone

from boroughs.models import Borough, User
from procurement.actions import answers, engagement, questions
from procurement.actions.engagement import EntryContent
from procurement.models import Coalition, EngagementEntry, Notice, NoticeVersion, Question
from tests.factories import notices as scene

ANSWER = "Yes, in every authority that takes part."


def lead(notice: Notice, borough: Borough) -> None:
    """The boroughs have agreed that it leads."""
    now = timezone.now()
    Coalition.objects.update_or_create(
        demand=notice.demand, defaults={"lead": borough, "lead_agreed_at": now, "updated_at": now}
    )


def ask(notice: Notice, text: str = "Do tenants need single sign-on?", email: str = "ann@supplier.example") -> Question:
    """Asked and confirmed from the mailbox."""
    question = questions.ask(notice=notice, email=email, text=text)
    questions.confirm(question=question)
    question.refresh_from_db()
    return question


def write(notice: Notice, told: str = "The contract may start in parts.", *, by: User | None = None) -> EngagementEntry:
    """In the engagement log, not published."""
    content = EntryContent(EngagementEntry.Kind.MEETING, timezone.localdate(), told, met_with="Somebody of Quiet Ltd")
    return engagement.write(notice=notice, content=content, by=by or scene.analyst())


def tell(entry: EngagementEntry) -> NoticeVersion:
    """Published by another analyst."""
    return engagement.tell(entry=entry, revision=entry.revision, by=scene.analyst())


def draft(question: Question, answer: str = ANSWER, *, by: User | None = None, **more: object) -> Question:
    """Drafted, with the question in the words in which it was asked."""
    question.refresh_from_db()
    return answers.draft(
        question=question,
        public_text=question.public_text,
        answer=answer,
        revision=question.revision,
        by=by or scene.analyst(),
        **more,  # type: ignore[arg-type]
    )


def publish(question: Question, answer: str = ANSWER, **more: object) -> NoticeVersion:
    """Drafted by one analyst and published by another."""
    drafted = draft(question, answer, **more)
    return answers.publish(question=drafted, revision=drafted.revision, by=scene.analyst())

"""The page components as template tags, and the filters that format values. A builtin: templates need no {% load %}.

Every tag renders a template of templates/_components/, so that markup stays in templates; docs/design.md lists them.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django import template
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import slugify

from boroughs.templatetags import formatting

register = template.Library()

for _filter in (
    formatting.pounds,
    formatting.pounds_range,
    formatting.count,
    formatting.percent,
    formatting.day,
    formatting.day_short,
    formatting.day_time,
    formatting.month,
    formatting.listed,
    formatting.called,
):
    register.filter(_filter.__name__, _filter)

SITE_NAME = "LOTI demand board"
# A figure with more signs than this, such as a range of pounds, is set smaller.
LONG_FIGURE = 10
STATUS_COLOURS = {
    "grey": (
        "DRAFT",
        "WITHDRAWN",
        "CLOSED",
        "RETIRED",
        "INTERRUPTED",
        "EXPIRED",
        "DISCARDED",
        "UNDONE",
        "DECLINED",
        "DROPPED",
        "WATCHING",
        "ENDED",
    ),
    "blue": ("SUBMITTED", "ASKED", "RUNNING", "BUILDING", "CHECKING", "APPLYING", "UNDOING", "INTERESTED", "ACTIVE"),
    "purple": ("SUGGESTED", "PROPOSED", "RECEIVED", "CHECKED", "INTENDING", "CORRECTING", "CORRECTION_PROPOSED"),
    "yellow": ("QUESTIONS_CLOSED", "WITHDRAWAL_PROPOSED", "WAITING", "WRITTEN", "DIFFERENT", "PAUSED"),
    "green": (
        "CONFIRMED",
        "PUBLISHED",
        "OPEN",
        "FINISHED",
        "READY",
        "FULFILLED",
        "APPROVED",
        "APPLIED",
        "COMMITTED",
        "AGREED",
        "ADOPTED",
        "ANSWERED",
        "DUPLICATE",
        "TOLD",
    ),
    "red": ("FAILED",),
}
_COLOUR_OF = {status: colour for colour, statuses in STATUS_COLOURS.items() for status in statuses}


def _component(file: str, /, **values: Any) -> SafeString:
    return render_to_string(f"_components/{file}.html", values)


# --- text ---------------------------------------------------------------------------------------------------------


@register.filter
def bdi(value: Any) -> SafeString:
    """User text inside a sentence, kept from turning the direction of the words around it."""
    return format_html("<bdi>{}</bdi>", value)


@register.filter
def paragraphs(value: Any) -> SafeString:
    """Plain text with blank lines as paragraphs; single line breaks are kept."""
    blocks = "\n".join(line.rstrip() for line in str(value or "").splitlines()).split("\n\n")
    return format_html_join(
        "\n",
        '<p class="govuk-body">{}</p>',
        (
            (format_html_join(SafeString("<br>"), "{}", ((line,) for line in block.strip("\n").split("\n"))),)
            for block in blocks
            if block.strip()
        ),
    )


@register.simple_tag(takes_context=True)
def page_title(context: Context, title: str = "", form: Any = None) -> str:
    """The text of <title>; starts with "Error: " when the form, or the context's `form` or `formset`, has errors."""
    sources = [form, context.get("form"), context.get("formset")]
    prefix = "Error: " if any(True for _ in _problems(sources)) else ""
    return prefix + " – ".join(filter(None, (str(title), SITE_NAME)))


# --- forms --------------------------------------------------------------------------------------------------------


def _problems(sources: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """(id to focus or "", message) for each error of forms and formsets."""
    for source in sources:
        if not getattr(source, "is_bound", False):
            continue
        if hasattr(source, "forms"):
            yield from (("", str(message)) for message in source.non_form_errors())
            yield from _problems(source.forms)
            continue
        for name, messages in source.errors.items():
            if name not in source.fields or source[name].is_hidden:
                yield from (("", str(message)) for message in messages)
            else:
                yield from ((source[name].error_target, message) for message in source[name].messages)


@register.simple_tag
def error_summary(*forms: Any) -> str:
    """The list of everything to correct, each linked to its box; nothing when there is nothing."""
    problems = [{"target": target, "message": message} for target, message in _problems(forms)]
    return _component("error_summary", problems=problems) if problems else ""


@register.simple_tag
def field(
    bound: Any,
    *,
    label_size: str | None = None,
    heading: bool = False,
    label: str | None = None,
    hint: str | None = None,
    optional: bool | None = None,
) -> SafeString:
    """One field of a form. With `heading` its label is the page's h1; `optional` says or hides "(optional)"."""
    if label is not None:
        bound.label = label
    if hint is not None:
        bound.help_text = hint
    values = bound.get_context()
    if label_size is not None:
        values["label_size"] = label_size
    if optional is not None:
        values["label"] = f"{bound.label} (optional)" if optional else bound.label
    rendered: SafeString = bound.render(context={**values, "heading": heading})
    return rendered


@register.simple_tag
def button(
    text: str,
    *,
    href: str = "",
    kind: str = "",
    name: str = "",
    value: str = "",
    formaction: str = "",
    disabled: bool = False,
) -> SafeString:
    """A button that submits, or with `href` a link that looks like one. Kinds: secondary, warning, inverse, start."""
    return _component(
        "button", text=text, href=href, kind=kind, name=name, value=value, formaction=formaction, disabled=disabled
    )


# --- status -------------------------------------------------------------------------------------------------------


@register.simple_tag
def tag(text: str, colour: str = "") -> SafeString:
    """A coloured word or two. Colours: grey green teal blue purple magenta red orange yellow."""
    # Without a template: lists have one in each row.
    kind = f" govuk-tag--{colour}" if colour else ""
    return format_html('<strong class="govuk-tag{}">{}</strong>', kind, text)


@register.simple_tag
def status_tag(status: str, label: str = "") -> SafeString:
    """The tag of a status value; its colour follows from the value, its words too unless `label` is given."""
    return tag(label or formatting.words_of(str(status)), _COLOUR_OF.get(str(status).upper(), "grey"))


@register.simple_tag(takes_context=True)
def progress_bar(
    context: Context, value: int, maximum: int, *, label: str = "Working", poll_url: str = "", done: bool = False
) -> SafeString:
    """How far work has come. Where scripts run, `poll_url` is asked until its JSON says done; else there is a link."""
    request = context.get("request")
    return _component(
        "progress_bar",
        value=value,
        maximum=maximum,
        label=label,
        poll_url="" if done else poll_url,
        here=request.get_full_path() if request else "",
    )


# --- moving about -------------------------------------------------------------------------------------------------


@register.simple_tag
def back_link(href: str, text: str = "Back") -> SafeString:
    return _component("back_link", href=href, text=text)


@register.simple_tag
def breadcrumbs(*words_and_addresses: str) -> SafeString:
    """Text and address in turn; a last text without an address is the page itself."""
    pairs = list(words_and_addresses)
    if len(pairs) % 2:
        pairs.append("")
    items = [{"text": text, "href": href} for text, href in zip(pairs[::2], pairs[1::2], strict=True)]
    return _component("breadcrumbs", items=items)


@register.simple_tag(takes_context=True)
def pagination(context: Context, page: Any, parameter: str = "page") -> str:
    """Links to the other pages of a paginator's Page, keeping the rest of the address; nothing for one page."""
    if page.paginator.num_pages < 2:
        return ""
    request = context.get("request")

    def address(number: int) -> str:
        if request is None:
            return f"?{parameter}={number}"
        query = request.GET.copy()
        query[parameter] = str(number)
        return f"?{query.urlencode()}"

    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    items = [
        {"number": number, "href": address(number), "current": number == page.number}
        if isinstance(number, int)
        else {"ellipsis": True}
        for number in numbers
    ]
    return _component(
        "pagination",
        items=items,
        previous=address(page.previous_page_number()) if page.has_previous() else "",
        following=address(page.next_page_number()) if page.has_next() else "",
    )


@register.simple_tag
def borough_tile(name: str, href: str, *, abbr: str = "", count: Any = "") -> SafeString:
    return _component("borough_tile", name=name, href=href, abbr=abbr, count=count)


# --- content ------------------------------------------------------------------------------------------------------


@register.simple_block_tag
def hero(content: SafeString, title: str, *, lede: str = "", eyebrow: str = "") -> SafeString:
    return _component("hero", content=content, title=title, lede=lede, eyebrow=eyebrow)


@register.simple_block_tag
def inset(content: SafeString) -> SafeString:
    return _component("inset", content=content)


@register.simple_block_tag
def warning(content: SafeString) -> SafeString:
    return _component("warning", content=content)


@register.simple_block_tag
def details(content: SafeString, summary: str, *, opened: bool = False) -> SafeString:
    return _component("details", content=content, summary=summary, opened=opened)


@register.simple_block_tag
def panel(content: SafeString, title: str) -> SafeString:
    return _component("panel", content=content, title=title)


@register.simple_block_tag
def notification(content: SafeString, title: str = "", *, kind: str = "") -> SafeString:
    """A banner; kind "success" is announced at once. The title is "Important" or "Success" unless given."""
    name = f"{slugify(title)}-banner-title" if title else "govuk-notification-banner-title"
    heading = title or ("Success" if kind == "success" else "Important")
    return _component("notification", content=content, title=heading, title_id=name, kind=kind)


@register.simple_block_tag
def empty_state(content: SafeString, title: str) -> SafeString:
    return _component("empty_state", content=content, title=title)


@register.simple_block_tag
def cards(content: SafeString) -> SafeString:
    return format_html('<ul class="loti-cards">{}</ul>', content)


@register.simple_tag
def fact(key: str, value: Any) -> SafeString:
    """A name and a value on a card, in a list of such."""
    # Without a template: each card of a list has four.
    return format_html(
        '<div class="loti-facts__item"><dt class="loti-facts__key">{}</dt><dd class="loti-facts__value">{}</dd></div>',
        key,
        value,
    )


@register.simple_block_tag
def button_group(content: SafeString) -> SafeString:
    return format_html('<div class="govuk-button-group">{}</div>', content)


@register.simple_block_tag
def summary_list(content: SafeString, *, card: str = "", href: str = "", action: str = "Change") -> SafeString:
    """Keys and values; with `card` under that title, and with `href` one link there for all of them."""
    return _component("summary_list", content=content, card=card, href=href, action=action)


@register.simple_tag
def summary_row(key: str, value: Any = "", *, href: str = "", action: str = "Change", hint: str = "") -> SafeString:
    """A row of a summary list. `hint` is what the link changes, for those who hear it alone; the key if not given."""
    shown = "Not given" if value is None or value == "" else value
    return _component("summary_row", key=key, value=shown, href=href, action=action, hint=hint or key.lower())


@register.simple_block_tag
def summary_html(
    content: SafeString, key: str, *, href: str = "", action: str = "Change", hint: str = ""
) -> SafeString:
    """A row of a summary list whose value is markup."""
    return summary_row(key, content, href=href, action=action, hint=hint)


@register.simple_block_tag
def table(content: SafeString, caption: str, *, stack: bool = False, hide_caption: bool = False) -> SafeString:
    """A table that scrolls on a narrow screen; with `stack` its rows become cards there (cells need data-label)."""
    return _component("table", content=content, caption=caption, stack=stack, hide_caption=hide_caption)


@register.simple_block_tag
def task_list(content: SafeString) -> SafeString:
    return format_html('<ul class="govuk-task-list">{}</ul>', content)


@register.simple_tag
def task(
    title: str, *, href: str = "", status: str = "Not yet started", colour: str = "", hint: str = ""
) -> SafeString:
    """A line of a task list; without `href` it cannot be started yet, without `colour` its status is plain text."""
    return _component(
        "task", title=title, href=href, status=status, colour=colour, hint=hint, id=f"task-{slugify(title)}"
    )


@register.simple_block_tag
def tiles(content: SafeString) -> SafeString:
    return format_html('<ul class="loti-tiles">{}</ul>', content)


@register.simple_tag
def tile(value: Any, label: str, *, href: str = "", hint: str = "") -> SafeString:
    shown = formatting.count(value) if isinstance(value, int) else conditional_escape(value)
    return _component("tile", value=shown, is_long=len(shown) > LONG_FIGURE, label=label, href=href, hint=hint)


@register.simple_block_tag
def timeline(content: SafeString) -> SafeString:
    return format_html('<ol class="loti-timeline">{}</ol>', content)


@register.simple_block_tag
def timeline_item(content: SafeString, title: str, *, at: Any = None, by: str = "") -> SafeString:
    """What happened, when (a date or a moment) and by whom; the content may add detail."""
    return _component("timeline_item", content=content, title=title, at=at, by=by)


@register.simple_tag
def chart(
    svg: Any, table: Any, *, narrow: Any = "", caption: str = "", note: str = "", size: str = "", scroll: bool = False
) -> SafeString:
    """A drawing of procurement.charts and its figures as a table to open. Anything that is not a drawing is escaped.

    `narrow` is the same drawn for phones; `scroll` is for many columns, most of them 0; `size` "medium" bounds it.
    """
    return _component(
        "chart", svg=svg, table=table, narrow=narrow, caption=caption, note=note, size=size, scroll=scroll
    )

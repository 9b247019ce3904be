"""Filters and the behaviour of the component tags; their markup is compared in tests/templates."""

import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory

from boroughs.models import Amendment, DataImport, Need
from boroughs.templatetags import formatting, ui
from procurement.models import (
    CommonRequirement,
    EngagementEntry,
    JointDemand,
    MatchRun,
    Notice,
    Participation,
    PublicState,
    Question,
    Report,
    ReportRebuild,
    ReportSchedule,
    RequirementWording,
)

UTC = datetime.UTC


def render(source: str, **values: Any) -> str:
    return Template(source).render(Context(values))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "£0"),
        (999, "£999"),
        (250_000, "£250,000"),
        (999_949, "£999,949"),
        (1_000_000, "£1 million"),
        (1_234_567, "£1.2 million"),
        (1_250_000, "£1.3 million"),
        (34_200_000, "£34.2 million"),
        (999_940_000, "£999.9 million"),
        (999_960_000, "£1 billion"),
        (2_500_000_000, "£2.5 billion"),
        (-500, "−£500"),
        ("250000.49", "£250,000"),
        (None, ""),
        ("", ""),
        ("many", ""),
        (float("nan"), ""),
        (True, ""),
    ],
)
def test_pounds_reads_like_a_sentence(value: Any, text: str) -> None:
    assert formatting.pounds(value) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (250_000, 1_200_000, "£250,000 to £1.2 million"),
        (250_000, 250_000, "£250,000"),
        (250_000, None, "at least £250,000"),
        (None, 250_000, "up to £250,000"),
        (None, None, ""),
    ],
)
def test_pounds_range_says_what_is_known(low: Any, high: Any, text: str) -> None:
    assert formatting.pounds_range(low, high) == text


@pytest.mark.parametrize(
    ("value", "noun", "text"),
    [
        (1234, "", "1,234"),
        (1, "need", "1 need"),
        (0, "need", "0 needs"),
        (2, "authority,authorities", "2 authorities"),
        (1, "authority,authorities", "1 authority"),
        (None, "need", ""),
    ],
)
def test_count_agrees_with_its_noun(value: Any, noun: str, text: str) -> None:
    assert formatting.count(value, noun) == text


def test_percent_rounds_half_up() -> None:
    assert [formatting.percent(share) for share in (0.834, 0.005, 1, None)] == ["83%", "1%", "100%", ""]


def test_dates_are_read_in_london_time() -> None:
    moment = datetime.datetime(2027, 6, 30, 23, 30, tzinfo=UTC)
    assert formatting.day(moment) == "1 July 2027"
    assert formatting.day_time(moment) == "1 July 2027 at 12:30am"
    assert formatting.day_short(moment) == "1 Jul 2027"
    assert formatting.month(moment) == "July 2027"


@pytest.mark.parametrize(("hour", "text"), [(0, "12am"), (9, "9am"), (12, "12pm"), (14, "2pm")])
def test_day_time_leaves_out_full_hours(hour: int, text: str) -> None:
    moment = datetime.datetime(2027, 1, 3, hour, tzinfo=ZoneInfo("Europe/London"))
    assert formatting.day_time(moment) == f"3 January 2027 at {text}"


def test_dates_without_a_value_are_empty() -> None:
    assert formatting.day(None) == formatting.day_time(None) == formatting.month("2027") == ""
    assert formatting.day_time(datetime.date(2027, 1, 3)) == "3 January 2027"


def test_listed_joins_the_last_with_and() -> None:
    assert [formatting.listed(list(letters)) for letters in ("", "a", "ab", "abc")] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


def test_text_of_people_is_isolated_and_escaped() -> None:
    assert render("{{ name|bdi }}", name="<b>") == "<bdi>&lt;b&gt;</bdi>"
    html = render("{{ text|paragraphs }}", text="one\r\ntwo\n\n\n<i>three</i>")
    assert html == '<p class="govuk-body">one<br>two</p>\n<p class="govuk-body">&lt;i&gt;three&lt;/i&gt;</p>'


@pytest.mark.parametrize(
    "source",
    [
        "{% button x kind=x name=x value=x %}",
        "{% button x href=x %}",
        "{% tag x colour=x %}",
        "{% status_tag x %}",
        "{% back_link x x %}",
        "{% breadcrumbs x x x %}",
        "{% borough_tile x x count=x abbr=x %}",
        "{% hero x lede=x eyebrow=x %}{{ x }}{% endhero %}",
        "{% inset %}{{ x }}{% endinset %}{% warning %}{{ x }}{% endwarning %}{% details x %}{{ x }}{% enddetails %}",
        "{% panel x %}{{ x }}{% endpanel %}{% notification x %}{{ x }}{% endnotification %}",
        "{% empty_state x %}{{ x }}{% endempty_state %}",
        "{% summary_list card=x %}{% summary_row x x href=x action=x hint=x %}"
        "{% summary_html x %}{{ x }}{% endsummary_html %}{% endsummary_list %}",
        "{% table x %}<tbody><tr><td>{{ x }}</td></tr></tbody>{% endtable %}",
        "{% task_list %}{% task x href=x status=x colour=x hint=x %}{% endtask_list %}",
        "{% tiles %}{% tile x x href=x hint=x %}{% endtiles %}",
        "{% timeline %}{% timeline_item x by=x %}{{ x }}{% endtimeline_item %}{% endtimeline %}",
        "{% progress_bar 1 2 label=x poll_url=x %}",
        "{% chart x table narrow=x caption=x note=x scroll=True %}",
        '{% include "_components/notice_card.html" with href=x title=x summary=x category=x kind=x lead=x only %}',
        '{% include "_components/demand_card.html" with href=x title=x reference=x names=x category=x total=x only %}',
    ],
)
def test_components_escape_every_text(source: str) -> None:
    evil = "\"><script>alert('x')</script>"
    html = render(source, x=evil, table={"head": [evil, evil], "rows": [[evil, evil]]})
    assert "<script" not in html
    assert "&lt;script" in html


@pytest.mark.parametrize(
    ("status", "html"),
    [
        ("DRAFT", '<strong class="govuk-tag govuk-tag--grey">Draft</strong>'),
        ("QUESTIONS_CLOSED", '<strong class="govuk-tag govuk-tag--yellow">Questions closed</strong>'),
        ("published", '<strong class="govuk-tag govuk-tag--green">Published</strong>'),
        ("NEVER_HEARD_OF", '<strong class="govuk-tag govuk-tag--grey">Never heard of</strong>'),
    ],
)
def test_status_tag_colours_by_value(status: str, html: str) -> None:
    assert ui.status_tag(status).strip() == html


def test_every_status_has_a_colour_and_every_colour_a_status() -> None:
    models = (
        Amendment,
        CommonRequirement,
        DataImport,
        EngagementEntry,
        JointDemand,
        MatchRun,
        Need,
        Notice,
        Question,
        Report,
        ReportRebuild,
        ReportSchedule,
        RequirementWording,
    )
    statuses = {str(value) for model in models for value in model.Status.values} | set(PublicState.values)
    statuses |= set(Participation.Stage.values)
    assert {status for coloured in ui.STATUS_COLOURS.values() for status in coloured} == statuses


def test_status_tag_label_wins_over_the_value() -> None:
    assert "Sent for approval" in ui.status_tag("SUBMITTED", "Sent for approval")


class NeedForm(forms.Form):
    title = forms.CharField()


def test_page_title_tells_of_errors_in_any_form() -> None:
    source = '{% page_title "Log a need" %}'
    assert render(source, form=NeedForm()) == "Log a need – LOTI demand board"
    assert render(source, form=NeedForm({"title": "x"})) == "Log a need – LOTI demand board"
    assert render(source, form=NeedForm({})) == "Error: Log a need – LOTI demand board"
    assert render('{% page_title "x" form=other %}', other=NeedForm({})).startswith("Error: ")
    assert render("{% page_title %}") == "LOTI demand board"
    lines = forms.formset_factory(NeedForm, extra=0, min_num=1, validate_min=True)
    data = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0"}
    assert render(source, formset=lines(data)).startswith("Error: ")


def test_error_summary_is_silent_without_errors() -> None:
    assert render("{% error_summary form missing %}", form=NeedForm({"title": "x"})) == ""


def test_field_tag_changes_label_hint_and_heading() -> None:
    html = render('{% field form.title label="What?" hint="Few words" heading=True label_size="l" %}', form=NeedForm())
    assert '<h1 class="govuk-label-wrapper">' in html
    assert "govuk-label--l" in html
    assert "What?" in html
    assert 'aria-describedby="id_title-hint"' in html


def test_pagination_keeps_the_query_and_is_silent_for_one_page() -> None:
    request = RequestFactory().get("/", {"q": "a b&c", "page": "2"})
    page = Paginator(range(100), 10).page(2)
    html = render("{% pagination page %}", page=page, request=request)
    assert 'href="?q=a+b%26c&amp;page=3" rel="next"' in html
    assert 'aria-current="page">2</a>' in html
    assert render("{% pagination page %}", page=Paginator(range(3), 10).page(1)) == ""


def test_progress_bar_polls_only_while_work_goes_on() -> None:
    going = render(
        '{% progress_bar 40 100 label="Comparing" poll_url="/p" %}', request=RequestFactory().get("/run?a=1")
    )
    assert 'data-poll-url="/p"' in going
    assert 'href="/run?a=1">Refresh this page' in going
    done = render('{% progress_bar 100 100 poll_url="/p" done=True %}')
    assert "data-poll-url" not in done
    assert "Refresh" not in done


def test_summary_row_says_when_nothing_is_given() -> None:
    assert "Not given" in ui.summary_row("End date", None)
    assert "Not given" not in ui.summary_row("Needs", 0)
    assert '<span class="govuk-visually-hidden"> end date</span>' in ui.summary_row("End date", "", href="/x")


def test_filter_panel_works_without_scripts() -> None:
    class FilterForm(forms.Form):
        q = forms.CharField(label="Search", required=False)
        kind = forms.ChoiceField(choices=[("", "All")], required=False)
        borough = forms.MultipleChoiceField(choices=[], required=False)

    html = render(
        '{% include "_components/filter_panel.html" with form=form live_target="results" reset_url="/board" only %}',
        form=FilterForm(),
    )
    assert '<form method="get"' in html
    assert 'data-live-target="results"' in html
    assert '<button type="submit"' in html
    assert "Borough" not in html
    assert html.index('name="q"') < html.index("<details") < html.index('name="kind"')
    assert "(optional)" not in html


def test_range_of_pounds_is_set_smaller_than_a_count_in_its_tile() -> None:
    source = "{% tile figure label %}"
    assert "loti-tile__value--long" in render(source, figure="£1.6 million to £2.5 million", label="budget")
    assert "loti-tile__value--long" not in render(source, figure=130_390, label="users")


def test_table_of_a_wide_chart_says_beside_each_figure_what_it_is_of() -> None:
    table = {"head": ["Category", "Camden", "Brent"], "rows": [["Telephony", "2", "0"]]}
    html = render("{% chart '' table scroll=True %}", table=table)
    assert '<td class="num" data-label="Camden">2</td>' in html
    assert '<td class="num loti-table__none" data-label="Brent">0</td>' in html
    assert "Where a figure is 0 it is left out" in html
    assert "left out" not in render("{% chart '' table %}", table=table)

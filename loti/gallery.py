"""Every component on one page, with samples, to look at while working on one. Development only."""

import csv
import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from boroughs.forms import fields
from procurement.charts import bar, drawing, heat, sparkline, tiles, timeline

CATEGORIES = ("Housing management", "Telephony", "Cyber security", "Case management", "Planning", "Data platform")


class SampleForm(forms.Form):
    title = forms.CharField(
        help_text="What you want to be able to do, in a few words", initial="Housing repairs online"
    )
    problem = fields.WordsField(max_words=150, label="The problem", help_text="Who has it, and what it costs them")
    email = forms.EmailField(label="Contact e-mail", required=False, widget=forms.EmailInput({"autocomplete": "email"}))
    budget = fields.PoundsField(label="Budget a year", help_text="For example, 250k or 1.2m")
    wanted_from = fields.DatePartsField(label="When do you want to start?", subject="start date")
    category = forms.ChoiceField(
        choices=[("", "Choose a category"), *((name, name) for name in CATEGORIES)],
        widget=fields.AutocompleteSelect(),
        help_text="Type to find one",
    )
    kind = forms.ChoiceField(
        label="What do you want?",
        choices=[("new", "Something new"), ("renew", "To renew what we have"), ("unsure", "We do not know yet")],
        widget=fields.Radios(hints={"renew": "A contract that ends and must go on"}),
    )
    joins = forms.ChoiceField(
        label="Would you buy together?", choices=[("yes", "Yes"), ("no", "No")], widget=fields.Radios(inline=True)
    )
    users = forms.MultipleChoiceField(
        label="Who will use it?",
        choices=[("residents", "Residents"), ("staff", "Council staff"), ("partners", "Partners")],
        widget=fields.Checkboxes(),
        help_text="Select all that apply",
    )
    notes = forms.CharField(widget=forms.Textarea({"rows": 3}), required=False)
    paper = forms.FileField(label="Specification", required=False, widget=fields.FileUpload())
    password = forms.CharField(widget=forms.PasswordInput())
    agree = forms.BooleanField(label="I have checked this with my approver")


class SampleFilter(forms.Form):
    q = forms.CharField(label="Search", widget=fields.SearchInput(), required=False)
    category = forms.ChoiceField(
        choices=[("", "All"), *((name, name) for name in CATEGORIES)],
        widget=fields.AutocompleteSelect(),
        required=False,
    )
    status = forms.MultipleChoiceField(
        choices=[("open", "Open"), ("closed", "Closed")], widget=fields.Checkboxes(small=True), required=False
    )


def gallery(request: HttpRequest) -> HttpResponse:
    """The page. Anything posted to it is checked and thrown away, to show how errors look."""
    form = SampleForm(request.POST, request.FILES) if request.method == "POST" else SampleForm()
    wrong = SampleForm(
        {"budget": "a lot", "wanted_from_day": "31", "wanted_from_month": "2", "wanted_from_year": "2027"}
    )
    wrong.auto_id = "wrong_%s"
    words = request.GET.get("q", "").lower()
    context = {
        "form": form,
        "wrong": wrong,
        "filter_form": SampleFilter(request.GET or None, auto_id="filter_%s"),
        "page": Paginator(range(200), 20).get_page(request.GET.get("page", 4)),
        "today": datetime.date(2026, 11, 24),
        "found": [name for name in CATEGORIES if words in name.lower()],
        **_charts(),
    }
    return render(request, "gallery.html", context)


def _charts() -> dict[str, Any]:
    bars = [
        bar.Bar("Housing management", 14, href="#bars"),
        bar.Bar("Adult social care case management and workflow", 11),
        bar.Bar("Telephony and contact centre", 9),
        bar.Bar("Cyber security monitoring", 7),
        bar.Bar("Planning", 1),
    ]
    with (settings.BASE_DIR / "boroughs" / "data" / "authorities.csv").open(encoding="utf-8", newline="") as file:
        authorities = [line for line in csv.DictReader(file) if line["tile_row"]]
    cells = [
        tiles.Cell(
            line["abbreviation"],
            line["name"],
            int(line["tile_row"]),
            int(line["tile_column"]),
            (index * 7) % 23,
            href="#tiles" if index % 2 else "",
        )
        for index, line in enumerate(authorities)
    ]
    lanes = [
        timeline.Lane("Camden", datetime.date(2021, 4, 1), datetime.date(2027, 3, 31), datetime.date(2029, 3, 31)),
        timeline.Lane("Hammersmith and Fulham", datetime.date(2023, 7, 1), datetime.date(2028, 6, 30)),
        timeline.Lane(
            "Barking and Dagenham", datetime.date(2024, 1, 1), datetime.date(2026, 12, 31), datetime.date(2027, 12, 31)
        ),
        timeline.Lane(
            "Kingston upon Thames", datetime.date(2025, 10, 1), datetime.date(2030, 9, 30), datetime.date(2032, 9, 30)
        ),
    ]
    names = [cell.name for cell in cells[:12]]
    values = {
        (name, column): (a * b * 3 + a) % 6 for a, name in enumerate(names) for b, column in enumerate(CATEGORIES)
    }
    today = datetime.date(2026, 11, 24)
    return {
        "bars": bar.svg(bars, title="Needs by category"),
        "bars_narrow": bar.svg(bars, title="Needs by category", width=drawing.NARROW),
        "bars_table": bar.rows(bars, head=("Category", "Needs")),
        "map": tiles.svg(cells, title="Needs by borough", unit="Needs"),
        "map_table": tiles.rows(cells, head=("Borough", "Needs")),
        "ends": timeline.svg(lanes, title="Contract ends", today=today),
        "ends_narrow": timeline.svg(lanes, title="Contract ends", today=today, width=drawing.NARROW),
        "ends_table": timeline.rows(lanes),
        "heat": heat.svg(names, CATEGORIES, values, title="Needs by borough and category"),
        "heat_table": heat.rows(names, CATEGORIES, values),
        "spark": sparkline.svg([3, 5, 4, 8, 9, 14, 13], title="Needs logged a month"),
    }

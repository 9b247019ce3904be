"""The day for which the notice clock is set."""

from datetime import date

from django import forms

from boroughs.forms.fields import DatePartsField

# The first day on which a tender notice could go out under the Procurement Act 2023.
FIRST_DAY = date(2025, 2, 24)
LAST_DAY = date(2099, 12, 31)


class TenderDateForm(forms.Form):
    tender_date = DatePartsField(
        label="Tender notice wanted on",
        subject="day of the tender notice",
        min_date=FIRST_DAY,
        max_date=LAST_DAY,
        error_messages={"required": "Enter the day on which the tender notice is wanted"},
    )

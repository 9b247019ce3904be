"""What a need may say: the one definition of its fields and rules, for the page, the import and the API.

The page holds people to its word limits, which make a need readable. A file comes as it was written somewhere else, so
there only the hard limits count.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, cast

from django import forms

from boroughs.actions.need_content import NeedContent, RequirementLine, Volume
from boroughs.forms.fields import DatePartsField, Radios
from boroughs.forms.need_fields import (
    PAGE,
    BudgetField,
    CategoryField,
    CodeField,
    ContractField,
    CpvField,
    Limits,
    MayWait,
    PercentField,
    WholeNumberField,
    YesNoField,
    hold_to,
    number_messages,
    short_box,
)
from boroughs.forms.text import LineField, ProseField, clean_line
from boroughs.models import Borough, Category, Contract, Need

INCUMBENT_CHARACTERS = 300
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 12, 31)
KIND_HINTS = {
    Need.Kind.SOFTWARE: "A system, with its hosting if the supplier runs it",
    Need.Kind.LICENCES: "More of a named product that you already chose",
    Need.Kind.MANAGED_SERVICE: "People and technology that run something for you",
    Need.Kind.HOSTING: "Somewhere to run systems that you have",
    Need.Kind.HARDWARE: "Devices, cameras, network equipment",
    Need.Kind.CONSULTANCY: "Advice, design, or a team for a piece of work",
    Need.Kind.WORKS: "Cabling, civil works, installation",
    Need.Kind.SUPPORT: "Keeping what you have going",
}
DEPTH_HINTS = {
    Need.Depth.INTELLIGENCE: "Tell each other what we have, what it costs and what we learned",
    Need.Depth.SPECIFICATION: "Agree the core requirements once, and buy on our own",
    Need.Depth.MARKET: "Speak to suppliers together before anybody buys",
    Need.Depth.TENDER: "One competition; each borough signs for itself",
    Need.Depth.CONTRACT: "One borough signs for all",
}
DISCLOSURE_HINTS = {
    Need.Disclosure.NOTHING: "Not before a notice that your borough agrees to",
    Need.Disclosure.COUNTED: "What is needed, counted with other boroughs, nobody named",
    Need.Disclosure.NAMED: "What is needed, and that your borough needs it",
}


def _said_by(contract: Contract) -> dict[str, Any]:
    """What a need takes over from the contract that it replaces, as far as a need may say it."""
    end, in_use = contract.end_date, clean_line(contract.system or contract.supplier)
    return {
        "incumbent": in_use if len(in_use) <= INCUMBENT_CHARACTERS else "",
        "contract_end_date": end if end and EARLIEST <= end <= LATEST else None,
    }


def _hints(hints: Mapping[Any, str]) -> dict[str, str]:
    return {str(code): hint for code, hint in hints.items()}


def _percent(subject: str) -> PercentField:
    return PercentField(
        label=f"{subject}: how many per cent more or fewer could you accept?",
        min_value=0,
        max_value=100,
        required=False,
        error_messages=number_messages("Tolerance in per cent", 0, 100, "10"),
    )


class NeedForm(MayWait):
    """All that a need says but its requirement lines. Only the title is wanted now, the rest before submitting."""

    title = LineField(
        label="Title",
        max_characters=PAGE.title,
        help_text="A few words that a colleague in another borough would recognise. "
        "For example, “Housing repairs scheduling system”.",
        error_messages={"required": "Enter a title"},
    )
    problem = ProseField(
        label="What problem is to be solved?",
        subject="Problem",
        max_words=200,
        rows=5,
        required=False,
        help_text="What does not work today, and for whom? Leave products out, if you can.",
    )
    users_description = ProseField(
        label="Who are the users, and what do they need?", subject="Users", max_words=100, rows=4, required=False
    )
    description = ProseField(
        label="What outcome do you want?", subject="Outcome", max_words=200, rows=5, required=False
    )
    category = CategoryField(label="Category", required=False, help_text="The kind of work it supports.")
    cpv = CpvField(
        label="CPV codes",
        required=False,
        help_text="Eight digits each, with commas between them. You can leave this to the category.",
    )
    kind = CodeField(
        label="What kind of thing do you want?",
        choices=Need.Kind.choices,
        unsaid=True,
        widget=Radios(hints={str(code): hint for code, hint in KIND_HINTS.items()}, small=True),
        required=False,
        help_text="The same words can mean a system or the service around it. This keeps the two apart.",
        error_messages={
            "invalid_choice": "Kind must be one of: " + ", ".join(str(kind.label).lower() for kind in Need.Kind)
        },
    )
    users_count = WholeNumberField(
        label="How many people will use it?",
        min_value=0,
        max_value=20_000_000,
        required=False,
        widget=short_box(10),
        error_messages=number_messages("Number of users", 0, 20_000_000, "1,200"),
    )
    users_tolerance = _percent("People who will use it")
    budget_min = BudgetField(label="Lowest budget", required=False, max_value=100_000_000_000)
    budget_max = BudgetField(label="Highest budget", required=False, max_value=100_000_000_000)
    budget_basis = CodeField(
        label="What is the budget for?",
        choices=Need.BudgetBasis.choices,
        unsaid=True,
        widget=Radios(inline=True),
        required=False,
        error_messages={"invalid_choice": "Budget basis must be one-off, a year or whole life"},
    )
    earliest_start_date = DatePartsField(
        label="When could it start at the earliest?",
        subject="Earliest start",
        required=False,
        min_date=EARLIEST,
        max_date=LATEST,
    )
    start_date = DatePartsField(
        label="When must it start at the latest?",
        subject="Latest start",
        required=False,
        min_date=EARLIEST,
        max_date=LATEST,
    )
    months = WholeNumberField(
        label="How many months should the contract run?",
        min_value=1,
        max_value=600,
        required=False,
        widget=short_box(4),
        error_messages=number_messages("Contract length in months", 1, 600, "36"),
    )
    contract = ContractField(
        label="Which contract does it replace?",
        required=False,
        help_text="From your contract register. Its product and its end are taken over where you leave them empty.",
    )
    contract_end_date = DatePartsField(
        label="When does your present contract end?",
        subject="End of the present contract",
        required=False,
        min_date=EARLIEST,
        max_date=LATEST,
    )
    incumbent = LineField(
        label="What do you use today?",
        subject="What you use today",
        max_characters=INCUMBENT_CHARACTERS,
        required=False,
        help_text="The product or supplier, if there is one.",
    )

    integrations = ProseField(
        label="Which systems must it work with?",
        subject="Systems that it must work with",
        max_words=100,
        rows=3,
        required=False,
        help_text="For example, “Sign-in with Microsoft Entra; payments through GOV.UK Pay”.",
    )
    hosting = CodeField(
        label="Where may it run?",
        choices=Need.Hosting.choices,
        unsaid=True,
        widget=Radios(small=True),
        required=False,
        error_messages={"invalid_choice": "Hosting must be one of: any, supplier UK, own cloud, own premises"},
    )
    personal_data = CodeField(
        label="What personal data will it hold?",
        choices=Need.PersonalData.choices,
        unsaid=True,
        widget=Radios(small=True),
        required=False,
        error_messages={"invalid_choice": "Personal data must be none, personal or special"},
    )
    constraints = ProseField(
        label="What else must a supplier know or keep to?",
        subject="Other constraints",
        max_words=100,
        rows=3,
        required=False,
        help_text="Law, security, data protection, accessibility, policy.",
    )
    depth = CodeField(
        label="How far would you go together with other boroughs?",
        choices=Need.Depth.choices,
        unsaid=True,
        widget=Radios(hints=_hints(DEPTH_HINTS), small=True),
        required=False,
        help_text="Choose the furthest step that you can imagine today. It binds nobody.",
        error_messages={
            "invalid_choice": "How far you would go must be intelligence, specification, market, tender or contract"
        },
    )
    could_lead = YesNoField(
        label="Could your borough lead?",
        required=False,
        error_messages={"invalid_choice": "Whether you could lead must be yes or no"},
    )
    supplier_disclosure = CodeField(
        label="What may suppliers be shown before a notice?",
        choices=Need.Disclosure.choices,
        unsaid=True,
        widget=Radios(hints=_hints(DISCLOSURE_HINTS), small=True),
        required=False,
        error_messages={"invalid_choice": "What suppliers may be shown must be nothing, counted or named"},
    )
    musts_reason = ProseField(
        label="If more than five are musts, why?",
        subject="Why so many musts",
        max_words=50,
        rows=2,
        required=False,
        help_text="Each must keeps some suppliers away. A reason helps the other boroughs to agree with you.",
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        categories: Sequence[Category],
        contracts: Sequence[Contract] = (),
        only: Iterable[str] | None = None,
        limits: Limits = PAGE,
        checks: bool = True,
        **kwargs: Any,
    ) -> None:
        """`only` names the fields of the section that is asked for; without it all are."""
        super().__init__(data, **kwargs)
        self.limits, self.checks = limits, checks
        cast(CategoryField, self.fields["category"]).offer(categories)
        cast(ContractField, self.fields["contract"]).offer(contracts)
        hold_to(self, limits)
        if only is not None:
            self.fields = {name: self.fields[name] for name in only if name in self.fields}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        low, high = data.get("budget_min"), data.get("budget_max")
        if low is not None and high is not None and low > high:
            self.add_error("budget_max", "Highest budget must be the same as the lowest budget or more")
        has_budget = low is not None or high is not None
        if self.limits.wants_basis and has_budget and "budget_basis" in data and not data["budget_basis"]:
            self.add_error("budget_basis", "Choose what the budget is for: one-off, a year or whole life")
        earliest, latest = data.get("earliest_start_date"), data.get("start_date")
        if earliest and latest and latest < earliest:
            self.add_error("start_date", "Latest start must be the same as the earliest start or later")
        if not has_budget and "budget_basis" in data:
            data["budget_basis"] = ""
        self._take_over(data)
        return data

    def _take_over(self, data: dict[str, Any]) -> None:
        """Fill in what another contract than before says; what was typed stays, what the one before said does not."""
        contract, before = data.get("contract"), self.initial.get("contract")
        if contract is None or contract == before:
            return
        said = _said_by(before) if before else {}
        for name, value in _said_by(contract).items():
            if data.get(name) in (None, "", said.get(name)) and name not in self.errors:
                data[name] = value

    def content(self, *, lines: Iterable[RequirementLine] = (), volumes: Iterable[Volume] = ()) -> NeedContent:
        """What a valid form of all fields says."""
        return NeedContent(**self.cleaned_data, requirements=tuple(lines), volumes=tuple(volumes))

    @staticmethod
    def initial_from(content: NeedContent) -> dict[str, Any]:
        return content.fields()


class BoroughForm(forms.Form):
    """For people with more than one borough: which one the need is for."""

    borough = forms.ChoiceField(label="Which borough is this for?", error_messages={"required": "Choose a borough"})

    def __init__(self, *args: Any, boroughs: Iterable[Borough], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.boroughs = {borough.slug: borough for borough in boroughs}
        names = [(slug, borough.name) for slug, borough in self.boroughs.items()]
        cast(forms.ChoiceField, self.fields["borough"]).choices = [("", "Choose a borough"), *names]

    def chosen(self) -> Borough:
        return self.boroughs[self.cleaned_data["borough"]]


class JoinsForm(forms.Form):
    """The joint demand or need that the new one is the same as, where the person says so."""

    joins = forms.RegexField(
        r"\A(JD|N)-[0-9]{1,12}\Z",
        label="Joins",
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid": "What a need joins must be a reference, such as JD-0003 or N-00012"},
    )


class ReasonForm(forms.Form):
    """Why a need goes back, or out."""

    reason = ProseField(label="Why?", subject="Reason", max_words=100, rows=4, error_messages={"required": "Say why"})

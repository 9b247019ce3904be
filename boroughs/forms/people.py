"""Forms about people and authorities."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms

from boroughs.forms.fields import AutocompleteSelect, Radios
from boroughs.forms.text import LineField, clean_line
from boroughs.models import Borough, Role
from boroughs.models.membership import BOROUGH_ROLES

ROLE_HINTS = {
    Role.BOROUGH_READER: "Sees the borough’s needs and contracts",
    Role.BOROUGH_EDITOR: "Logs and changes the borough’s needs",
    Role.BOROUGH_APPROVER: "Logs needs, and approves them for the borough",
    Role.LOTI_ANALYST: "Settles joint demands, and drafts and publishes notices",
    Role.CDO_READER: "Sees the demand picture with names and told figures, and asks for reports",
    Role.ADMINISTRATOR: "Adds people and guest authorities; sees no borough’s figures",
}


class RoleForm(forms.Form):
    """A role and, for roles in a borough, which one."""

    role = forms.ChoiceField(
        label="Role",
        choices=Role.choices,
        widget=Radios(hints={str(role): hint for role, hint in ROLE_HINTS.items()}, small=True),
        error_messages={"required": "Choose a role", "invalid_choice": "Choose a role from the list"},
    )
    borough = forms.ChoiceField(
        label="Borough or authority",
        required=False,
        widget=AutocompleteSelect,
        help_text="Only for a role in a borough.",
        error_messages={"invalid_choice": "Choose a borough from the list"},
    )

    def __init__(self, *args: Any, boroughs: Iterable[Borough], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.boroughs = {borough.slug: borough for borough in boroughs}
        names = [(slug, borough.name) for slug, borough in self.boroughs.items()]
        cast(forms.ChoiceField, self.fields["borough"]).choices = [("", "Choose a borough"), *names]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        role, slug = data.get("role"), data.get("borough")
        if role in BOROUGH_ROLES and slug == "":
            self.add_error("borough", "Choose the borough in which the person has this role")
        if role and role not in BOROUGH_ROLES and slug:
            self.add_error("borough", "This role is for all of London: choose no borough")
        return data

    def chosen_role(self) -> Role:
        return Role(self.cleaned_data["role"])

    def chosen_borough(self) -> Borough | None:
        return self.boroughs.get(self.cleaned_data["borough"])


class InvitationForm(RoleForm):
    """A new person."""

    name = LineField(label="Full name", max_characters=150, error_messages={"required": "Enter a name"})
    email = forms.EmailField(
        label="E-mail address",
        help_text="They get an e-mail with a link to set a password.",
        error_messages={
            "required": "Enter an e-mail address",
            "invalid": "Enter an e-mail address in the correct format, like name@example.com",
        },
    )

    field_order = ("name", "email", "role", "borough")

    def clean_email(self) -> str:
        return clean_line(self.cleaned_data["email"]).lower()


class ColleagueRoleForm(forms.Form):
    """A role in one's own borough."""

    role = forms.ChoiceField(
        label="Role",
        choices=[(str(role), role.label) for role in BOROUGH_ROLES],
        widget=Radios(hints={str(role): ROLE_HINTS[role] for role in BOROUGH_ROLES}, small=True),
        error_messages={"required": "Choose a role", "invalid_choice": "Choose a role from the list"},
    )

    def chosen_role(self) -> Role:
        return Role(self.cleaned_data["role"])


class ColleagueForm(ColleagueRoleForm):
    """Somebody who works for the borough; where the person who invites has several, for which one."""

    name = LineField(label="Full name", max_characters=150, error_messages={"required": "Enter a name"})
    email = forms.EmailField(
        label="E-mail address",
        help_text="Who has no account yet gets an e-mail with a link to set a password.",
        error_messages={
            "required": "Enter an e-mail address",
            "invalid": "Enter an e-mail address in the correct format, like name@example.com",
        },
    )
    borough = forms.ChoiceField(label="For which borough?", error_messages={"required": "Choose a borough"})

    field_order = ("borough", "name", "email", "role")

    def __init__(self, *args: Any, boroughs: Iterable[Borough], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.boroughs = {borough.slug: borough for borough in boroughs}
        if len(self.boroughs) == 1:
            del self.fields["borough"]
        else:
            names = [(slug, borough.name) for slug, borough in self.boroughs.items()]
            cast(forms.ChoiceField, self.fields["borough"]).choices = [("", "Choose a borough"), *names]

    def clean_email(self) -> str:
        return clean_line(self.cleaned_data["email"]).lower()

    def chosen_borough(self) -> Borough:
        only = next(iter(self.boroughs))
        return self.boroughs[self.cleaned_data.get("borough") or only]


class GuestForm(forms.Form):
    """An authority from outside the 33."""

    name = LineField(
        label="Name of the authority",
        max_characters=200,
        help_text="For example, Greater London Authority.",
        error_messages={"required": "Enter the name of the authority"},
    )

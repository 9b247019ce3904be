"""What a person says in a double reading: of each need that the page showed, whether it belongs,
and of a joint demand whether it is the same.
"""

from collections.abc import Iterable

from django import forms

from procurement.queries.double_reading import Line

YES, NO = "yes", "no"
OF_NEED = [(YES, "Belongs"), (NO, "Does not belong")]
OF_DEMAND = [(YES, "The same requirement"), (NO, "Another requirement")]


class DoubleReadingForm(forms.Form):
    """A tick for each, or none. Where two people have left it open there is no default: yes or no."""

    def __init__(self, *args: object, lines: Iterable[Line], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.lines = {_name(line.reference): line for line in lines}
        for name, line in self.lines.items():
            what = "is the same requirement" if line.is_demand else "belongs"
            self.fields[name] = forms.ChoiceField(
                choices=OF_DEMAND if line.is_demand else OF_NEED,
                required=line.is_in_doubt,
                # As the matcher proposes it: whoever reads says what is wrong.
                initial=YES if line.is_member and not line.is_in_doubt else "",
                error_messages={"required": f"Say whether {line.reference} {what}"},
            )

    @property
    def belongs(self) -> dict[str, bool]:
        """By what was shown."""
        return {line.shown: self.cleaned_data[name] == YES for name, line in self.lines.items()}

    def asks(self, reference: str) -> forms.BoundField:
        return self[_name(reference)]


def _name(reference: str) -> str:
    return f"need-{reference}"

"""What imported rows would change, in the words that the pages of contracts and needs have for it."""

from collections.abc import Sequence

from boroughs.actions import contract_content, need_content
from boroughs.actions.need_content import References
from boroughs.forms import contract_words, need_words
from boroughs.forms.need_words import Difference
from boroughs.models import DataImport, ImportRow


def differences(rows: Sequence[ImportRow], *, data_import: DataImport) -> dict[int, list[Difference]]:
    """By line, the parts in which a row differs from what is stored; two queries whatever the number of rows."""
    # What the file is silent about stays as it is stored.
    versions = {row.line: (row.before, row.before | row.content) for row in rows if row.before}
    both = [version for pair in versions.values() for version in pair]
    if data_import.noun == DataImport.Noun.NEEDS:
        references = References.of(both, borough=data_import.borough)
        return {
            line: need_words.differences(
                theirs=need_content.from_json(before, references=references),
                mine=need_content.from_json(after, references=references),
            )
            for line, (before, after) in versions.items()
        }
    categories = contract_content.categories_of(both)
    return {
        line: contract_words.differences(
            theirs=contract_content.from_json(before, categories=categories),
            mine=contract_content.from_json(after, categories=categories),
        )
        for line, (before, after) in versions.items()
    }

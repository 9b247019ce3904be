"""Rows of a table by the fields that a person has given its columns."""

import io

from boroughs.forms.import_reading import raw_rows
from boroughs.forms.tables import read_table


def test_columns_are_told_in_the_order_of_the_file_whatever_that_of_the_mapping() -> None:
    table = read_table(io.BytesIO(b"How many staff use it,Needed by\nabout 30k,soon\n"), "needs.csv")
    mapping = {"Needed by": "start", "How many staff use it": "users"}

    (row,) = raw_rows(table, mapping, noun="NEEDS")

    assert list(row.headings.values()) == ["How many staff use it", "Needed by"]

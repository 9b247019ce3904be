"""A register on its way in, for a worker that is killed. Run by `manage.py shell` in a stage's database."""

from boroughs.actions import data_imports, reference
from boroughs.forms import import_reading
from boroughs.models import Borough, DataImport
from boroughs.permissions import COMMAND_LINE

ROWS = 6_000


def hand_in() -> None:
    """Hand a register of so many rows in, and have it checked."""
    reference.load()
    rows = (f"LBC/{number},Contract {number},Supplier {number % 300} Ltd,31/03/2028\n" for number in range(ROWS))
    content = ("Contract Ref,Title,Supplier,End date\n" + "".join(rows)).encode()
    shape = import_reading.describe(content, "register.csv", noun=DataImport.Noun.CONTRACTS).shape
    data_import = data_imports.receive(
        borough=Borough.objects.get(slug="camden"),
        noun=DataImport.Noun.CONTRACTS,
        file_name="register.csv",
        content=content,
        shape=shape,
        by=COMMAND_LINE,
    )
    data_imports.check(data_import=data_import, mapping=shape.mapping, remembered={}, by=COMMAND_LINE)


def apply() -> None:
    """Have it written."""
    data_imports.apply(data_import=DataImport.objects.get(), by=COMMAND_LINE)

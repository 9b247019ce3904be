"""`python -m tests.procurement.ocds.golden`: write the files anew."""

from tests.procurement.ocds import golden

golden.write()

"""Registers in the six shapes in which boroughs really have them; invented contracts, true headings."""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date

from tests.boroughs.forms.workbooks import PERCENT, Raw, SheetOf, workbook

SYSTEMS = ("Housing management", "Planning portal", "Social care records", "Telephony", "Payroll")
SUPPLIERS = ("Alder Software Ltd", "Birch Systems plc", "Cedar Care Ltd", "Dogwood Telecom Ltd", "Elm People Ltd")


def text_file(rows: Sequence[Sequence[object]], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue().encode(encoding)


def transparency_code() -> bytes:
    headings = [
        "Reference number",
        "Title of agreement",
        "Local authority department responsible",
        "Description of the goods and/or services being provided",
        "Supplier name and details",
        "Sum to be paid over the length of the contract or the estimated annual spending or budget for the contract",
        "VAT that cannot be recovered",
        "Start date",
        "End date",
        "Review date",
        "Whether or not the contract was the result of an invitation to quote or a published invitation to tender",
        "Whether or not the supplier is a small or medium sized enterprise and/or a voluntary or community sector "
        "organisation and where it is provide the relevant registration number",
    ]
    rows = [
        [
            f"DN{4000 + number}",
            f"{system} system",
            "Resources",
            f"Software and support\nfor {system.lower()}",
            f"{SUPPLIERS[number]}\n1 High Street\nLondon",
            f"£{120_000 + number:,}.00",
            "Nil",
            f"0{number + 1}/04/2022",
            f"31/03/{2026 + number}",
            f"30/09/{2025 + number}",
            "Invitation to tender",
            "SME",
        ]
        for number, system in enumerate(SYSTEMS)
    ]
    return text_file([headings, *rows], encoding="utf-8-sig")


def kept_by_hand() -> bytes:
    rows: list[list[object]] = [
        ["ICT contracts register"],
        ["Updated", date(2026, 4, 1)],
        [],
        ["System", "What", "Who with", "Ends", "Cost per year", None, "Comments"],
    ]
    ends = ("Apr 2027", date(2027, 9, 30), "31 March 2028", "rolling", "TBC")
    for number, system in enumerate(SYSTEMS):
        rows.append([f"{system} Pro", system, SUPPLIERS[number], ends[number], 10_000 * (number + 1), None, None])
    rows[6].append(Raw("<v>0.125</v>", style=PERCENT))
    rows += [[], ["Total", None, None, None, Raw('<f aca="false">SUM(E5:E9)</f><v>150000</v>')]]
    return workbook(SheetOf(rows, name="Contracts"), SheetOf([["Key"], ["red: urgent"]], name="Key", state="hidden"))


def contract_system() -> bytes:
    headings = [
        "Contract Ref",
        "Contract Title",
        "Vendor",
        "Directorate",
        "Commencement",
        "Expires",
        "Extension Available",
        "Renewal notice",
        "Annual Cost",
        "Contract Value",
        "Contract Manager",
        "Status",
    ]
    options = ("2 x 12 months", "1+1", "12 months + 12 months", "None", "1 year + 1 year optional")
    notices = ("3 months", "90 days", "12 weeks", "6m", "n/a")
    rows = [
        [
            f"CON-{number:04}",
            f"{system}, support and hosting",
            SUPPLIERS[number],
            "Corporate",
            "2023-04-01 00:00:00",
            f"{2027 + number}-03-31 00:00:00",
            options[number],
            notices[number],
            f"{70 + number}000.50",
            f"{280 + number}000.00",
            "A. Officer",
            "Live",
        ]
        for number, system in enumerate(SYSTEMS)
    ]
    return text_file([headings, *rows], "\t", "utf-16")


def contracts_finder() -> bytes:
    told_headings = (
        "Notice Identifier,Notice Type,Organisation Name,Status,Published Date,Title,Description,Nationwide,Postcode,"
        "Region,Cpv Codes,Contact Name,Contact Email,Contact Address 1,Contact Town,Contact Postcode,Attachments,Links,"
        "Start Date,End Date,Closing Date,Is sub-contract,Parent Reference,Suitable for SME,Suitable for VCO,"
        "OJEU Contract Type,Value Low,Value High,Awarded Date,Awarded Value,"
        "Supplier [Name|Address|Ref type|Ref Number|Is SME|Is VCSE],Supplier's contact name,Contract start date,"
        "Contract end date,OJEU Procedure Type,Accelerated Justification,OCID"
    )
    headings = told_headings.split(",")
    rows = []
    for number, system in enumerate(SYSTEMS):
        supplier = f"[{SUPPLIERS[number]}|1 High Street, London|COMPANIES_HOUSE|{1234567 + number:08}|Yes|No]"
        told = {
            "Notice Identifier": f"tender_{9000 + number}/{number}",
            "Notice Type": "Contract",
            "Organisation Name": "London Borough of Camden",
            "Published Date": "2024-10-10T14:38:59+01:00",
            "Title": system,
            "Description": f"{system}; licences, support",
            "Cpv Codes": "48000000",
            "Contact Name": "A. Officer",
            "Start Date": "01/04/2024",
            "End Date": f"31/03/{2027 + number}",
            "Closing Date": "2023-10-10T14:38:59+01:00",
            "Value Low": "100000",
            "Value High": "200000",
            "Awarded Date": "01/02/2024",
            "Awarded Value": f"{150_000 + number}",
            "Supplier [Name|Address|Ref type|Ref Number|Is SME|Is VCSE]": supplier,
            "Contract start date": "01/04/2024",
            "Contract end date": f"31/03/{2027 + number}",
            "OCID": f"ocds-b5fd17-{number}",
        }
        rows.append([told.get(heading, "") for heading in headings])
    return text_file([headings, *rows], encoding="utf-8-sig")


def german_excel() -> bytes:
    rows = [
        [
            f"V-{number}",
            system,
            SUPPLIERS[number].replace("Elm", "Müller"),
            f"01.04.{2023 + number}",
            f"31.03.{2027 + number}",
            f"{number + 1}.234,50",
            f"£{number + 4}.938,00",
        ]
        for number, system in enumerate(SYSTEMS)
    ]
    headings = ["Contract No.", "Contract", "Contractor", "Start", "Expiry", "Annual value", "Total contract value"]
    return text_file([headings, *rows], ";", "cp1252")


def libre_office() -> bytes:
    rows: list[list[object]] = [
        ["Contracts of the digital service", None, None, None, None, None],
        ["Reference", "Supplier", "Title", "Term", None, "Annual spend"],
        [None, None, None, "Start date", "End date", None],
        ["A-1", "Alder Software Ltd", "Housing management", date(2023, 4, 1), date(2027, 3, 31), 12_000],
        ["A-2", None, "Planning portal", date(2023, 4, 1), date(2028, 3, 31), 8_000.5],
        ["A-3", None, "Telephony", date(2024, 4, 1), date(2028, 3, 31), Raw("<f>#REF!+1</f><v>#REF!</v>", "e")],
        ["B-1", "Birch Systems plc", "Payroll", date(2024, 4, 1), date(2029, 3, 31), Raw("<f>2*3</f><v></v>")],
    ]
    merged = ["A1:F1", "A2:A3", "B2:B3", "C2:C3", "D2:E2", "F2:F3", "B4:B6"]
    return workbook(SheetOf(rows, merged=merged, hidden_rows=[5], hidden_columns=[6]))


REGISTERS: dict[str, Callable[[], bytes]] = {
    "transparency_code.csv": transparency_code,
    "kept_by_hand.xlsx": kept_by_hand,
    "contract_system.txt": contract_system,
    "contracts_finder.csv": contracts_finder,
    "german_excel.csv": german_excel,
    "libre_office.xlsx": libre_office,
}

"""The fields of a need with the headings that people are known to give them. `name` is a column of need_rows.py."""

from boroughs.forms.column_targets import Target

NEED_TARGETS = (
    Target("id", "Identifier", ("id", "identifier", "external id", "source id", "reference", "need id"), "reference"),
    Target("borough", "Borough", ("borough", "council", "authority", "local authority", "organisation"), "borough"),
    Target(
        "title",
        "Title",
        ("title", "need", "name", "what", "what we need", "what is needed", "need title", "project", "project title"),
        never=("date",),
    ),
    Target("problem", "Problem", ("problem", "problem to solve", "issue", "challenge", "pain point", "why")),
    Target(
        "users_description",
        "Who uses it",
        ("users description", "who uses it", "user groups", "who are the users", "types of user"),
        never=("number",),
    ),
    Target("description", "Description", ("description", "details", "scope", "summary", "what it is for", "outline")),
    Target(
        "category", "Category", ("category", "category hint", "technology category", "capability", "type of system")
    ),
    Target("kind", "Kind", ("kind", "type", "kind of need", "type of need"), "choice"),
    Target(
        "users_count",
        "Number of users",
        (
            "users",
            "users count",
            "number of users",
            "user count",
            "user numbers",
            "how many users",
            "staff",
            "number of staff",
            "how many staff",
            "number of people",
            "how many people",
            "headcount",
        ),
        "number",
    ),
    Target("users_tolerance", "Users, more or less", ("users tolerance", "user tolerance"), "number"),
    Target("budget_min", "Budget from", ("budget min", "minimum budget", "budget from", "lowest budget"), "money"),
    Target(
        "budget_max",
        "Budget up to",
        ("budget max", "maximum budget", "budget to", "budget up to", "budget", "value", "estimated value", "cost"),
        "money",
    ),
    Target(
        "budget_basis", "What the budget covers", ("budget basis", "basis of budget", "per year or whole"), "choice"
    ),
    Target(
        "earliest_start_date",
        "Earliest start",
        ("earliest start date", "earliest start", "not before", "start from"),
        "date",
    ),
    Target(
        "start_date", "Start", ("start date", "start", "needed by", "needed from", "go live", "go live date"), "date"
    ),
    Target(
        "months",
        "Length in months",
        ("months", "length", "term", "length in months", "duration", "term months"),
        "number",
    ),
    Target(
        "contract_end_date",
        "End of the present contract",
        ("contract end date", "contract end", "current contract ends", "present contract ends", "contract expiry"),
        "date",
    ),
    Target("end", "End", ("end", "end date"), "date", ("contract",)),
    Target(
        "incumbent",
        "Present supplier or system",
        (
            "incumbent",
            "current supplier",
            "present supplier",
            "current system",
            "present system",
            "existing supplier",
            "supplier",
            "supplier name",
            "vendor",
            "vendor name",
            "provider",
            "provider name",
            "system",
            "product",
            "incumbent supplier",
        ),
        never=("preferred", "proposed", "possible", "new", "reference", "number", "contact"),
    ),
    Target(
        "contract", "Present contract’s reference", ("contract", "contract reference", "contract number"), "reference"
    ),
    Target("cpv", "CPV codes", ("cpv", "cpv codes", "cpv code"), "reference"),
    Target("integrations", "Integrations", ("integrations", "integrates with", "interfaces", "connected systems")),
    Target("hosting", "Hosting", ("hosting", "hosted", "cloud or on premises"), "choice"),
    Target("personal_data", "Personal data", ("personal data", "holds personal data"), "choice"),
    Target("constraints", "Constraints", ("constraints", "limits", "restrictions")),
    Target("depth", "How far to go together", ("depth", "how far", "depth of collaboration"), "choice"),
    Target("could_lead", "Could lead", ("could lead", "willing to lead", "lead borough"), "choice"),
    Target("supplier_disclosure", "What suppliers may see", ("supplier disclosure", "disclosure"), "choice"),
    Target("musts_reason", "Why so many musts", ("musts reason", "reason for musts")),
    Target(
        "requirements",
        "Requirements",
        ("requirements", "requirement", "must have", "must haves", "specification", "features"),
    ),
)

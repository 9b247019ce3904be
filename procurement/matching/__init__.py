"""Finds needs that could be bought together: items in, groups with reasons out. Knows nothing of Django."""

from procurement.matching.engine import ENGINE_VERSION, ContradictoryDecisions, match
from procurement.matching.identity import Identity, Lineage, assign_references
from procurement.matching.items import Capability, Config, Decision, Item
from procurement.matching.result import Cluster, Member, Pair, Reason, Result

__all__ = [
    "ENGINE_VERSION",
    "Capability",
    "Cluster",
    "Config",
    "ContradictoryDecisions",
    "Decision",
    "Identity",
    "Item",
    "Lineage",
    "Member",
    "Pair",
    "Reason",
    "Result",
    "assign_references",
    "match",
]

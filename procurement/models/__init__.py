from .decision import Decision
from .demand_member import DemandMember
from .joint_demand import JointDemand
from .lineage_event import LineageEvent
from .match_run import MatchRun
from .notice import Notice, PublicState, state_at
from .notice_version import NoticeVersion
from .overlap import Overlap
from .report import Report
from .text_vector import TextVector

__all__ = [
    "Decision",
    "DemandMember",
    "JointDemand",
    "LineageEvent",
    "MatchRun",
    "Notice",
    "NoticeVersion",
    "Overlap",
    "PublicState",
    "Report",
    "TextVector",
    "state_at",
]

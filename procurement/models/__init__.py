from .alignment import Alignment
from .calibration_fit import CalibrationFit
from .decision import Decision
from .demand_member import DemandMember
from .joint_demand import JointDemand
from .lineage_event import LineageEvent
from .match_run import MatchRun
from .notice import Notice, PublicState, state_at
from .notice_version import NoticeVersion
from .overlap import Overlap
from .provisional_place import ProvisionalPlace
from .report import Report
from .review_answer import ReviewAnswer
from .text_reading import TextReading
from .text_vector import TextVector

__all__ = [
    "Alignment",
    "CalibrationFit",
    "Decision",
    "DemandMember",
    "JointDemand",
    "LineageEvent",
    "MatchRun",
    "Notice",
    "NoticeVersion",
    "Overlap",
    "ProvisionalPlace",
    "PublicState",
    "Report",
    "ReviewAnswer",
    "TextReading",
    "TextVector",
    "state_at",
]

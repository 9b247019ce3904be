from .alignment import Alignment
from .calibration_fit import CalibrationFit
from .coalition import Coalition
from .common_requirement import CommonRequirement
from .decision import Decision
from .demand_member import DemandMember
from .experience import Experience
from .figure_release import FigureRelease
from .joint_demand import JointDemand
from .lead_vote import LeadVote
from .lineage_event import LineageEvent
from .match_run import MatchRun
from .naming import Naming
from .notice import DemandStage, Notice, PublicState, state_at, state_on
from .notice_contact import NoticeContact
from .notice_version import NoticeVersion
from .overlap import Overlap
from .participation import Participation
from .participation_step import ParticipationStep
from .provisional_place import ProvisionalPlace
from .report import Report
from .requirement_stance import RequirementStance
from .requirement_wording import RequirementWording
from .review_answer import ReviewAnswer
from .savings_estimate import SavingsEstimate
from .specification_version import SpecificationVersion
from .text_reading import TextReading
from .text_vector import TextVector
from .told_need import ToldNeed

__all__ = [
    "Alignment",
    "CalibrationFit",
    "Coalition",
    "CommonRequirement",
    "Decision",
    "DemandMember",
    "DemandStage",
    "Experience",
    "FigureRelease",
    "JointDemand",
    "LeadVote",
    "LineageEvent",
    "MatchRun",
    "Naming",
    "Notice",
    "NoticeContact",
    "NoticeVersion",
    "Overlap",
    "Participation",
    "ParticipationStep",
    "ProvisionalPlace",
    "PublicState",
    "Report",
    "RequirementStance",
    "RequirementWording",
    "ReviewAnswer",
    "SavingsEstimate",
    "SpecificationVersion",
    "TextReading",
    "TextVector",
    "ToldNeed",
    "state_at",
    "state_on",
]

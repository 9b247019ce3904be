from .alert import Alert
from .alignment import Alignment
from .calibration_fit import CalibrationFit
from .coalition import Coalition
from .common_requirement import CommonRequirement
from .confirmable import Confirmable, Link, LinkNotOurs
from .decision import Decision
from .demand_member import DemandMember
from .engagement_entry import EngagementEntry
from .experience import Experience
from .figure_release import FigureRelease
from .interest import Interest
from .interest_band import InterestBand
from .joint_demand import JointDemand
from .lead_vote import LeadVote
from .letter import Letter
from .lineage_event import LineageEvent
from .match_run import MatchRun
from .mute import Mute
from .naming import Naming
from .notice import DemandStage, Notice, PublicState, state_at, state_on
from .notice_contact import NoticeContact
from .notice_version import NoticeVersion
from .opinion import Opinion
from .overlap import Overlap
from .participation import Participation
from .participation_step import ParticipationStep
from .provisional_place import ProvisionalPlace
from .question import Question
from .report import Report
from .report_edition import ReportEdition
from .report_rebuild import ReportRebuild
from .report_schedule import ReportSchedule
from .requirement_stance import RequirementStance
from .requirement_wording import RequirementWording
from .review_answer import ReviewAnswer
from .savings_estimate import SavingsEstimate
from .snapshot import Snapshot
from .specification_version import SpecificationVersion
from .subscriber import Subscriber
from .text_reading import TextReading
from .text_vector import TextVector
from .told_need import ToldNeed
from .webhook import Webhook
from .webhook_delivery import WebhookDelivery

__all__ = [
    "Alert",
    "Alignment",
    "CalibrationFit",
    "Coalition",
    "CommonRequirement",
    "Confirmable",
    "Decision",
    "DemandMember",
    "DemandStage",
    "EngagementEntry",
    "Experience",
    "FigureRelease",
    "Interest",
    "InterestBand",
    "JointDemand",
    "LeadVote",
    "Letter",
    "LineageEvent",
    "Link",
    "LinkNotOurs",
    "MatchRun",
    "Mute",
    "Naming",
    "Notice",
    "NoticeContact",
    "NoticeVersion",
    "Opinion",
    "Overlap",
    "Participation",
    "ParticipationStep",
    "ProvisionalPlace",
    "PublicState",
    "Question",
    "Report",
    "ReportEdition",
    "ReportRebuild",
    "ReportSchedule",
    "RequirementStance",
    "RequirementWording",
    "ReviewAnswer",
    "SavingsEstimate",
    "Snapshot",
    "SpecificationVersion",
    "Subscriber",
    "TextReading",
    "TextVector",
    "ToldNeed",
    "Webhook",
    "WebhookDelivery",
    "state_at",
    "state_on",
]

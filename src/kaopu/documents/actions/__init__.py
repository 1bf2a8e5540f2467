"""公文的写入：起草与接续、文号、办理、分发。"""

from kaopu.documents.actions.approval import DocumentStale, take_step
from kaopu.documents.actions.closing import BY_THE_CLOSE, MonthClosed, close_month_with_bulletin
from kaopu.documents.actions.distribution import acknowledge, distribute
from kaopu.documents.actions.drafting import (
    DocumentRefused,
    Redraft,
    composed,
    draft_document,
    draft_on_file,
    issue_annual_summary,
    redraft_document,
)
from kaopu.documents.actions.numbers import reserve_number, skip_number, void_number
from kaopu.documents.actions.wordings import set_wording

__all__ = [
    "BY_THE_CLOSE",
    "DocumentRefused",
    "DocumentStale",
    "MonthClosed",
    "Redraft",
    "acknowledge",
    "close_month_with_bulletin",
    "composed",
    "distribute",
    "draft_document",
    "draft_on_file",
    "issue_annual_summary",
    "redraft_document",
    "reserve_number",
    "set_wording",
    "skip_number",
    "take_step",
    "void_number",
]

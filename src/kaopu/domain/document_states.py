"""公文办理的状态：草稿 → 已核 → 已签 → 已印发 → 作废；退回到草稿（HANDBOOK §8.4，TRUST §4 不变量 16、17、21）。"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum


class DocumentState(StrEnum):
    """公文状态。"""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    SIGNED = "signed"
    ISSUED = "issued"
    VOIDED = "voided"


class DocumentVerb(StrEnum):
    """办理的步骤。"""

    REVIEW = "review"
    RETURN = "return"
    SIGN = "sign"
    ISSUE = "issue"
    VOID = "void"


DOCUMENT_STATE_LABELS = {
    DocumentState.DRAFT: "草稿",
    DocumentState.REVIEWED: "已核",
    DocumentState.SIGNED: "已签",
    DocumentState.ISSUED: "已印发",
    DocumentState.VOIDED: "作废",
}
DOCUMENT_VERB_LABELS = {
    DocumentVerb.REVIEW: "核稿",
    DocumentVerb.RETURN: "退回",
    DocumentVerb.SIGN: "签发",
    DocumentVerb.ISSUE: "印发",
    DocumentVerb.VOID: "作废",
}
DOCUMENT_MOVES: Mapping[tuple[DocumentState, DocumentVerb], DocumentState] = {
    (DocumentState.DRAFT, DocumentVerb.REVIEW): DocumentState.REVIEWED,
    (DocumentState.REVIEWED, DocumentVerb.RETURN): DocumentState.DRAFT,
    (DocumentState.REVIEWED, DocumentVerb.SIGN): DocumentState.SIGNED,
    (DocumentState.SIGNED, DocumentVerb.RETURN): DocumentState.DRAFT,
    (DocumentState.SIGNED, DocumentVerb.ISSUE): DocumentState.ISSUED,
    (DocumentState.DRAFT, DocumentVerb.VOID): DocumentState.VOIDED,
    (DocumentState.ISSUED, DocumentVerb.VOID): DocumentState.VOIDED,
}
_NEEDS_REASON = frozenset({DocumentVerb.RETURN, DocumentVerb.VOID})


@dataclass(frozen=True, kw_only=True)
class Move:
    """准或不准：准则为下一个状态，不准则为理由。"""

    state: DocumentState | None
    reason: str = ""


def may_move(
    *,
    state: DocumentState,
    verb: DocumentVerb,
    by: str,
    drafter: str,
    reviewers: Collection[str],
    reason: str,
) -> Move:
    """能否办这一步：起草人不能核自己的稿、不能签自己的稿，核稿人不能再签；退回与作废须写理由。"""
    following = DOCUMENT_MOVES.get((state, verb))
    if following is None:
        return Move(
            state=None,
            reason=f"这份公文{DOCUMENT_STATE_LABELS[state]}，不能{DOCUMENT_VERB_LABELS[verb]}。请刷新后查看它现在的状态。",
        )
    if verb in (DocumentVerb.REVIEW, DocumentVerb.SIGN) and by == drafter:
        return Move(state=None, reason="起草人不能核、签自己起草的公文，请由他人办理。")
    if verb == DocumentVerb.SIGN and by in reviewers:
        return Move(state=None, reason="核稿人不能再签发同一份公文，请由领导签发。")
    if verb in _NEEDS_REASON and not reason.strip():
        return Move(state=None, reason="请写明理由。")
    return Move(state=following)

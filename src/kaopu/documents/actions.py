"""出文：恒等式不成立不出文；文件里每个数都登记口径、基准日与取数时刻。"""

from __future__ import annotations

import hashlib
import secrets
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.audit.actions import record
from kaopu.documents import annual_summary
from kaopu.documents.gongwen import Gongwen
from kaopu.documents.models import OfficialDocument
from kaopu.figures.actions import CloseRefused, refuse_broken_identities
from kaopu.figures.queries import evaluate, is_year_closed


class DocumentRefused(Exception):
    """不能出文，理由与涉及的项目见信息。"""


@transaction.atomic
def issue_annual_summary(
    *, year: int, path: Path, by: User, on: date | None = None, source: str = "page"
) -> OfficialDocument:
    """生成年度总结与要点（.docx，写到 ``path``）并登记其中每个数。年度须已关账，恒等式须全部成立。"""
    if not is_year_closed(year):
        raise DocumentRefused(f"{year}年度尚未年末关账，不能出总结。请先运行 kaopu close-year {year}。")
    book = evaluate(year, as_of=date(year, 12, 31), known_at=timezone.now())
    try:
        refuse_broken_identities(book)
    except CloseRefused as error:
        raise DocumentRefused(f"未出文：{error}") from error
    title = annual_summary.title(year)
    paper = Gongwen(token=secrets.token_hex(4), title=title, organ=settings.ORGAN_NAME)
    annual_summary.compose(paper, annual_summary.gather(book), on=on or timezone.localdate())
    paper.save(path)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    operation = record(by=by, verb="documents.issue_annual_summary", source=source, year=year, sha256=sha256)
    return OfficialDocument.objects.create(
        kind="annual-summary", year=year, title=title, as_of=book.as_of, known_at=book.known_at, sha256=sha256,
        token=paper.token, on=book.as_of, recorded_at=operation.at, operation=operation,
        figures=[{"bookmark": name, "figure": bound.figure, "text": bound.text} for name, bound in paper.bound],
    )  # fmt: skip

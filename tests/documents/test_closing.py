"""月末关账即留下本月通报的草稿：每月一份，不自行印发；没起草成的，账照关，缘由与办法都看得见。"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kaopu.config.cli import main
from kaopu.documents.actions import close_month_with_bulletin
from kaopu.documents.format_check.check import check_format
from kaopu.documents.models import OfficialDocument
from kaopu.documents.queries import months_without_bulletin, state_of
from kaopu.documents.verification import verify
from kaopu.figures.actions import close_month
from kaopu.figures.models import Snapshot
from kaopu.projects.storage import DOCUMENTS
from tests.factories import listed, operator, project_list

pytestmark = pytest.mark.django_db
JANUARY = date(2022, 1, 1)


@pytest.fixture
def listing(db: None, settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    project_list([listed("滨河绿道"), listed("示例小学", category="livelihood")])


def test_closing_a_month_leaves_one_draft_bulletin_that_verifies(listing: None) -> None:
    closed = close_month_with_bulletin(month=JANUARY, by=operator())
    again = close_month_with_bulletin(month=JANUARY, by=operator())
    document = OfficialDocument.objects.get()

    assert (closed.bulletin, closed.problem) == (document, "")
    assert (again.snapshot, again.bulletin, again.problem) == (closed.snapshot, None, "")
    assert (document.kind, document.scope, document.operation.source) == (
        "monthly-bulletin",
        "2022-01",
        "close",
    )
    assert state_of(list(document.steps.all())) == "draft"
    path = DOCUMENTS.file_of(document.sha256)
    assert verify(path).ok and check_format(path).ok


def test_a_bulletin_already_drafted_by_hand_is_not_drafted_again(listing: None, tmp_path: Path) -> None:
    close_month(month=JANUARY, by=operator())
    assert months_without_bulletin(2022) == [JANUARY]
    assert (
        main(["document", "monthly-bulletin", "--month", "2022-01", "--out", str(tmp_path / "a.docx")]) == 0
    )

    assert close_month_with_bulletin(month=JANUARY, by=operator()).bulletin is None
    assert OfficialDocument.objects.count() == 1
    assert months_without_bulletin(2022) == []


def test_a_bulletin_that_cannot_be_drafted_leaves_the_month_closed_and_says_what_to_do(
    listing: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "documents").write_text("占着存公文的地方")

    assert main(["close-month", "2022-01"]) == 0
    printed = capsys.readouterr()
    assert "2022-01 已关账" in printed.out
    assert "本月通报没有起草成" in printed.err and "kaopu document monthly-bulletin" in printed.err
    assert Snapshot.objects.filter(kind="month", period="2022-01").count() == 1
    assert OfficialDocument.objects.count() == 0 and months_without_bulletin(2022) == [JANUARY]

    (tmp_path / "documents").unlink()
    assert main(["close-month", "2022-01"]) == 0
    assert "已起草《关于2022年1月重点项目推进情况的通报》" in capsys.readouterr().out

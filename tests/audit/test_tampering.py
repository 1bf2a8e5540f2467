"""有人撤了触发器动手脚：改一行、删一行、插一行、截短树、换树头，核对都点得出来。

每种手脚都假定动手的人管得了整个数据库；库外的两处抄件才是他够不着的地方。
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection

from kaopu.audit.actions import record
from kaopu.audit.leaves import leaf_hash
from kaopu.audit.models import Operation, SealedLeaf, TreeHead
from kaopu.audit.outside import FILE_NAME
from kaopu.audit.verification import verify
from kaopu.domain.merkle import CompactTree, TreeHasher
from kaopu.projects.models import ProjectProfile
from kaopu.tracking import actions as tracking
from kaopu.tracking.models import MonthlyReport
from tests import factories
from tests.conftest import Administrator

pytestmark = pytest.mark.django_db
SealNow = Callable[[], TreeHead | None]


@pytest.fixture
def sealed(seal_now: SealNow) -> Operation:
    """已封存的一次报送，前后各有别的办理，分两次封存；返回那次报送。"""
    entry = factories.project_year("示例小学")
    seal_now()
    report = tracking.submit_report(
        project_year=entry,
        month=date(2022, 5, 1),
        seen=None,
        by=factories.operator(),
        on=date(2022, 5, 25),
        work="基坑开挖",
        investment_yuan=3_000_000,
    )
    seal_now()
    record(by=factories.operator(), verb="test.later")
    seal_now()
    assert verify().ok
    return report.operation


def first_break() -> str:
    report = verify()
    assert not report.ok
    return report.breaks[0].sentence


def test_an_edited_fact_is_named(sealed: Operation, administrator: Administrator) -> None:
    report = MonthlyReport.objects.get()
    administrator("UPDATE tracking_monthlyreport SET investment_yuan = 9000000")

    assert first_break() == (
        f"第 {sealed.pk} 次办理（{local(sealed)}，operator，tracking.submit_report）："
        f"表 tracking_monthlyreport 第 {report.pk} 行的内容在封存之后被改动。"
    )
    assert len(verify().breaks) == 1


def local(operation: Operation) -> str:
    from django.utils import timezone

    return f"{timezone.localtime(operation.at):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    "change",
    ["actor = 'someone'", "reason = '另一个理由'", "address = '1.2.3.4'", "verb = 'x'", "after = NULL"],
)
def test_an_edited_operation_is_named(sealed: Operation, administrator: Administrator, change: str) -> None:
    administrator(f"UPDATE audit_operation SET {change} WHERE id = %s", [sealed.pk])

    assert f"表 audit_operation 第 {sealed.pk} 行的内容在封存之后被改动" in first_break()


def test_the_first_of_several_broken_rows_comes_first(
    sealed: Operation, administrator: Administrator
) -> None:
    administrator("UPDATE tracking_monthlyreport SET work = '改'")
    profile = ProjectProfile.objects.get()
    administrator("UPDATE projects_projectprofile SET name = '改名小学'")

    assert f"表 projects_projectprofile 第 {profile.pk} 行" in first_break()
    assert len(verify().breaks) == 2


def test_a_deleted_fact_is_named(sealed: Operation, administrator: Administrator) -> None:
    report = MonthlyReport.objects.get()
    administrator("DELETE FROM tracking_reportreview")
    administrator("DELETE FROM tracking_monthlyreport")

    assert f"表 tracking_monthlyreport 第 {report.pk} 行已被删除" in str(verify().breaks[0])


def test_a_deleted_operation_is_named(sealed: Operation, administrator: Administrator) -> None:
    last = Operation.objects.get(verb="test.later")
    administrator("DELETE FROM audit_operation WHERE id = %s", [last.pk])

    assert first_break() == f"第 {last.pk} 次办理：表 audit_operation 第 {last.pk} 行已被删除。"


def test_a_fact_slipped_under_a_sealed_operation_is_named(
    sealed: Operation, administrator: Administrator
) -> None:
    old = MonthlyReport.objects.get()
    late = MonthlyReport.objects.create(
        project_year=old.project_year,
        month=date(2022, 4, 1),
        work="补造",
        on=old.on,
        recorded_at=old.recorded_at,
        operation=sealed,
    )

    assert f"表 tracking_monthlyreport 第 {late.pk} 行是封存之后添上的" in first_break()


def test_a_back_dated_operation_is_named_before_it_is_sealed_and_after(
    sealed: Operation, seal_now: SealNow
) -> None:
    forged = Operation.objects.create(actor="x", verb="test.forged", at=sealed.at - timedelta(days=30))

    assert f"第 {forged.pk} 次办理" in first_break()
    assert "是倒填的" in first_break()
    seal_now()
    assert "test.forged" in first_break()


def test_an_operation_slipped_in_by_number_is_named(sealed: Operation, administrator: Administrator) -> None:
    """占用一个早先的编号（或早已定案的事务号），时刻也装得像。"""
    newest = Operation.objects.order_by("-pk").first()
    assert newest is not None
    administrator("UPDATE audit_operation SET id = id + 1000 WHERE id = %s", [newest.pk])
    administrator(
        "UPDATE audit_sealedleaf SET operation_number = %s WHERE operation_number = %s",
        [newest.pk + 1000, newest.pk],
    )
    forged = Operation(pk=newest.pk, actor="x", verb="test.forged", at=newest.at)
    forged.save(force_insert=True)
    if connection.vendor == "postgresql":
        administrator("UPDATE audit_operation SET xid = 1 WHERE id = %s", [forged.pk])

    assert any("test.forged" in item.sentence and "是事后插入的" in item.sentence for item in verify().breaks)


def test_a_truncated_tree_is_named(sealed: Operation, administrator: Administrator) -> None:
    heads = list(TreeHead.objects.order_by("size"))
    administrator("DELETE FROM audit_sealedleaf WHERE leaf_index >= %s", [heads[0].size])
    administrator("DELETE FROM audit_treehead WHERE size > %s", [heads[0].size])

    assert f"{heads[1].size} 叶，库里的封存树只有 {heads[0].size} 叶：树被截短了" in first_break()


def test_a_leaf_taken_from_the_middle_is_named(sealed: Operation, administrator: Administrator) -> None:
    administrator("DELETE FROM audit_sealedleaf WHERE leaf_index = 1")

    assert first_break().startswith("封存树缺了第 2 叶")


def test_a_replaced_head_is_named(sealed: Operation, administrator: Administrator) -> None:
    head = TreeHead.objects.order_by("size")[1]
    administrator("UPDATE audit_treehead SET root = %s WHERE id = %s", ["ab" * 32, head.pk])

    sentence = first_break()
    assert f"的树头（{head.size} 叶）与复算的树根不符" in sentence
    assert sentence.startswith("库里")


def test_removed_heads_are_named(sealed: Operation, administrator: Administrator) -> None:
    size = TreeHead.objects.order_by("size")[1].size
    administrator("DELETE FROM audit_treehead WHERE size = %s", [size])
    assert first_break() == f"库外抄存过 {size} 叶的树头，库里没有：库里的树头被删过。"

    administrator("DELETE FROM audit_treehead")
    assert any("树头被删过" in item.sentence for item in verify().breaks)


def test_a_sealed_record_edited_alone_is_named(sealed: Operation, administrator: Administrator) -> None:
    administrator(
        "UPDATE audit_sealedleaf SET leaf_hash = %s WHERE operation_number = %s", ["cd" * 32, sealed.pk]
    )

    assert "的封存记录本身被改过" in first_break()


def rebuild(administrator: Administrator) -> None:
    """最狠的一手：改了事实，再把叶、树根、树头全部重算成自洽的一套。"""
    from kaopu.audit.leaves import digests_by_operation

    tree = CompactTree()
    for leaf in SealedLeaf.objects.order_by("leaf_index").select_related("form"):
        rows = digests_by_operation([leaf.operation_number], leaf.form.columns, TreeHasher())
        fresh = [list(row) for row in rows[leaf.operation_number]]
        digest = leaf_hash(leaf.form.digest, fresh, TreeHasher())
        administrator(
            "UPDATE audit_sealedleaf SET rows = %s, leaf_hash = %s WHERE id = %s",
            [json.dumps(fresh), digest, leaf.pk],
        )
        tree = tree.append(bytes.fromhex(digest))
        administrator(
            "UPDATE audit_treehead SET root = %s, peaks = %s WHERE size = %s",
            [tree.root().hex(), json.dumps([peak.hex() for peak in tree.peaks]), tree.size],
        )


def test_a_tree_rebuilt_to_fit_the_lie_is_caught_by_the_copies_outside(
    sealed: Operation, administrator: Administrator, outside: Path
) -> None:
    true = TreeHead.objects.order_by("-size")[0]
    middle = TreeHead.objects.order_by("size")[1]
    printed = (true.size, true.root[:16])
    first = TreeHead.objects.order_by("size")[0]
    administrator("UPDATE tracking_monthlyreport SET investment_yuan = 9000000")
    rebuild(administrator)

    sentence = first_break()
    assert sentence.startswith("库外抄存的树头")
    assert f"第 {first.size + 1} 至 {middle.size} 叶之间有改动" in sentence

    (outside / "home" / FILE_NAME).unlink()  # 数据目录里的抄件他也够得着
    assert "copy" in first_break()
    (outside / "copy" / FILE_NAME).unlink()  # 两处都没了，还有印在公文上的
    assert verify().ok
    assert verify(printed=[printed]).breaks[0].sentence.startswith("公文上印的树头")
    assert not verify(printed=[(true.size, true.root[:4])]).ok  # 位数太少，不作数


def test_an_edited_copy_outside_is_named(sealed: Operation, outside: Path) -> None:
    path = outside / "home" / FILE_NAME
    path.write_text(path.read_text().replace('"size"', '"sise"', 1))

    assert "第1行读不懂" in first_break()


def test_a_printed_head_that_is_true_passes(sealed: Operation) -> None:
    heads = [(head.size, head.root[:16]) for head in TreeHead.objects.all()]

    assert verify(printed=heads).ok


def test_new_work_waits_and_is_not_taken_for_tampering(sealed: Operation) -> None:
    record(by=factories.operator(), verb="test.new")
    report = verify()

    assert (report.ok, report.waiting) == (True, 1)

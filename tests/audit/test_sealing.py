"""封存：一次办理一叶，接着上次往下封，新的树头抄到库外两处；来处与前后内容随每次办理记下。"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import override_settings

from kaopu.audit.actions import SealRefused, record, seal
from kaopu.audit.leaves import current_form, traced_models
from kaopu.audit.models import Fact, Operation, SealedLeaf, TreeHead
from kaopu.audit.origin import Origin, coming_from
from kaopu.audit.outside import FILE_NAME, OutsideHeadsUnreadable
from kaopu.audit.queries import latest_head
from kaopu.audit.verification import verify
from kaopu.domain.merkle import ProvingTree, TreeHasher
from kaopu.exchange.actions import remember_columns
from kaopu.exchange.excel_in.choices import ColumnRule
from kaopu.exchange.models import ColumnChoice
from kaopu.projects.models import ProjectProfile
from kaopu.tracking import actions as tracking
from tests import factories
from tests.conftest import Administrator

SealNow = Callable[[], TreeHead | None]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("outside")]


def note(text: str = "记一笔") -> Operation:
    return record(by=factories.operator(), verb="test.note", text=text)


def copied(outside: Path, place: str) -> list[tuple[int, str]]:
    lines = (outside / place / FILE_NAME).read_text().splitlines()
    return [(row["size"], row["root"]) for row in map(json.loads, lines)]


def test_nothing_done_gives_no_head(seal_now: SealNow) -> None:
    assert (seal_now(), latest_head()) == (None, None)
    assert verify().ok


def test_every_operation_becomes_one_leaf_and_the_root_is_that_of_the_leaves(seal_now: SealNow) -> None:
    factories.project_year()
    head = seal_now()

    assert head is not None and head == latest_head()
    hashes = [
        bytes.fromhex(leaf)
        for leaf in SealedLeaf.objects.order_by("leaf_index").values_list("leaf_hash", flat=True)
    ]
    assert head.size == len(hashes) == Operation.objects.count()
    assert head.root == ProvingTree(hashes).root().hex()


def test_sealing_goes_on_from_where_it_stopped_and_quiet_when_nothing_is_new(
    outside: Path, seal_now: SealNow
) -> None:
    note()
    first = seal_now()
    assert seal_now() == first
    note()
    second = seal_now()

    assert first is not None and second is not None
    assert second.size == first.size + 1
    expected = [(head.size, head.root) for head in (first, second)]
    assert copied(outside, "home") == copied(outside, "copy") == expected
    assert verify().ok


def test_the_leaf_covers_the_rows_of_the_operation(seal_now: SealNow) -> None:
    factories.project_year("示例小学")
    seal_now()

    profile = ProjectProfile.objects.get()
    leaf = SealedLeaf.objects.get(operation_number=profile.operation_id)
    covered = {(table, key) for table, key, _ in leaf.rows}
    assert {("audit_operation", profile.operation_id), ("projects_projectprofile", profile.pk)} <= covered


def test_every_table_of_facts_is_covered_and_every_covered_table_is_append_only() -> None:
    facts = {model._meta.db_table for model in apps.get_models() if issubclass(model, Fact)}

    assert len(facts) > 20 and facts <= traced_models().keys() == current_form().keys()
    for table in traced_models():
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name=%s", [table])
            else:
                cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass", [table])
            assert any("no_UPDATE" in name or "append_only" in name for (name,) in cursor.fetchall()), table


@pytest.mark.parametrize("table", ["audit_sealedleaf", "audit_treehead", "audit_sealform", "audit_operation"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id + 100", "DELETE FROM {}"])
def test_the_database_refuses_to_change_the_tree(table: str, statement: str, seal_now: SealNow) -> None:
    note()
    seal_now()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement.format(table))


def test_an_operation_in_flight_waits_for_the_next_seal(
    seal_now: SealNow, administrator: Administrator
) -> None:
    """别的事务还没定案，编号比它大的先不封，免得它提交之后插到已封的中间；待它定案再一并封。"""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite 同一时刻只有一个写入者")
    import psycopg

    with psycopg.connect(**connection.get_connection_params()) as other:
        flying = other.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()
        assert flying is not None
        early, late = note("先"), note("后")
        administrator("UPDATE audit_operation SET xid = %s - 1", [flying[0]])
        administrator("UPDATE audit_operation SET xid = %s + 1 WHERE id = %s", [flying[0], late.pk])
        # 事务号是整个实例共用的：并行的别的测试库里若有更早的事务未了，early 也得等
        oldest = other.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint").fetchone()
        assert oldest is not None
        seal()
        sealed = set(SealedLeaf.objects.values_list("operation_number", flat=True))
        assert late.pk not in sealed
        assert early.pk in sealed or oldest[0] < flying[0]
        other.rollback()
    assert verify().ok
    seal_now()
    assert SealedLeaf.objects.filter(operation_number=late.pk).exists()


def test_a_tree_begun_with_one_digest_is_not_continued_with_another(seal_now: SealNow) -> None:
    note()
    seal_now()
    note()

    with override_settings(SEAL_ALGORITHM="sm3"), pytest.raises(SealRefused, match="不能中途改用 sm3"):
        seal_now()
    assert TreeHead.objects.count() == 1


def test_sm3_by_setting(seal_now: SealNow) -> None:
    note()
    with override_settings(SEAL_ALGORITHM="sm3"):
        head = seal_now()

    assert head is not None and head.algorithm == "sm3"
    hashes = [bytes.fromhex(leaf.leaf_hash) for leaf in SealedLeaf.objects.order_by("leaf_index")]
    assert head.root == ProvingTree(hashes, TreeHasher(algorithm="sm3")).root().hex()
    assert verify().ok


def test_a_copy_that_cannot_be_written_is_said_and_made_good_the_next_time(
    outside: Path, seal_now: SealNow
) -> None:
    note()
    (outside / "copy").rmdir()
    with pytest.raises(OutsideHeadsUnreadable, match="再运行 kaopu audit seal"):
        seal_now()

    (outside / "copy").mkdir()
    head = seal_now()
    assert head is not None
    assert copied(outside, "copy") == copied(outside, "home") == [(head.size, head.root)]


def test_sealing_stops_when_the_copy_knows_a_larger_tree(outside: Path, seal_now: SealNow) -> None:
    note()
    seal_now()
    row = {"size": 99, "root": "ab" * 32, "algorithm": "sha256", "at": "2022-01-01T00:00:00+00:00"}
    with (outside / "copy" / FILE_NAME).open("a") as file:
        file.write(json.dumps(row) + "\n")
    note()

    with pytest.raises(SealRefused, match="kaopu audit verify"):
        seal_now()


def test_an_operation_remembers_where_it_came_from_and_what_changed() -> None:
    with coming_from(Origin(request_id="r1", address="10.1.2.3")):
        inside = record(
            by=factories.operator(), verb="test.change", before={"on": date(2022, 1, 1)}, after={"on": None}
        )
    outside_of_it = note()

    assert (inside.request_id, inside.address) == ("r1", "10.1.2.3")
    assert (inside.before, inside.after) == ({"on": "2022-01-01"}, {"on": None})
    assert (outside_of_it.request_id, outside_of_it.address) == ("", "")


def test_a_report_from_the_page_carries_request_and_address() -> None:
    entry = factories.project_year()
    client = Client(REMOTE_ADDR="10.9.8.7")
    client.force_login(factories.user())
    form = {
        "seen": "",
        "investment": "100",
        "progress": "10",
        "work": "开挖",
        "problems": "",
        "next_steps": "",
    }
    response = client.post(f"/projects/{entry.project.code}/reports/2022-06/", form)

    operation = Operation.objects.get(verb="tracking.submit_report")
    assert response.status_code == 302
    assert (operation.address, operation.request_id) == ("10.9.8.7", response["X-Request-ID"])
    assert operation.after is not None and operation.after["investment_yuan"] == 1_000_000


@pytest.mark.parametrize(
    ("proxies", "expected"), [(set(), "127.0.0.1"), ({"127.0.0.1"}, "10.0.0.9"), ({"10.0.0.1"}, "127.0.0.1")]
)
def test_a_forwarded_address_is_believed_only_from_a_trusted_proxy(proxies: set[str], expected: str) -> None:
    entry = factories.project_year()
    client = Client()
    client.force_login(factories.user())
    form = {
        "seen": "",
        "investment": "100",
        "progress": "10",
        "work": "开挖",
        "problems": "",
        "next_steps": "",
    }
    with override_settings(TRUSTED_PROXIES=frozenset(proxies)):
        client.post(
            f"/projects/{entry.project.code}/reports/2022-06/",
            form,
            headers={"X-Forwarded-For": "1.1.1.1, 10.0.0.9"},
        )

    assert Operation.objects.get(verb="tracking.submit_report").address == expected


def test_facts_of_many_kinds_survive_the_round_trip(seal_now: SealNow) -> None:
    """小数、日期、JSON、多对多写进去再读出来，摘要不变。"""
    entry = factories.project_year()
    tracking.save_reports(
        month=date(2022, 5, 1),
        rows=[{"project_year": entry, "investment_yuan": 1, "progress_percent": "12.50", "work": "甲"}],
        by=factories.operator(),
        on=date(2022, 5, 25),
    )
    seal_now()

    assert verify().ok


@pytest.mark.parametrize("left", [1, 30])
def test_a_line_cut_short_by_a_power_failure_is_written_again(
    outside: Path, left: int, seal_now: SealNow
) -> None:
    note()
    seal_now()
    path = outside / "copy" / FILE_NAME
    whole = path.read_bytes()
    note()
    second = seal_now()
    path.write_bytes(path.read_bytes()[: len(whole) + left])
    assert verify().ok
    note()
    third = seal_now()

    assert second is not None and third is not None
    assert [size for size, _ in copied(outside, "copy")][1:] == [second.size, third.size]
    assert copied(outside, "copy") == copied(outside, "home")
    assert verify().ok


def test_a_choice_changed_in_place_is_not_taken_for_tampering(seal_now: SealNow) -> None:
    """“这个表头是哪一栏”改主意就地改；封存不覆盖它，改动由新的办理记着。"""
    officer = factories.user()
    remember_columns(columns={"总投资": ColumnRule(field="total_investment", unit="万元")}, by=officer)
    seal_now()
    remember_columns(columns={"总投资": ColumnRule(field="planned_investment", unit="万元")}, by=officer)

    assert verify().ok
    assert ColumnChoice.objects.get().field == "planned_investment"
    seal_now()
    assert verify().ok

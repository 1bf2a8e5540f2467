#!/usr/bin/env python3
"""久跑的证明（只报不藏，有一处不符退出码为 1）：

1. 十万个随机的“截至某日、按某时刻所知”之问，与把全部事实重放一遍的笨账逐个成员相等；
2. 二百份公文，其后再录一万条事实，逐份核验：数个个与当时相符；再把每个数各改一位，个个现形。

``python3 scripts/proof_figures.py [--questions 100000] [--documents 200] [--edits 10000] [--seed 1]``
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from calendar import monthrange
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

OFFICES = 20  # 问题分给二十个随机的办公室
HAPPENINGS = 80


def prove_replay(questions: int, seed: int) -> int:
    """随机之问与笨账对照；返回不符的个数。"""
    from django.db import transaction

    from kaopu.audit.models import Operation
    from kaopu.figures.queries import evaluate
    from tests.figures.happenings import happen, some_day
    from tests.figures.replay import Replay

    asked = differing = number = 0
    started = time.monotonic()
    while asked < questions:
        random = Random(seed + number)
        number += 1
        with transaction.atomic():
            happen(random, HAPPENINGS)
            moments = list(Operation.objects.values_list("at", flat=True))
            replay = Replay()
            until = asked + questions // OFFICES + 1
            while asked < min(until, questions):
                as_of = some_day(random)
                known_at = random.choice(moments) + timedelta(microseconds=random.choice((-1, 0, 1)))
                book = evaluate(2022, as_of=as_of, known_at=known_at)
                for figure_id, expected in replay.answers(2022, as_of, known_at).items():
                    asked += 1
                    if tuple(sorted(book[figure_id].members)) != expected:
                        differing += 1
                        print(f"✗ 种子 {seed + number - 1}：{figure_id} 截至 {as_of}、按 {known_at} 所知")
            transaction.set_rollback(True)
    print(f"{asked} 问，{number} 个随机办公室，{differing} 处不符，用时 {time.monotonic() - started:.0f} 秒")
    return differing


def prove_documents(documents: int, edits: int, seed: int) -> int:
    """公文在一万条后录事实之后仍个个相符；改一位数字必现形。返回不符的个数。"""
    from kaopu.documents.verification import verify

    random, wrong = Random(seed), 0
    with tempfile.TemporaryDirectory(prefix="kaopu-proof-") as name:
        paths = _draft(Path(name), documents, random)
        started = time.monotonic()
        _edit(edits, random)
        print(f"后录 {edits} 条事实，用时 {time.monotonic() - started:.0f} 秒")
        started, numbers, changed = time.monotonic(), 0, 0
        for path in paths:
            verification = verify(path)
            numbers += len(verification.findings)
            changed += verification.count("changed_since")
            wrong += 0 if verification.ok else 1
            for finding in verification.findings:
                if not finding.ok:
                    print(f"✗ {path.name}：{finding.sentence}")
        spent = time.monotonic() - started
        print(
            f"核验 {len(paths)} 份、{numbers} 个数：{wrong} 份不符，其中 {changed} 个其后已变；用时 {spent:.0f} 秒"
        )
        started, numbers, missed = time.monotonic(), 0, 0
        for path in paths:
            changed_path, count = _one_digit_each(path, random)
            numbers += count
            missed += count - verify(changed_path).count("edited")
        spent = time.monotonic() - started
        print(f"每个数各改一位：{numbers} 个，{missed} 个漏过；用时 {spent:.0f} 秒")
    return wrong + missed


def _choices() -> dict[str, list[Any]]:
    """各文种可要的：责任单位、督办单、会议。"""
    from kaopu.accounts.models import Organization
    from kaopu.figures.ledger import Ledger
    from kaopu.supervision.models import Meeting, SupervisionOrder

    known = [pk for pk, _ in Ledger(year=2022, as_of=date(2022, 12, 31)).progress.units() if pk]
    return {
        "unit": list(Organization.objects.filter(pk__in=known)),
        "order": list(SupervisionOrder.objects.live()),
        "meeting": list(Meeting.objects.live()),
    }


def _asked(kind: Any, choices: dict[str, list[Any]], random: Random) -> Any:
    """随机要一份：2022 年某月末成文；督办单、会议在其后的落款。"""
    from kaopu.documents.kinds.kind import Asked

    month = date(2022, random.randrange(1, 13), 1)
    on = month.replace(day=monthrange(2022, month.month)[1])
    if kind.needs == "month":
        return Asked(year=2022, on=on, month=month)
    if kind.needs not in choices:
        return Asked(year=2022, on=on)
    chosen = random.choice(choices[kind.needs])
    return Asked(year=2022, on=max(on, getattr(chosen, "on", on)), **{kind.needs: chosen})


def _draft(folder: Path, count: int, random: Random) -> list[Path]:
    from kaopu.accounts.actions import ensure_operator
    from kaopu.documents.actions import DocumentRefused, draft_document
    from kaopu.documents.kinds.registry import KINDS

    choices = _choices()
    paths: list[Path] = []
    started = time.monotonic()
    while len(paths) < count:
        kind = random.choice(list(KINDS.values()))
        path = folder / f"{len(paths) + 1:03d}-{kind.id}.docx"
        try:
            asked = _asked(kind, choices, random)
            draft_document(kind=kind, asked=asked, path=path, by=ensure_operator())
        except DocumentRefused:  # 那个单位那时还没有补充的项目
            continue
        paths.append(path)
    print(f"起草 {len(paths)} 份公文，用时 {time.monotonic() - started:.0f} 秒")
    return paths


def _edit(count: int, random: Random) -> None:
    """后录：达成、滞后原因、纪要、停工、档案与清单的更正。"""
    from django.db import transaction

    from kaopu.accounts.actions import ensure_operator
    from kaopu.domain.causes import Cause
    from kaopu.domain.milestones import GoalType
    from kaopu.projects.actions import ListedProject, save_list
    from kaopu.projects.models import AnnualGoal, Category, Level, ListEntry, Project, ProjectYear
    from kaopu.tracking import actions as tracking

    by = ensure_operator()
    years = list(ProjectYear.objects.filter(year=2022).select_related("project__profile"))
    goals = list(AnnualGoal.objects.filter(project_year__year=2022))
    levels = dict(
        ListEntry.objects.live().filter(project_year__year=2022).values_list("project_year_id", "level")
    )

    def correct(year: ProjectYear, on: date) -> None:
        category = random.choice(Category.values) if levels[year.pk] == Level.DISTRICT else ""
        project = Project.objects.select_related("profile").get(pk=year.project_id)
        row = ListedProject(
            project=project, code="", entry={"category": category},
            profile={"name": project.profile.name, "total_investment_yuan": random.randrange(10**8, 10**10)},
        )  # fmt: skip
        save_list(year=2022, title="更正", rows=[row], by=by, on=on)

    for start in range(0, count, 500):
        with transaction.atomic():
            for _ in range(min(500, count - start)):
                year, on = random.choice(years), date(2022, 1, 1) + timedelta(days=random.randrange(365))
                what = random.randrange(5)
                if what == 0:
                    tracking.record_achievement(
                        goal=random.choice(goals), reached=random.choice((GoalType.COMPLETED, GoalType.START)),
                        evidence="补录", verified_by="专员", by=by, on=on,
                    )  # fmt: skip
                elif what == 1:
                    tracking.record_lag_reason(
                        project_years=[year],
                        cause="补录原因",
                        category=random.choice(list(Cause)),
                        by=by,
                        on=on,
                    )
                elif what == 2:
                    tracking.note_progress(project=year.project, year=2022, text="补录纪要", by=by, on=on)
                elif what == 3:
                    with suppress(tracking.DecisionRefused):  # 还停着的不再停
                        tracking.suspend(projects=[year.project], cause="补录停工", by=by, on=on)
                else:
                    correct(year, on)


def _one_digit_each(path: Path, random: Random) -> tuple[Path, int]:
    """每个受控数字都随机改掉一位；返回改过的文件与改了几个。逐个核验，互不相干，等于一次改一个改了这么多次。"""
    changed, count = path.with_name("改过.docx"), 0

    def other(match: re.Match[str]) -> str:
        nonlocal count
        spots = [place for place, character in enumerate(match[2]) if character in "0123456789"]
        if not spots:
            return match[0]
        count, spot = count + 1, random.choice(spots)
        digit = (int(match[2][spot]) + random.randrange(1, 10)) % 10
        return f"{match[1]}{match[2][:spot]}{digit}{match[2][spot + 1 :]}"

    with ZipFile(path) as source, ZipFile(changed, "w", ZIP_DEFLATED) as target:
        for item in source.infolist():
            content = source.read(item)
            if item.filename == "word/document.xml":
                content = re.sub(
                    r"(<w:sdtContent>.*?<w:t[^>]*>)([^<]*)(?=</w:t>)", other, content.decode()
                ).encode()
            target.writestr(item, content)
    return changed, count


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=100_000)
    parser.add_argument("--documents", type=int, default=200)
    parser.add_argument("--edits", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    from office import empty_offices, sample_office

    failures = 0
    if asked.questions:
        with empty_offices():
            failures += prove_replay(asked.questions, asked.seed)
    if asked.documents:
        from django.db import connection

        with sample_office() as home:
            connection.close()
            connection.settings_dict["NAME"] = f"{home}/kaopu.sqlite3"
            failures += prove_documents(asked.documents, asked.edits, asked.seed)
    print("全部相符。" if not failures else f"{failures} 处不符。")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

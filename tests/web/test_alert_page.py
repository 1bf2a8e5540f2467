"""预警页：哪条规则、走过的各步，说明或立为问题；立为问题之后由问题跟着。"""

from __future__ import annotations

from datetime import date

from django.test import Client
from django.utils import timezone

from kaopu.projects.models import ProjectYear
from kaopu.supervision.models import AlertStep, Issue
from kaopu.tracking.actions import save_plans
from tests import factories
from tests.supervision.test_alerts import close, stop

TODAY = timezone.localdate()


def test_the_page_of_an_alert_shows_its_steps_and_takes_an_answer(issue: Issue, office: Client) -> None:
    year, by, month = ProjectYear.objects.get(project=issue.project), factories.operator(), date(2022, 1, 1)
    save_plans(rows=[{"project_year": year, "month": month, "planned_work": "施工"}], by=by, on=month)
    stop(year, date(2022, 1, 20))
    assert close(year, 1) == "yellow"
    alert = AlertStep.objects.live().get()
    page = f"/issues/alerts/{alert.alert_id}/"
    text = office.get(page).text
    assert "走过的各步" in text and alert.sentence in text
    assert "<dt>规则</dt><dd>停工（天）</dd>" in text

    named = {"answer-seen": str(alert.pk), "answer-text": "已排计划", "answer-until": "2022-02-20"}
    assert office.post(page, {**named, "verb": "answer", "idempotency_key": "answer"}).status_code == 302
    assert "已排计划" in office.get(page).text

"""谁能对预警做什么（§4.2）：责任单位、建设单位说明，推进办与区领导立为问题，街镇只看。"""

from __future__ import annotations

import pytest

from kaopu.accounts.models import Organization, OrganizationKind
from kaopu.domain.alerts import AlertState, AlertVerb
from kaopu.domain.rights import Role
from kaopu.supervision.models import AlertStep
from kaopu.supervision.rights import alert_verbs
from tests import factories

pytestmark = pytest.mark.django_db
REPLY, HAND = AlertVerb.ANSWER, AlertVerb.HAND


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.RESPONSIBLE_UNIT, {REPLY}),
        (Role.PROJECT_OWNER, {REPLY}),
        (Role.STREET_TOWN, set()),
        (Role.KEY_AREA, set()),
        (Role.PERMIT_DEPT, set()),
        (Role.PROJECT_OFFICER, {REPLY, HAND}),
        (Role.DISTRICT_LEADER, {HAND}),
        (Role.TOP_LEADER, {HAND}),
        (Role.GOV_OFFICE, set()),
        (Role.AUDITOR, set()),
    ],
)
def test_what_each_role_may_do_with_an_alert_it_sees(role: Role, allowed: set[AlertVerb]) -> None:
    near = Organization.objects.create(name="示例单位", kind=OrganizationKind.STREET)
    held = AlertStep(state=AlertState.WAITING, owner=factories.unit(), court=factories.unit())

    assert set(alert_verbs(factories.user(role, near), held)) == allowed

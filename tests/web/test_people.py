"""账号：提请与批复分两人、猜口令会锁、两步验证、初始口令须换、空闲退出、看电话留痕。"""

from __future__ import annotations

import uuid
from datetime import timedelta

import pyotp
import pytest
from django.test import Client
from django.utils import timezone

from kaopu.accounts.models import AccountChange, OrganizationAlias, SignInFailure, User
from kaopu.audit.models import Operation
from kaopu.domain.rights import Role
from tests import factories
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
PASSWORD = "Qing-huan-2022"


def post(client: Client, path: str, **data: object) -> object:
    return client.post(path, {"idempotency_key": str(uuid.uuid4()), **data})


def person(**fields: object) -> User:
    user = factories.user(Role.RESPONSIBLE_UNIT)
    user.set_password(PASSWORD)
    for name, value in fields.items():
        setattr(user, name, value)
    user.save()
    return user


def signin(client: Client, user: User, password: str = PASSWORD) -> object:
    return client.post("/signin/", {"username": user.username, "password": password})


def proposed(system: Client, **changes: str) -> object:
    data = {
        "what": "propose",
        "change": "add",
        "username": "xinren",
        "name": "新人",
        "role": "clerk",
        "password": PASSWORD,
    }
    return post(system, "/people/", **{**data, **changes})


def test_an_account_takes_two_administrators() -> None:
    system, security = signed_in(factories.user(Role.SYSADMIN)), signed_in(factories.user(Role.SECADMIN))
    assert proposed(system).status_code == 302
    assert not User.objects.filter(username="xinren").exists()
    change = AccountChange.objects.get()

    refused = post(system, "/people/", what="rule", change=change.pk, ruling="approve")
    assert refused.status_code == 403
    assert post(security, "/people/", what="rule", change=change.pk, ruling="approve").status_code == 302

    assert User.objects.get(username="xinren").role == Role.CLERK
    again = post(security, "/people/", what="rule", change=change.pk, ruling="approve")
    assert again.status_code == 409


def test_a_refused_change_changes_nothing() -> None:
    security = signed_in(factories.user(Role.SECADMIN))
    proposed(signed_in(factories.user(Role.SYSADMIN)))

    post(security, "/people/", what="rule", change=AccountChange.objects.get().pk, ruling="refuse")

    assert not User.objects.filter(username="xinren").exists()


@pytest.mark.parametrize(
    ("changes", "remedy"),
    [
        ({"password": "short"}, "至少 10 位"),
        ({"password": "Password123"}, "太常见"),
        ({"role": ""}, "请选角色"),
        ({"name": ""}, "请填姓名"),
        ({"username": "张三"}, "只用字母"),
        ({"change": "disable", "username": "nobody"}, "没有账号 nobody"),
    ],
)
def test_a_wrong_proposal_names_the_remedy(changes: dict[str, str], remedy: str) -> None:
    response = proposed(signed_in(factories.user(Role.SYSADMIN)), **changes)

    assert response.status_code == 422
    assert remedy in response.text
    assert not AccountChange.objects.exists()


def test_an_administrator_takes_no_business_role_besides() -> None:
    other = factories.user(Role.AUDITADMIN)
    system = signed_in(factories.user(Role.SYSADMIN))

    response = proposed(system, change="role", username=other.username, role="project_officer")

    assert "三员彼此互斥" in response.text


def test_five_wrong_passwords_lock_even_the_right_one() -> None:
    user = person()
    for _ in range(5):
        signin(Client(), user, "wrong")

    assert "请 15 分钟后再试" in signin(Client(), user).text
    SignInFailure.objects.update(at=timezone.now() - timedelta(minutes=16))
    assert signin(Client(), user).status_code == 302


def test_the_second_factor_is_asked_once_per_code() -> None:
    secret = pyotp.random_base32()
    user, client = person(totp_secret=secret), Client()

    assert signin(client, user)["Location"] == "/signin/code/"
    assert client.get("/projects/").status_code == 302
    code = pyotp.TOTP(secret).now()
    assert client.post("/signin/code/", {"code": code}).status_code == 302
    assert client.get("/projects/").status_code == 200

    other = Client()
    signin(other, user)
    assert "已经用过" in other.post("/signin/code/", {"code": code}).text


def test_a_person_turns_the_second_factor_on_with_a_working_code() -> None:
    user = factories.user(Role.CLERK)
    client, secret = signed_in(user), pyotp.random_base32()

    wrong = post(client, "/me/", what="factor", secret=secret, code="000000")
    right = post(client, "/me/", what="factor", secret=secret, code=pyotp.TOTP(secret).now())

    assert wrong.status_code == 422 and "验证码不对" in wrong.text
    assert right.status_code == 302
    user.refresh_from_db()
    assert user.totp_secret == secret


@pytest.mark.parametrize("secret", [None, "", "x", "JBSWY3DP", "不是密钥"])
def test_a_second_factor_takes_only_a_long_secret(secret: str | None) -> None:
    user = factories.user(Role.CLERK)
    sent = {} if secret is None else {"secret": secret}

    refused = post(signed_in(user), "/me/", what="factor", code="123456", **sent)

    assert refused.status_code == 422 and "请重新打开本页" in refused.text
    user.refresh_from_db()
    assert user.totp_secret == ""


def test_an_approver_turns_the_second_factor_on_before_anything_else() -> None:
    user = factories.user(Role.PROJECT_OFFICER)
    User.objects.filter(pk=user.pk).update(totp_secret="")
    client, secret = signed_in(user), pyotp.random_base32()

    assert client.get("/projects/")["Location"] == "/me/"
    post(client, "/me/", what="factor", secret=secret, code=pyotp.TOTP(secret).now())

    assert client.get("/projects/").status_code == 200
    assert post(client, "/me/", what="no_factor").status_code == 403
    other = pyotp.random_base32()
    again = post(client, "/me/", what="factor", secret=other, code=pyotp.TOTP(other).now())
    assert again.status_code == 422
    user.refresh_from_db()
    assert user.totp_secret == secret


def test_a_first_password_is_changed_before_anything_else_and_ends_other_sessions() -> None:
    user = person(password_changed_at=None)
    here, elsewhere = Client(), Client()
    signin(here, user)
    signin(elsewhere, user)

    assert here.get("/projects/")["Location"] == "/me/"
    changed = post(
        here, "/me/", what="password", current=PASSWORD, password="Lan-tian-2023", again="Lan-tian-2023"
    )

    assert changed.status_code == 302
    assert here.get("/projects/").status_code == 200
    assert elsewhere.get("/projects/")["Location"].startswith("/signin/")


def test_an_idle_session_is_asked_to_sign_in_again() -> None:
    client = signed_in(factories.user())
    assert client.get("/projects/").status_code == 200
    session = client.session
    session["seen_at"] = int(timezone.now().timestamp()) - 31 * 60
    session.save()

    response = client.get("/projects/")

    assert response["Location"] == "/signin/?next=/projects/"


def test_a_phone_is_masked_and_reading_it_is_recorded() -> None:
    system = signed_in(factories.user(Role.SYSADMIN))
    owner = person(phone="13800001234")
    assert "138****1234" in system.get("/people/").text
    assert "13800001234" not in system.get("/people/").text

    response = system.post("/people/", {"what": "phone", "user": owner.pk})

    assert "13800001234" in response.text
    assert "13800001234" not in str(response.cookies)
    assert "13800001234" not in signed_in(factories.user(Role.OFFICE_DIRECTOR)).get("/people/").text
    assert Operation.objects.filter(verb="accounts.read_phone", target_id=str(owner.pk)).count() == 1


def test_a_person_keeps_own_phone_and_the_trace_never_shows_it_whole() -> None:
    user = factories.user(Role.CLERK)
    client = signed_in(user)

    wrong = post(client, "/me/", what="phone", phone="12345")
    right = post(client, "/me/", what="phone", phone="13800001234")

    assert wrong.status_code == 422 and "11 位手机号" in wrong.text
    assert right.status_code == 302
    assert User.objects.get(pk=user.pk).phone == "13800001234"
    assert Operation.objects.get(verb="accounts.set_phone").after == {"phone": "138****1234"}
    assert "13800001234" not in signed_in(factories.user(Role.AUDITADMIN)).get("/trace/").text


def test_a_post_is_given_with_the_account() -> None:
    security = signed_in(factories.user(Role.SECADMIN))
    proposed(signed_in(factories.user(Role.SYSADMIN)), post="综合科科长")
    assert "综合科科长" in security.get("/people/").text

    post(security, "/people/", what="rule", change=AccountChange.objects.get().pk, ruling="approve")

    assert User.objects.get(username="xinren").post == "综合科科长"


def test_an_alias_is_the_same_organization() -> None:
    unit = factories.unit("区住房保障房屋管理局")
    system = signed_in(factories.user(Role.SYSADMIN))

    post(system, "/people/", what="organization", name="区房管局", kind="responsible", alias_of=unit.pk)

    assert OrganizationAlias.objects.get().organization == unit
    assert factories.unit("区房管局") == unit


@pytest.mark.parametrize(
    ("role", "place"),
    [
        (Role.SYSADMIN, "/people/"),
        (Role.CLERK, "/"),
        (Role.PERMIT_DEPT, "/todo/"),
        (Role.CITYOPS_CLIENT, "/me/"),
    ],
)
def test_everyone_lands_on_a_page_of_their_own(role: Role, place: str) -> None:
    user = person(role=role, is_demo=True)
    client = Client()

    assert signin(client, user)["Location"] == place
    assert client.get("/home/")["Location"] == place
    assert client.get(place).status_code == 200

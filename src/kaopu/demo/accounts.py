"""示例账号：只在示例库里存在，网页上逐一写明。"""

from __future__ import annotations

from dataclasses import dataclass

from kaopu.accounts.actions import add_user
from kaopu.accounts.models import Organization, User
from kaopu.domain.rights import Role

PASSWORD = "kaopu-demo-2022"


@dataclass(frozen=True, kw_only=True)
class DemoAccount:
    """一个示例账号。"""

    username: str
    name: str
    role: Role
    organization: str | None = None


ACCOUNTS = (
    DemoAccount(username="zhuren", name="示例主任", role=Role.OFFICE_DIRECTOR),
    DemoAccount(username="zhuanyuan", name="示例专员", role=Role.PROJECT_OFFICER),
    DemoAccount(
        username="jianguan", name="示例责任单位经办", role=Role.RESPONSIBLE_UNIT, organization="区建管委"
    ),
    DemoAccount(
        username="jianshe", name="示例建设单位经办", role=Role.PROJECT_OWNER, organization="示例建设单位09"
    ),
    DemoAccount(username="lingdao", name="示例区领导", role=Role.DISTRICT_LEADER),
    DemoAccount(username="xitong", name="示例系统管理员", role=Role.SYSADMIN),
    DemoAccount(username="anquan", name="示例安全管理员", role=Role.SECADMIN),
    DemoAccount(username="shenguan", name="示例审计管理员", role=Role.AUDITADMIN),
)


def add_accounts(*, by: User) -> None:
    """建立示例账号。"""
    for account in ACCOUNTS:
        organization = (
            Organization.objects.filter(name=account.organization).first() if account.organization else None
        )
        add_user(
            username=account.username,
            name=account.name,
            password=PASSWORD,
            role=account.role,
            organization=organization,
            by=by,
            is_demo=True,
        )


def describe() -> list[str]:
    """供命令行印出的账号说明。"""
    lines = [f"示例账号（口令均为 {PASSWORD}）："]
    return lines + [
        f"  {account.username:<10} {account.name}（{account.role.label}）" for account in ACCOUNTS
    ]

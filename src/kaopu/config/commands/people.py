"""``kaopu account``、``rekey``：开账号、换钥。"""

from __future__ import annotations

import argparse
import sys
from getpass import getpass

from kaopu.accounts.actions import AccountRefused, add_user, ensure_organization, rekey_personal_data
from kaopu.accounts.models import OrganizationKind
from kaopu.config.database import ready_operator
from kaopu.domain.rights import Role


def account(arguments: argparse.Namespace) -> int:
    """开账号；口令当面问两次，或从标准输入读。"""
    operator = ready_operator()
    password = sys.stdin.readline().rstrip("\n") if arguments.password_stdin else getpass("口令：")
    if not arguments.password_stdin and getpass("再填一次：") != password:
        raise AccountRefused("两次填的不一样。请重新运行。")
    unit = None
    if arguments.organization:
        unit = ensure_organization(
            name=arguments.organization, kind=OrganizationKind.RESPONSIBLE, by=operator
        )
    user = add_user(
        username=arguments.username, name=arguments.name, password=password,
        role=Role(arguments.role), organization=unit, by=operator,
    )  # fmt: skip
    print(f"已开账号 {user.username}：{user.first_name}（{Role(user.role).label}）")
    return 0


def rekey(arguments: argparse.Namespace) -> int:
    """把由旧钥加密的栏改由现行密钥加密；解不开的不动，由体检点名。"""
    print(f"已把 {rekey_personal_data(by=ready_operator())} 人的电话、两步验证密钥改由现行密钥加密。")
    return 0


COMMANDS = {"account": account, "rekey": rekey}
REFUSALS = (AccountRefused,)

"""各页花多少处理器时间、发几条语句，同一轮里与地板价相比（比值不随机器快慢变）。

地板价：一条原生语句取五十行再序列化，是任何一页都省不掉的那点功夫。语句多于预算即失败；比值只报不判。
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

from office import ACCOUNT, pages, sample_office

ROUNDS = 20
# 列表至多五条、详情至多六条，另加登录状态的两条；总览与统计表要算全部的数，只报不判。
STATEMENTS = {"project_list": 7, "project_detail": 8}


def cpu_microseconds(work: Callable[[], object]) -> float:
    work()
    started = time.process_time()
    for _ in range(ROUNDS):
        work()
    return (time.process_time() - started) / ROUNDS * 1e6


def floor() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM projects_projectprofile LIMIT 50")
        return json.dumps(cursor.fetchall(), default=str, ensure_ascii=False)


def main() -> int:
    with sample_office():
        from django.db import connection
        from django.test import Client
        from django.test.utils import CaptureQueriesContext

        from kaopu.accounts.models import User

        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(User.objects.get(username=ACCOUNT))
        base = cpu_microseconds(floor)
        print(f"{'页面':<18}{'微秒':>10}{'地板价的倍数':>10}{'语句':>6}\n{'floor':<18}{base:>12.0f}")
        over = []
        for name, path in pages().items():
            with CaptureQueriesContext(connection) as captured:
                response = client.get(path)
            if response.status_code != 200:
                over.append(f"{name} 答 {response.status_code}")
                continue
            spent = cpu_microseconds(lambda path=path: client.get(path))
            print(f"{name:<18}{spent:>12.0f}{spent / base:>14.1f}{len(captured):>10}")
            if len(captured) > STATEMENTS.get(name, len(captured)):
                over.append(f"{name} 发了 {len(captured)} 条语句，预算 {STATEMENTS[name]} 条")
    print("\n".join(over) or "都在预算之内。")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())

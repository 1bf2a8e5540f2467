"""外发名单：系统只许往名单上的主机发东西（TRUST §5）。一行一个主机或“主机:端口”，“#”之后是说明。"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ENTRY = re.compile(r"(?P<host>\[[0-9a-f:]+\]|[a-z0-9_.-]+)(?::(?P<port>\d{1,5}))?", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class AllowList:
    """名单：许可的（主机，端口），端口空着是哪个端口都许；读不懂的行不作数，另列。"""

    entries: frozenset[tuple[str, int | None]] = frozenset()
    unreadable: tuple[str, ...] = ()

    def allows(self, host: str, port: int) -> bool:
        """主机名与名单逐字相同才算，子域名、别名都不算。"""
        name = _plain(host)
        return (name, None) in self.entries or (name, port) in self.entries


def read_allowed(text: str) -> AllowList:
    """读名单。通配、网址、带路径的都不认：名单要让人一眼看出能往哪里发。"""
    entries: set[tuple[str, int | None]] = set()
    unreadable = []
    for number, line in enumerate(text.splitlines(), start=1):
        entry = line.split("#", 1)[0].strip()
        if not entry:
            continue
        if found := _ENTRY.fullmatch(entry):
            entries.add((_plain(found["host"]), int(found["port"]) if found["port"] else None))
        else:
            unreadable.append(f"第{number}行“{entry}”")
    return AllowList(entries=frozenset(entries), unreadable=tuple(unreadable))


def _plain(host: str) -> str:
    return host.lower().strip("[]").rstrip(".")

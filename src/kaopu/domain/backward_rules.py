"""倒排工期规则：审批与建设各节点的天数、发证部门、前置、有效期，一行一个节点（法 6，HANDBOOK §3.13）。

天数取 §3.13 所记的常见天数，没有的取法定天数；由项目自定的写 0。各区可以照实际改，改了另成一版。
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kaopu.domain.backward import COUNTED_LABELS, Counted, Node, chain_problems, needed_for
from kaopu.domain.milestones import GoalType
from kaopu.domain.permits import CONSTRUCTION_PERMIT, STARTED_NODES

MOST_NODE_DAYS, MOST_VALID_MONTHS = 1_500, 120
LINE_HEADINGS = ("名称", "方面", "牵头部门", "天数", "数法", "前置", "容缺", "有效期（月）")
_BETWEEN, _AMONG = "｜", "；"
_WAIVABLE = "容缺"

DEFAULT_LINES = """\
项目建议书批复｜立项｜区发改委｜7｜工作日｜｜｜24
用地预审与选址意见书｜土地｜区规划资源局｜10｜工作日｜项目建议书批复｜｜36
社会稳定风险评估、节能审查｜立项｜区发改委｜20｜工作日｜项目建议书批复｜容缺｜
可行性研究报告批复｜立项｜区发改委｜20｜工作日｜用地预审与选址意见书；社会稳定风险评估、节能审查｜｜24
环境影响评价批复｜立项｜区生态环境局｜30｜日历日｜用地预审与选址意见书｜｜
设计方案批复｜方案｜区规划资源局｜20｜工作日｜用地预审与选址意见书｜｜
初步设计及概算批复｜方案｜区发改委｜20｜工作日｜可行性研究报告批复；设计方案批复｜｜
建设用地规划许可证｜规划｜区规划资源局｜10｜工作日｜可行性研究报告批复｜｜12
征收、腾地、管线搬迁｜土地｜属地街镇｜0｜日历日｜建设用地规划许可证｜｜
建设工程规划许可证｜规划｜区规划资源局｜10｜工作日｜设计方案批复；建设用地规划许可证｜｜12
施工图审查｜方案｜区建管委｜15｜工作日｜初步设计及概算批复｜｜
招标投标｜施工许可｜区建管委｜20｜日历日｜初步设计及概算批复｜｜
建筑工程施工许可证｜施工许可｜区建管委｜7｜工作日｜环境影响评价批复；征收、腾地、管线搬迁；建设工程规划许可证；施工图审查；招标投标｜｜
开工｜建设｜建设单位｜1｜工作日｜建筑工程施工许可证｜｜
±0.00｜建设｜建设单位｜0｜日历日｜开工｜｜
结构封顶｜建设｜建设单位｜0｜日历日｜±0.00｜｜
完工｜建设｜建设单位｜0｜日历日｜结构封顶｜｜
综合竣工验收｜验收｜区建管委｜15｜工作日｜完工｜｜
竣工验收备案｜验收｜区建管委｜15｜日历日｜综合竣工验收｜｜
"""


@dataclass(frozen=True, kw_only=True)
class ChainPolicy:
    """一版倒排工期规则。"""

    nodes: tuple[Node, ...]
    name: str = ""

    @classmethod
    def read(cls, parameters: Mapping[str, object], *, name: str = "") -> ChainPolicy:
        """由参数（JSON）读出，不查对错；参数少一个、多一个都拒绝。"""
        rows = parameters.get("nodes")
        if set(parameters) != {"nodes"} or not isinstance(rows, list):
            raise ValueError("倒排工期规则的参数须是 nodes 一项，一行一个节点。")
        return cls(nodes=tuple(_node(row) for row in rows), name=name)

    def problems(self) -> list[str]:
        """缺施工许可证或开工、重名、前置缺失或成圈、天数或有效期不在范围里；没有毛病返回空表。"""
        return list(self._flaws())

    def _flaws(self) -> Iterator[str]:
        if not self.nodes:
            yield "一个节点也没有"
            return
        for name in (CONSTRUCTION_PERMIT, BREAKING_GROUND):
            if self.node(name) is None:
                yield f"须有“{name}”：领证后三个月开工的时限由它起算"
        for node in self.nodes:
            if not (node.name and node.aspect and node.issuer):
                yield f"“{node.name or '（没有名称的一行）'}”须写明名称、方面与牵头部门"
            if not 0 <= node.days <= MOST_NODE_DAYS:
                yield f"“{node.name}”的天数须在 0 至 {MOST_NODE_DAYS} 之间，由项目自定的填 0"
            if not 0 <= node.valid_months <= MOST_VALID_MONTHS:
                yield f"“{node.name}”的有效期须在 0 至 {MOST_VALID_MONTHS} 个月之间"
        yield from chain_problems(self.nodes)

    def node(self, name: str) -> Node | None:
        """某个节点；表里没有的为 ``None``。"""
        return next((node for node in self.nodes if node.name == name), None)

    def before(self, name: str) -> frozenset[str]:
        """某个节点的全部前置，直接的与间接的；表里没有的节点没有前置。"""
        if self.node(name) is None:
            return frozenset()
        return frozenset(node.name for node in needed_for(self.nodes, name)) - {name}


def _node(row: object) -> Node:
    if not isinstance(row, Mapping):
        raise ValueError("倒排工期规则的每个节点须是一组键与值。")
    return Node(**{**row, "counted": Counted(row["counted"]), "after": tuple(row["after"])})


def chain_parameters(nodes: Sequence[Node]) -> dict[str, object]:
    """规则集里存的写法。"""
    return {
        "nodes": [{**vars(node), "counted": node.counted.value, "after": list(node.after)} for node in nodes]
    }


def read_lines(text: str) -> list[Node]:
    """一行一个节点读成节点表；读不懂的抛出 ``ValueError``，写明第几行。"""
    lines = [line.strip() for line in text.splitlines()]
    return [_line_node(number, line) for number, line in enumerate(lines, start=1) if line]


def _line_node(number: int, line: str) -> Node:
    cells = [cell.strip() for cell in line.replace("|", _BETWEEN).split(_BETWEEN)]
    if len(cells) != len(LINE_HEADINGS):
        columns = _BETWEEN.join(LINE_HEADINGS)
        raise ValueError(f"第 {number} 行有 {len(cells)} 栏，应是 {len(LINE_HEADINGS)} 栏：{columns}")
    name, aspect, issuer, days, counted, after, waivable, valid = cells
    labels = {label: value for value, label in COUNTED_LABELS.items()}
    if counted not in labels:
        raise ValueError(f"第 {number} 行的数法“{counted}”不认得，请写{'或'.join(labels)}")
    if waivable not in {"", _WAIVABLE}:
        raise ValueError(f"第 {number} 行的容缺一栏请留空或写“{_WAIVABLE}”")
    if not days.isdecimal() or not (valid or "0").isdecimal():
        raise ValueError(f"第 {number} 行的天数、有效期须是整数")
    return Node(
        name=name, aspect=aspect, issuer=issuer, days=int(days), counted=labels[counted],
        after=tuple(part.strip() for part in after.split(_AMONG) if part.strip()), waivable=bool(waivable),
        valid_months=int(valid or 0),
    )  # fmt: skip


def write_lines(nodes: Sequence[Node]) -> str:
    """节点表写成一行一个节点，与 ``read_lines`` 互逆。"""
    return "\n".join(_BETWEEN.join(_line_cells(node)) for node in nodes)


def _line_cells(node: Node) -> list[str]:
    return [
        node.name, node.aspect, node.issuer, str(node.days), COUNTED_LABELS[node.counted], _AMONG.join(node.after),
        _WAIVABLE if node.waivable else "", str(node.valid_months or ""),
    ]  # fmt: skip


def describe_chain(policy: ChainPolicy) -> list[tuple[str, str, str]]:
    """一版规则逐条的说法：``(节点, 天数与有效期, 牵头部门与前置)``。"""
    return [(node.name, _term(node), _standing(node)) for node in policy.nodes]


def _term(node: Node) -> str:
    days = f"{node.days} 个{COUNTED_LABELS[node.counted]}" if node.days else "由项目自定"
    return days + (f"，有效期 {node.valid_months} 个月" if node.valid_months else "")


def _standing(node: Node) -> str:
    after = f"，前置：{'、'.join(node.after)}" if node.after else ""
    return node.issuer + ("，可容缺" if node.waivable else "") + after


# 建设各节点以年度目标的达成为准，不另登记；其余各节点以批文、证照为准
_BUILT = frozenset({GoalType.BASICALLY_BUILT, GoalType.COMPLETED, GoalType.FILED, GoalType.DELIVERED})
_ACCEPTED = frozenset({GoalType.COMPLETED, GoalType.FILED, GoalType.DELIVERED})
REACHED_BY: Mapping[str, frozenset[GoalType]] = {
    "开工": STARTED_NODES,
    "±0.00": frozenset({GoalType.GROUND_LEVEL, GoalType.STRUCTURE, GoalType.TOPPED_OUT}) | _BUILT,
    "结构封顶": frozenset({GoalType.TOPPED_OUT}) | _BUILT,
    "完工": _BUILT,
    "综合竣工验收": _ACCEPTED,
    "竣工验收备案": frozenset({GoalType.FILED}),
}

# 目标就是这个节点的年度目标；比它走得远的目标，日子不是它的
GOAL_OF: Mapping[str, GoalType] = {
    "开工": GoalType.START,
    "±0.00": GoalType.GROUND_LEVEL,
    "结构封顶": GoalType.TOPPED_OUT,
    "完工": GoalType.BASICALLY_BUILT,
    "综合竣工验收": GoalType.COMPLETED,
    "竣工验收备案": GoalType.FILED,
}
# 开了工即是达成，没有“开始”可记；往后的施工接着前一节点做，不必另记
BREAKING_GROUND = "开工"
CARRIED_ON = frozenset({"±0.00", "结构封顶", "完工"})

DEFAULT_CHAIN: Mapping[str, object] = chain_parameters(read_lines(DEFAULT_LINES))

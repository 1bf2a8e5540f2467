#!/usr/bin/env python3
"""核验包的独立核验器：一个文件，只用标准库，不用本系统。用法：python3 verify_pack.py 核验包.zip

查七件事：包里各文件与摘要清单相符；公文里每个受控数字与台账印的一样；每个数的摘要与内容控件里的一样；
台账的成员由事实重算得出、恒等式成立；每条事实、每次办理与封存时的摘要相符；每次办理确在封存树上（RFC 6962 的包含证明），
起草时记下的所据各次办理一次不少；公文上印的树头是这棵树的前缀（一致性证明）。有一件不符，退出码为 1。末行印出树头，请与库外抄存的、公文上印的相比。
"""

import hashlib
import io
import json
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LIMIT = 64 * 1024 * 1024
BOOKMARK = re.compile(r"kp_[0-9a-f]{8}_\d+")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
HEAD_LINE = re.compile(r"留痕树头 \d+:[0-9a-f]+")
NUMERAL = r"[\d.．十百千万亿]*"
DOCUMENT, FIGURES, FACTS, DIGESTS = "公文.docx", "台账.json", "事实.json", "摘要清单.json"
TRACE = "封存.json"
REGISTERED, STEP = "公文登记", "公文办理"
# 这些表里的事实，一次办理录入的须全在包里
WHOLE = {
    "projects_listentry", "projects_annualgoal", "projects_monthlyplan", "tracking_monthlyreport",
    "tracking_goalachievement", "tracking_outcomedecision", "tracking_lagreason", "tracking_verdict",
    "projects_projectprofile", "projects_stagechange", "tracking_suspension", "tracking_resumption",
    "tracking_officenote",
}  # fmt: skip
# 逐字引用的记录（编号 record.种类.行号.栏）在哪张表
RECORDS = {
    "note": "tracking_officenote", "decision": "tracking_outcomedecision", "reason": "tracking_lagreason",
    "report": "tracking_monthlyreport", "verdict": "tracking_verdict", "goal": "projects_annualgoal",
    "profile": "projects_projectprofile", "entry": "projects_listentry", "plan": "projects_monthlyplan",
    "ceremony": "projects_ceremony", "stop": "tracking_suspension", "resumption": "tracking_resumption",
    "order": "supervision_supervisionorder", "step": "supervision_orderstep", "meeting": "supervision_meeting",
    "minutes": "supervision_minutes", "issue": "supervision_issue", "move": "supervision_issuestep",
}  # fmt: skip
GROUNDS = {"achieved": "目标达成", "unachievable": "认定", "stopped": "认定"}
SUMS = ("plan", "planned", "to_date", "month")


class Broken(Exception):
    """包打不开。"""


def canonical_bytes(content: Any) -> bytes:  # 规范 JSON：键排序、无空白、不转义
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def canonical(content: Any) -> str:
    """规范 JSON 的 SHA-256。"""
    return hashlib.sha256(canonical_bytes(content)).hexdigest()


def read(archive: zipfile.ZipFile, name: str) -> bytes:
    """读一个文件，读到限额为止。"""
    try:
        with archive.open(name) as part:
            content = part.read(LIMIT + 1)
    except (KeyError, zipfile.BadZipFile, EOFError, RuntimeError, OSError) as error:
        raise Broken(f"包里读不出“{name}”") from error
    if len(content) > LIMIT:
        raise Broken(f"“{name}”过大")
    return content


def loaded(archive: zipfile.ZipFile, name: str) -> Any:
    try:
        return json.loads(read(archive, name))
    except ValueError as error:
        raise Broken(f"“{name}”不是 JSON") from error


def bookmarked(document: bytes) -> tuple[dict[str, str], dict[str, str]]:
    """每个受控书签包住的文字，连同紧贴在前后的数字；以及内容控件里记的摘要。"""
    try:
        with zipfile.ZipFile(io.BytesIO(document)) as archive:
            content = read(archive, "word/document.xml")
    except zipfile.BadZipFile as error:
        raise Broken("公文不是 .docx") from error
    try:
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            raise Broken("公文含外部定义")
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        raise Broken("公文内容损坏") from error
    texts: dict[str, str] = {}
    tags: dict[str, str] = {}
    for paragraph in root.iter(f"{W}p"):
        _read_paragraph(paragraph, texts, tags)
    return texts, tags


def _read_paragraph(paragraph: ElementTree.Element, texts: dict[str, str], tags: dict[str, str]) -> None:
    opened: dict[str | None, str] = {}
    closed: set[str] = set()
    before = ""
    for element in paragraph.iter():
        if element.tag == f"{W}bookmarkStart" and BOOKMARK.fullmatch(element.get(f"{W}name", "")):
            name = element.get(f"{W}name", "")
            if name not in texts:
                opened[element.get(f"{W}id")] = name
                texts[name] = re.findall(NUMERAL + r"\Z", before)[0]  # 紧贴在前的数字
        elif element.tag == f"{W}bookmarkEnd" and element.get(f"{W}id") in opened:
            closed.add(opened.pop(element.get(f"{W}id")))
        elif element.tag == f"{W}tag":
            for name in opened.values():
                tags[name] = element.get(f"{W}val", "").rpartition("|")[2]
        elif element.tag == f"{W}t":
            text = element.text or ""
            for name in opened.values():
                texts[name] += text
            glued = re.findall(NUMERAL, text)[0]
            for name in closed:
                texts[name] += glued
            closed = closed if glued == text else set()
            before += text


def check_files(archive: zipfile.ZipFile, digests: dict[str, str]) -> Iterator[str]:
    """各文件与摘要清单相符。"""
    for name, digest in digests.items():
        if hashlib.sha256(read(archive, name)).hexdigest() != digest:
            yield f"“{name}”与摘要清单不符"
    for name in set(archive.namelist()) - set(digests) - {DIGESTS}:
        yield f"“{name}”不在摘要清单里"


def straight(text: str) -> str:
    """引号是直是弯不论。"""
    return text.replace("“", '"').replace("”", '"')


def titled(item: Any) -> str:
    """一个数的名称与编号；名称只给人看，不入摘要。"""
    return f"{item.get('label') or item['row'].get('label', '')}（{item['row']['id']}）"


def check_document(document: bytes, ledger: Any) -> Iterator[str]:
    """公文里每个数与台账相符。"""
    if hashlib.sha256(document).hexdigest() != ledger["document"]["sha256"]:
        yield "公文与登记的文件摘要不符：登记之后被改过"
    texts, tags = bookmarked(document)
    if not ledger["figures"]:
        yield "台账里一个数也没有"
    for item in ledger["figures"]:
        name, row = item["bookmark"], item["row"]
        if name not in texts:
            yield f"{titled(item)}：书签已不在公文中"
        elif straight(texts[name]) != straight(row["text"]):
            yield f"{titled(item)}：公文印“{texts[name]}”，台账为“{row['text']}”"
        if name in tags and not item["digest"].startswith(tags[name]):
            yield f"{titled(item)}：内容控件里的摘要与台账不符"


def check_figures(ledger: Any) -> Iterator[str]:
    """每个数的摘要、个数与成员。"""
    for item in ledger["figures"]:
        row = item["row"]
        if canonical(row) != item["digest"]:
            yield f"{titled(item)}：台账的一行被改过，摘要不符"
        if row["unit"] in ("个", "项") and not (row["value"] == row["exact"] == len(row["members"])):
            yield f"{titled(item)}：个数与成员不符"
        if row["unit"] in ("个", "项") and row["text"] != str(row["value"]):
            yield f"{titled(item)}：印的与个数不符"
        wants = ledger["wants"].get(row["id"])
        if wants is not None:
            counted = ledger["counted"][wants["year"]]
            fits = wants["wants"].items()
            members = [one["code"] for one in counted if all(one[name] in said for name, said in fits)]
            if members != row["members"]:
                yield f"{titled(item)}：由清单重算的成员与台账不符"


def check_identities(ledger: Any) -> Iterator[str]:
    """恒等式：总数的成员恰是各分项的成员。"""
    members = {item["row"]["id"]: item["row"]["members"] for item in ledger["figures"]}
    for whole, parts in ledger["identities"]:
        if whole not in members or any(part not in members for part in parts):
            continue
        if Counter(members[whole]) != Counter(code for part in parts for code in members[part]):
            yield f"恒等式不成立：{whole} ≠ {' + '.join(parts)}"


def check_facts(ledger: Any, facts: Any) -> Iterator[str]:
    """引的记录都在；登记的数与台账相符；清单条目与计数所用的属性相符；投资由月报与计划重算。"""
    operations = {operation["content"]["id"] for operation in facts["operations"]}
    for fact in facts["facts"]:
        if fact["content"]["operation_id"] not in operations:
            yield f"{named(fact)}：找不到录入它的那次办理"
    yield from _check_registered(ledger, facts["facts"])
    yield from _check_behind(facts)
    yield from _check_quoted(ledger, facts["facts"])
    yield from _check_entries(ledger, facts["facts"])
    yield from _check_grounds(ledger, facts["facts"])
    yield from _check_amounts(ledger, facts["facts"])


def named(fact: Any) -> str:
    number = fact["content"]["id"]
    return f"{fact['kind']}第 {number} 号" if "kind" in fact else f"第 {number} 次办理"


def _check_registered(ledger: Any, facts: Any) -> Iterator[str]:
    """登记公文的那一行：文件摘要、每个数的摘要都须与台账相符。"""
    rows = [fact["content"] for fact in facts if fact["kind"] == REGISTERED]
    if [row["token"] for row in rows] != [ledger["document"]["token"]]:
        yield "找不到登记这份公文的那一行"
        return
    steps = [fact["content"]["sha256"] for fact in facts if fact["kind"] == STEP]
    if ledger["document"]["sha256"] not in (rows[0]["sha256"], *steps):
        yield "台账里的文件摘要没有登记过"
    ordinals = sorted(fact["content"]["ordinal"] for fact in facts if fact["kind"] == STEP)
    if ordinals != list(range(1, len(ordinals) + 1)):
        yield "公文办理的各步不连着，被抽掉了"
    registered = {item["bookmark"]: item["digest"] for item in rows[0]["figures"]}
    for item in ledger["figures"]:
        if registered.pop(item["bookmark"], None) != item["digest"]:
            yield f"{titled(item)}：与登记时的摘要不符"
    if registered:
        yield f"登记的数有 {len(registered)} 个不在台账里"


def behind(facts: Any) -> str | None:
    """起草时记下的、公文所据的各次办理（如 1-35,40）；早先的版本没有记，为空。"""
    operations = {row["content"]["id"]: row["content"]["detail"] for row in facts["operations"]}
    drafts = (row["content"]["operation_id"] for row in facts["facts"] if row["kind"] == REGISTERED)
    return next((operations.get(number, {}).get("grounds") for number in drafts), None)


def _check_behind(facts: Any) -> Iterator[str]:
    """公文所据的各次办理都在包里：连办理带事实整次抽掉的，说得出是哪一次。"""
    found = {row["content"]["id"] for row in facts["operations"]}
    for run in (behind(facts) or "").split(","):
        first, _, last = run.partition("-")
        for number in range(int(first), int(last or first) + 1) if first else ():
            if number not in found:
                yield f"第 {number} 次办理不在包里：它录入公文所据的事实，被整次抽掉了"


def _check_quoted(ledger: Any, facts: Any) -> Iterator[str]:
    """逐字引用的记录在包里；引的是文字的，与记录一字不差（首尾空白与句末标点不论）。"""
    found = {(fact["table"], str(fact["content"]["id"])): fact["content"] for fact in facts}
    for item in ledger["figures"]:
        if item["row"]["id"].startswith("record."):
            _, kind, key, column = item["row"]["id"].split(".")
            row = found.get((RECORDS[kind], key))
            said: Any = row and row[column]
            worded = isinstance(said, str) and not DAY.fullmatch(said)
            if row is None:
                yield f"{titled(item)}：引的记录不在包里，被抽掉了"
            elif worded and straight(said.strip().rstrip("。；;")) != straight(item["row"]["text"]):
                yield f"{titled(item)}：引的与记录不符"


def _live(facts: Any, kind: str, until: str) -> list[Any]:
    rows = [fact for fact in facts if fact["kind"] == kind and fact["content"]["on"] <= until]
    replaced = {row["content"]["supersedes_id"] for row in rows}
    return [row for row in rows if row["content"]["id"] not in replaced and not row["content"]["voided"]]


def _check_entries(ledger: Any, facts: Any) -> Iterator[str]:
    for year, until in (("this_year", ledger["document"]["as_of"]), ("next_year", "9999-12-31")):
        wanted = ledger["document"]["year"] + (year == "next_year")
        found = {
            row["project"]: row["content"] for row in _live(facts, "清单条目", until) if row["year"] == wanted
        }
        stated = {one["code"]: one for one in ledger["counted"][year]}
        for code in sorted(set(found) ^ set(stated)):
            yield f"{code}：清单条目与台账的清单不符"
        for code in sorted(set(found) & set(stated)):
            for name in ("level", "entry", "formality", "category"):
                if found[code][name] != stated[code][name]:
                    yield f"{code}：清单条目的 {name} 与台账不符"


def _check_grounds(ledger: Any, facts: Any) -> Iterator[str]:
    """台账里算已完成的须有达成的记录，无法完成、停止实施的须有认定：连办理带事实整个抽掉的也看得出。"""
    until = ledger["document"]["as_of"]
    found = {kind: {row["project"] for row in _live(facts, kind, until)} for kind in GROUNDS.values()}
    for one in ledger["counted"]["this_year"]:
        kind = GROUNDS.get(one["outcome"])
        if kind and one["code"] not in found[kind]:
            yield f"{one['code']}：台账算作{one['outcome']}，包里没有它的{kind}"


def _check_amounts(ledger: Any, facts: Any) -> Iterator[str]:
    rows = {one["code"]: one for one in ledger["progress"]}
    month, year = ledger["document"]["as_of"][:7], ledger["document"]["year"]
    done: Counter[str] = Counter()
    planned: Counter[str] = Counter()
    for kind, amount, sums in (
        ("月报", "investment_yuan", done),
        ("月度计划", "planned_investment_yuan", planned),
    ):
        for fact in _live(facts, kind, "9999-12-31"):
            if fact["year"] == year and fact["content"]["month"][:7] <= month:
                sums[fact["project"]] += fact["content"][amount] or 0
    for code, one in rows.items():
        if one["to_date"] != done[code] or one["planned"] != planned[code]:
            yield f"{code}：累计完成或计划到本月由事实重算不符"
    for item in ledger["figures"]:
        kind, _, rest = item["row"]["id"].partition(".")
        quantity = rest.partition(".")[0]
        if kind == "progress" and quantity in SUMS:
            total = sum(rows[code][quantity] for code in item["row"]["members"] if code in rows)
            if total != item["row"]["exact"]:
                yield f"{titled(item)}：由各项目相加不符"


class Hasher:
    """封存树所用的摘要。"""

    def __init__(self, algorithm: str = "sha256") -> None:
        self.algorithm = algorithm

    def digest(self, data: bytes) -> bytes:
        try:
            return hashlib.new(self.algorithm, data).digest()
        except ValueError as error:
            raise Broken(f"这台机器的 Python 不会算 {self.algorithm} 摘要") from error

    def leaf(self, data: bytes) -> bytes:
        return self.digest(b"\x00" + data)

    def node(self, left: bytes, right: bytes) -> bytes:
        return self.digest(b"\x01" + left + right)


SHA256 = Hasher()


def includes(
    leaf_hash: bytes, *, index: int, size: int, proof: list[bytes], root: bytes, hasher: Any = SHA256
) -> bool:
    """核验包含证明（RFC 6962 §2.1.1）：``leaf_hash`` 确是 ``size`` 叶的树里第 ``index`` 叶。"""
    steps = _climbed(index, size - 1, proof) if 0 <= index < size else None
    current = leaf_hash
    for sibling, left in steps or ():
        current = hasher.node(sibling, current) if left else hasher.node(current, sibling)
    return steps is not None and current == root


def consistent(
    *, first: int, first_root: bytes, second: int, second_root: bytes, proof: list[bytes], hasher: Any = SHA256
) -> bool:  # fmt: skip
    """核验一致性证明（RFC 6962 §2.1.2）：``second`` 叶的树由 ``first`` 叶的树只加不改而来。"""
    if first == second:
        return not proof and first_root == second_root
    path = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not 0 < first < second or not path:
        return False
    node, last = first - 1, second - 1
    while node % 2:
        node, last = node // 2, last // 2
    steps = _climbed(node, last, path[1:])
    old = new = path[0]
    for sibling, left in steps or ():
        old = hasher.node(sibling, old) if left else old
        new = hasher.node(sibling, new) if left else hasher.node(new, sibling)
    return steps is not None and old == first_root and new == second_root


def _climbed(node: int, last: int, proof: list[bytes]) -> list[tuple[bytes, bool]] | None:
    """由一叶上到根的各步：兄弟的摘要、是否在左；证明长短不对的为空。"""
    steps = []
    for sibling in proof:
        if last == 0:
            return None
        left = bool(node % 2) or node == last
        while left and node % 2 == 0 and node:
            node, last = node // 2, last // 2
        steps.append((sibling, left))
        node, last = node // 2, last // 2
    return steps if last == 0 else None


def check_trace(facts: Any, trace: Any) -> Iterator[str]:
    """每次办理确在封存树上；办理与它录入的每条事实，都与封存时的摘要相符；印的树头是这棵树的前缀。"""
    hasher = Hasher(trace["algorithm"])
    for digest, form in trace["forms"].items():
        if canonical(form) != digest:
            yield f"封存格式 {digest[:16]} 被改过"
    leaves = {leaf["operation"]: leaf for leaf in trace["leaves"]}
    for leaf in trace["leaves"]:
        if not _sealed(leaf, trace["head"], hasher):
            yield f"第 {leaf['operation']} 次办理：封存的一叶或它的包含证明被改过，对不上树头"
    for row in (*facts["operations"], *facts["facts"]):
        number = row["content"]["operation_id" if "kind" in row else "id"]
        leaf = leaves.get(number)
        if leaf is None:
            yield f"{named(row)}：录入它的第 {number} 次办理没有封存的证明"
        elif problem := _differs(row, leaf, trace["forms"], hasher):
            yield f"{named(row)}：{problem}"
    yield from _check_whole(facts, trace)
    yield from _check_printed(trace, hasher)


def _check_whole(facts: Any, trace: Any) -> Iterator[str]:
    """封存的那次办理里有的事实，包里须有：抽掉一行也看得出。"""
    found = {(row["table"], row["content"]["id"]) for row in facts["facts"]}
    for leaf in trace["leaves"]:
        for table, key, _ in leaf["rows"]:
            if table in WHOLE and (table, key) not in found:
                yield f"第 {leaf['operation']} 次办理录入的 {table} 第 {key} 行不在包里，被抽掉了"


def _sealed(leaf: Any, head: Any, hasher: Hasher) -> bool:
    proof = [bytes.fromhex(step) for step in leaf["proof"]]
    hashed = hasher.leaf(canonical_bytes([leaf["form"], leaf["rows"]]))
    root = bytes.fromhex(head["root"])
    return includes(hashed, index=leaf["index"], size=head["size"], proof=proof, root=root, hasher=hasher)


def _differs(row: Any, leaf: Any, forms: Any, hasher: Hasher) -> str:
    """一行与封存的摘要不符之处；按封存当时有的栏求摘要。"""
    table, key, content = row["table"], row["content"]["id"], row["content"]
    sealed = {(one[0], one[1]): one[2] for one in leaf["rows"]}
    columns = forms[leaf["form"]].get(table)
    if columns is None or (table, key) not in sealed:
        return "不在封存的那次办理之内，是后来添上的"
    values = {column: content[column] for column in columns if column in content}
    same = hasher.digest(canonical_bytes([table, key, values])).hex() == sealed[table, key]
    return "" if same else "内容被改过，与封存时的摘要不符"


def check_head(document: bytes, trace: Any) -> Iterator[str]:
    """公文上印的树头，就是证明所指的那个。"""
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        root = ElementTree.fromstring(read(archive, "word/document.xml"))
    texts = ("".join(item.text or "" for item in paragraph.iter(f"{W}t")) for paragraph in root.iter(f"{W}p"))
    lines = [found[0] for text in texts if (found := HEAD_LINE.match(text))]
    stated = trace["printed"]
    expected = [f"留痕树头 {stated['size']}:{stated['root'][:16]}"] if stated else []
    if lines != expected:
        yield f"公文上印的树头（{'、'.join(lines) or '无'}）与证明所指的（{'、'.join(expected) or '无'}）不符"


def _check_printed(trace: Any, hasher: Hasher) -> Iterator[str]:
    printed, head = trace["printed"], trace["head"]
    if printed is None:
        return
    proof = [bytes.fromhex(step) for step in trace["consistency"]]
    sizes: Any = {"first": printed["size"], "second": head["size"]}
    roots: Any = {"first_root": bytes.fromhex(printed["root"]), "second_root": bytes.fromhex(head["root"])}
    if not consistent(**sizes, **roots, proof=proof, hasher=hasher):
        yield f"公文上印的树头（{printed['size']} 叶）不是现在这棵树的前缀：一致性证明对不上"


def verify(path: str) -> tuple[list[str], int, int, str, bool]:
    """核验一个包，返回（各处不符, 数的个数, 事实的条数, 树头, 起草时没有记下根据）。"""
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise Broken("这不是核验包") from error
    with archive:
        digests, ledger, facts, trace = (loaded(archive, name) for name in (DIGESTS, FIGURES, FACTS, TRACE))
        document = read(archive, DOCUMENT)
        problems = [
            *check_files(archive, digests),
            *check_document(document, ledger),
            *check_figures(ledger),
            *check_identities(ledger),
            *check_facts(ledger, facts),
            *check_trace(facts, trace),
            *check_head(document, trace),
        ]
        head = f"{trace['head']['size']}:{trace['head']['root']}"
        return problems, len(ledger["figures"]), len(facts["facts"]), head, behind(facts) is None


def main(arguments: list[str]) -> int:
    """命令行入口。"""
    if len(arguments) != 1:
        print(__doc__)
        return 2
    try:
        problems, figures, facts, head, unstated = verify(arguments[0])
    except (Broken, KeyError, TypeError, AttributeError, ValueError) as error:
        print(f"✗ {error}" if isinstance(error, Broken) else f"✗ 包的内容残缺：{error!r}")
        return 1
    for problem in problems:
        print(f"✗ {problem}")
    print(f"{figures} 个数、{facts} 条事实：{f'{len(problems)} 处不符' if problems else '全部相符'}。")
    if unstated:
        print("这份公文出自早先的版本，起草时没有记下所据的各次办理：连办理带事实整次抽掉的看不全。")
    print(f"与树头 {head} 核对；请与库外抄存的树头（tree-heads.jsonl）、公文上印的相比。")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

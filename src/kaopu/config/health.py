"""体检：设置与不变量（TRUST §1 规则 1、§4、§5）。"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.accounts.queries import columns_under_old_keys, sign_ins_of_the_disabled, unreadable_columns
from kaopu.audit import outgoing
from kaopu.audit.verification import verify
from kaopu.config.database import (
    Misconfigured,
    refuse_missing_tables,
    refuse_unreachable_database,
    refuse_unsafe_database,
)
from kaopu.config.invariants import INVARIANTS, Invariant
from kaopu.documents.queries import broken_files, unexplained_gaps
from kaopu.figures.queries import evaluate
from kaopu.projects.queries import unsound_attachments, years_listed
from kaopu.supervision.models import AlertStep, IssueStep, OrderStep
from kaopu.supervision.queries.clock import engine_alarm, heartbeat
from kaopu.supervision.queries.watch import dropped
from kaopu.tracking.queries import working_calendar

MOST_TOLD = 5  # 一项体检至多举几件


@dataclass(frozen=True, kw_only=True)
class Finding:
    """一项体检结论。"""

    ok: bool
    text: str


def examine() -> list[Finding]:
    """逐项体检：数据库设置、数据目录、恒等式。"""
    try:
        refuse_unreachable_database()
        findings = [_database_finding()]
        refuse_missing_tables()
    except Misconfigured as error:
        return [Finding(ok=False, text=str(error))]
    published = max(working_calendar().published)
    findings.append(_trace_finding())
    findings.append(_sign_in_finding())
    findings.append(_key_finding())
    findings.append(Finding(ok=True, text=f"放假安排已发布至{published}年，此后的工作日不推算"))
    findings.append(_loop_finding())
    findings += _outgoing_findings()
    for year in years_listed():
        broken = [identity for identity in evaluate(year).identities if not identity.holds]
        text = f"{year}年恒等式" + (
            "全部成立" if not broken else "不成立：" + "；".join(item.text for item in broken)
        )
        if broken:
            text += "。请在统计页点开对应的数，补全所列项目。"
        findings.append(Finding(ok=not broken, text=text))
    findings += [_invariant_finding(invariant) for invariant in INVARIANTS]
    return [*findings, *_document_findings(), *_attachment_findings()]


def _invariant_finding(invariant: Invariant) -> Finding:
    found = list(invariant.ask())
    if not found:
        return Finding(ok=True, text=invariant.holds)
    told = "；".join(found[:MOST_TOLD])
    return Finding(ok=False, text=f"{invariant.broken}，共 {len(found)} 件：{told}。{invariant.remedy}")


def _document_findings() -> list[Finding]:
    """已印发的公文文件都在且没有变；文号没有说不清的空号。"""
    lost, gaps = broken_files(), unexplained_gaps()
    files = "已印发的公文文件都在，与摘要相符"
    if lost:
        names = "、".join(f"《{document.title}》" for document in lost)
        files = f"已印发的公文文件丢失或被改：{names}。请从备份恢复数据目录里的 documents。"
    numbers = "发文字号没有空号"
    if gaps:
        numbers = f"发文字号有空号：{'、'.join(gaps)}。请在文号台账补记缘由。"
    return [Finding(ok=not lost, text=files), Finding(ok=not gaps, text=numbers)]


def _attachment_findings() -> list[Finding]:
    """附件都在且没有变，也没有多余的文件（TRUST §4 第 24 条）。"""
    broken, stray = unsound_attachments()
    sound = "附件都在，与摘要相符"
    if broken:
        names = "、".join(f"“{item.name}”（{item.sha256[:12]}）" for item in broken[:5])
        sound = f"附件丢失或被改 {len(broken)} 个：{names}。请从备份恢复数据目录里的 attachments。"
    spare = "附件目录里没有多余的文件"
    if stray:
        names = "、".join(path.name[:13] for path in stray[:5])
        spare = (
            f"附件目录里有 {len(stray)} 个文件没有记录：{names}。多为办理中途断电所留；"
            "核对不是误删了记录之后，可以删去。"
        )
    return [Finding(ok=not broken, text=sound), Finding(ok=not stray, text=spare)]


def _outgoing_findings() -> list[Finding]:
    """外发名单读得懂；设置里开了的外发都在名单上（TRUST §5）。"""
    listed = outgoing.allowed()
    findings = [
        Finding(
            ok=False, text=f"外发名单 {outgoing.place()} {line}读不懂，不作数。每行请只写主机或“主机:端口”。"
        )
        for line in listed.unreadable
    ]
    try:
        opened = outgoing.configured()
    except outgoing.OutgoingRefused as error:
        return [*findings, Finding(ok=False, text=f"外发的地址不对：{error}")]
    for label, host, port in opened:
        known = listed.allows(host, port)
        remedy = (
            "在外发名单上" if known else f"不在外发名单上，发不出去。请在 {outgoing.place()} 里加一行 {host}"
        )
        findings.append(Finding(ok=known, text=f"{label} {host}:{port} {remedy}"))
    if not opened:
        findings.append(Finding(ok=True, text="没有开外发（邮件、推送、统一身份登录），什么也不往外发"))
    return findings


def _trace_finding() -> Finding:
    """留痕与封存相符（TRUST §4 第 23、30 条）。"""
    report = verify()
    if not report.ok:
        return Finding(
            ok=False,
            text=f"留痕与封存不符：{report.breaks[0].sentence}请运行 kaopu audit verify 看全部，并保留现场。",
        )
    return Finding(
        ok=True, text=f"留痕与封存相符（已封存 {report.leaves} 次办理，{report.waiting} 次待封存）"
    )


def _sign_in_finding() -> Finding:
    """停用的账号没有仍有效的登录（TRUST §4 第 25 条）。"""
    names = sorted({str(item.user) for item in sign_ins_of_the_disabled(now=timezone.now())})
    if names:
        return Finding(
            ok=False, text=f"停用的账号仍登录着：{'、'.join(names)}。请重新提请停用，批准后即退出。"
        )
    return Finding(ok=True, text="停用的账号都已退出登录")


def _key_finding() -> Finding:
    """加密存放的电话与两步验证密钥都解得开；换了会话密钥的，旧钥还不能撤就说。"""
    if lost := unreadable_columns():
        names = "、".join(f"{user}（{_labels(columns)}）" for user, columns in list(lost.items())[:5])
        return Finding(
            ok=False,
            text=f"{len(lost)} 人的电话、两步验证密钥解不开：{names}。会话密钥换过而没有留旧钥：请把旧钥写进 "
            "KAOPU_SECRET_KEY_FALLBACKS 后重启。旧钥没有了的，电话由本人重新登记，两步验证由系统管理员提请重设口令；"
            "管理员自己也进不来的，用 kaopu account 另开两个管理员账号。",
        )
    text = "电话与两步验证密钥都解得开"
    if waiting := columns_under_old_keys():
        text += f"；{len(waiting)} 人的仍由旧钥加密，撤旧钥之前请运行 kaopu rekey"
    return Finding(ok=True, text=text)


def _labels(columns: list[str]) -> str:
    verbose = {field.name: str(field.verbose_name) for field in User._meta.fields}
    return "、".join(verbose[column] for column in columns)


def _database_finding() -> Finding:
    try:
        refuse_unsafe_database()
    except Misconfigured as error:
        return Finding(ok=False, text=str(error))
    return Finding(ok=True, text=f"数据库（{connection.vendor}）设置符合要求，数据目录 {settings.HOME}")


def _loop_finding() -> Finding:
    """督办：引擎在跳；每一件预警、问题、督办单都有人看着，了了的钟都停着（TRUST §4 第 9、10 条）。"""
    if alarm := engine_alarm():
        return Finding(ok=False, text=alarm)
    beat = heartbeat()
    if beat and (found := dropped(today=beat.on)):
        return Finding(
            ok=False,
            text=f"督办有 {len(found)} 件站不住：{'；'.join(found[:5])}。请运行 kaopu tick，仍在的请报给维护的人。",
        )
    counted = sum(
        model.objects.live().exclude(due_on=None).count() for model in (AlertStep, IssueStep, OrderStep)
    )
    return Finding(ok=True, text=f"督办：未了的 {counted} 件，期限都有人看着，了了的钟都停着")

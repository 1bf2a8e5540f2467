"""公文格式检查：按 GB/T 9704-2012（HANDBOOK §8.4）逐条量一份 .docx。"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kaopu.documents.format_check import measuring as m
from kaopu.documents.format_check.elements import Elements, find_elements, no_imprint
from kaopu.documents.format_check.layout import read_layout
from kaopu.documents.format_check.measuring import (
    ABSENT,
    FAIL,
    FANG,
    HEI,
    KAI,
    SMALL_SIZE,
    TITLE,
    TITLE_SIZE,
    Measure,
    Rule,
)

_NO_MARK, _NO_NUMBER, _NO_TITLE, _NO_BODY = "没有发文机关标志", "没有发文字号", "没有标题", "没有正文"
_LEVEL_FONTS = (
    (HEI, "一级“一、”黑体"),
    (KAI, "二级“（一）”楷体"),
    (FANG, "三级“1.”仿宋"),
    (FANG, "四级“（1）”仿宋"),
)


def _level_rule(level: int) -> Rule:
    family, words = _LEVEL_FONTS[level]
    return Rule(
        id=f"level.{level + 1}", element="层次标题", standard=words,
        measure=lambda e: m.each(e.levels[level], m.fonts(family, first=True), none="没有这一级标题"),
    )  # fmt: skip


def _copies_font(elements: Elements) -> Measure:
    numbers = [item for item in elements.copies if item.text.strip().isdigit()]
    words = [item for item in elements.copies if not item.text.strip().isdigit()]
    found = [m.each(numbers, m.sizes(m.BODY_SIZE), none=""), m.each(words, m.fonts(HEI), none="")]
    stated = [item for item in found if item.state != ABSENT]
    return next(
        (item for item in stated if item.state == FAIL),
        stated[0] if stated else m.absent("没有份号、密级与紧急程度"),
    )


RULES: tuple[Rule, ...] = (
    Rule(id="page.paper", element="用纸", standard="A4，210×297 mm", measure=m.sections(m.paper)),
    Rule(id="page.top", element="天头", standard="上白边 37±1 mm", measure=m.sections(m.margin("top", 37))),
    Rule(id="page.left", element="订口", standard="左白边 28±1 mm", measure=m.sections(m.margin("left", 28))),
    Rule(id="page.right", element="版心", standard="宽 156 mm，即右白边 26±1 mm", measure=m.sections(m.margin("right", 26))),
    Rule(id="page.bottom", element="版心", standard="高 225 mm，即下白边 35±1 mm", measure=m.sections(m.margin("bottom", 35))),
    Rule(id="page.grid", element="文档网格", standard="按行，行跨度 579 缇（28.95 磅）", measure=m.sections(m.grid)),
    Rule(id="line.pitch", element="行数", standard="每面 22 行：行距固定 28.95 磅（579 缇）", measure=m.line_pitch),
    Rule(id="line.characters", element="字数", standard="每行 28 字", measure=m.characters),
    Rule(id="front.copies", element="份号、密级、紧急程度", standard="份号 6 位 3 号；密级与紧急程度黑体", measure=_copies_font),
    Rule(id="mark.font", element="发文机关标志", standard="小标宋体", measure=lambda e: m.each([e.mark], m.fonts(TITLE), none=_NO_MARK)),
    Rule(id="mark.red", element="发文机关标志", standard="红色", measure=lambda e: m.each([e.mark], m.mark_red, none=_NO_MARK)),
    Rule(id="mark.centred", element="发文机关标志", standard="居中", measure=lambda e: m.each([e.mark], m.aligned("center"), none=_NO_MARK)),
    Rule(id="mark.position", element="发文机关标志", standard="上缘距版心上缘 35 mm", measure=m.mark_position),
    Rule(id="number.form", element="发文字号", standard="机关代字〔年份〕顺序号，如 普桃推办〔2023〕1号；六角括号，不加“第”，不编虚位", measure=m.number_form),
    Rule(id="number.font", element="发文字号", standard="3 号仿宋", measure=lambda e: m.each([e.number], m.number_font, none=_NO_NUMBER)),
    Rule(id="number.place", element="发文字号", standard="发文机关标志下空二行", measure=lambda e: m.blanks_before(e, e.number, 2, none=_NO_NUMBER)),
    Rule(id="number.signer", element="签发人", standard="上行文的签发人姓名用楷体", measure=m.signer),
    Rule(id="number.rule", element="红色分隔线", standard="发文字号下 4 mm，红色，与版心等宽", measure=m.red_rule),
    Rule(id="title.font", element="标题", standard="小标宋体", measure=lambda e: m.each(e.title, m.fonts(TITLE), none=_NO_TITLE)),
    Rule(id="title.size", element="标题", standard="2 号（22 磅）", measure=lambda e: m.each(e.title, m.sizes(TITLE_SIZE), none=_NO_TITLE)),
    Rule(id="title.centred", element="标题", standard="居中", measure=lambda e: m.each(e.title, m.aligned("center"), none=_NO_TITLE)),
    Rule(id="title.place", element="标题", standard="红色分隔线下空二行", measure=lambda e: m.blanks_before(e, e.title[0] if e.title and e.number else None, 2, none="没有版头或标题")),
    Rule(id="addressee", element="主送机关", standard="顶格，全角冒号", measure=lambda e: m.each([e.addressee], m.addressee, none="没有主送机关")),
    Rule(id="body.font", element="正文", standard="仿宋", measure=lambda e: m.each(e.body, m.fonts(FANG), none=_NO_BODY)),
    Rule(id="body.size", element="正文", standard="3 号（16 磅）", measure=lambda e: m.each(e.body, m.sizes(m.BODY_SIZE), none=_NO_BODY)),
    Rule(id="body.black", element="正文", standard="黑色", measure=lambda e: m.each(e.body, m.black, none=_NO_BODY)),
    Rule(id="body.indent", element="正文", standard="每段左空二字", measure=lambda e: m.each(e.body, m.indented(2), none=_NO_BODY)),
    Rule(id="level.form", element="层次标题", standard="序数依次用“一、”“（一）”“1.”“（1）”", measure=m.level_form),
    *(_level_rule(level) for level in range(4)),
    Rule(id="level.size", element="层次标题", standard="3 号（16 磅）", measure=lambda e: m.each([p for level in e.levels for p in level], m.sizes(m.BODY_SIZE), none="没有分层次的标题")),
    Rule(id="attachment.place", element="附件说明", standard="正文下空一行", measure=lambda e: m.blanks_before(e, e.attachments[0] if e.attachments else None, 1, none="没有附件说明")),
    Rule(id="attachment.form", element="附件说明", standard="左空二字，全角冒号，名称后不加标点", measure=lambda e: m.each(e.attachments, m.attachment_form, none="没有附件说明")),
    Rule(id="signature.position", element="署名与成文日期", standard="不盖章：署名右空二字，日期首字右移二字；盖章：日期右空四字，署名以日期居中", measure=m.signature_position),
    Rule(id="signature.date", element="成文日期", standard="阿拉伯数字，年份写全，月日不编虚位", measure=lambda e: m.each([e.date], m.date_form, none="没有成文日期")),
    Rule(id="signature.seal", element="印章", standard="由人加盖，文件里不画", measure=m.seal),
    Rule(id="note", element="附注", standard="成文日期下一行，左空二字，加圆括号", measure=lambda e: m.each([e.note], m.indented(2), none="没有附注")),
    Rule(id="imprint.font", element="版记", standard="4 号仿宋", measure=lambda e: m.each(e.imprint, lambda p: m.set_in(p, FANG, SMALL_SIZE), none=no_imprint(e))),
    Rule(id="imprint.indent", element="版记", standard="左右各空一字", measure=lambda e: m.each(e.imprint, m.imprint_indent, none=no_imprint(e))),
    Rule(id="imprint.rules", element="版记", standard="首末分隔线 0.35 mm，中间 0.25 mm", measure=m.imprint_rules),
    Rule(id="imprint.apart", element="版记", standard="各行互不相压", measure=m.imprint_apart),
    Rule(id="imprint.last", element="版记", standard="在公文末尾，最后一面双页", measure=m.imprint_last),
    Rule(id="pages.sides", element="页码", standard="单双页都编页码，排法不同", measure=m.has_page_number),
    Rule(id="pages.form", element="页码", standard="阿拉伯数字左右各一条一字线：— 1 —", measure=m.page_number(m.page_form)),
    Rule(id="pages.font", element="页码", standard="4 号半角宋体", measure=m.page_number(m.page_font)),
    Rule(id="pages.side", element="页码", standard="单页居右空一字，双页居左空一字", measure=m.page_number(m.page_side)),
    Rule(id="pages.distance", element="页码", standard="在版心下边缘之下 7 mm（页脚距边界 23±2 mm）", measure=m.sections(m.page_number_below)),
    Rule(id="fonts.embedded", element="字体", standard="只写字体名，不嵌入", measure=m.embedded),
    Rule(id="print", element="印制", standard="双面印刷，左侧装订，红色套红", measure=lambda _: m.absent("印制时由人掌握，文件里量不出")),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Result:
    """一条的结论。"""

    rule: Rule
    measure: Measure


@dataclass(frozen=True, kw_only=True)
class Report:
    """一份文件的格式报告。``places`` 是还留着待人填写的位置数。"""

    results: tuple[Result, ...]
    places: int

    @property
    def ok(self) -> bool:
        """没有一条不符合。"""
        return not self.failed

    @property
    def failed(self) -> list[Result]:
        """不符合的各条。"""
        return [result for result in self.results if result.measure.state == FAIL]


def check_format(path: Path) -> Report:
    """公文格式检查：量一份 .docx；读不了抛出 ``Unreadable``（HANDBOOK §8.4）。"""
    elements = find_elements(read_layout(path))
    results = tuple(Result(rule=rule, measure=rule.measure(elements)) for rule in RULES)
    return Report(results=results, places=len(elements.places))

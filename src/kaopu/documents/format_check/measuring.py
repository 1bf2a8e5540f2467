"""逐条要求与量法（HANDBOOK §8.4）。每条只量一件事，所以一处不合只有一条不符合。"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from kaopu.documents.format_check.elements import Elements, no_imprint
from kaopu.documents.format_check.layout import Paragraph, Run, Section
from kaopu.documents.gongwen import imprint_heights
from kaopu.documents.seal_line import LINE

PASS, FAIL, ABSENT = "符合", "不符合", "未涉及"
LINE_TWIPS, TYPE_AREA_TWIPS, TYPE_AREA_HEIGHT = 579, 8844, 12756
CHARACTERS, LINES, BODY_SIZE, TITLE_SIZE, SMALL_SIZE = 28, 22, 16.0, 22.0, 14.0
FANG = ("仿宋_GB2312", "仿宋", "FangSong", "FangSong_GB2312", "方正仿宋")
HEI = ("黑体", "SimHei", "方正黑体")
KAI = ("楷体_GB2312", "楷体", "KaiTi", "KaiTi_GB2312", "方正楷体")
SONG = ("宋体", "SimSun", "方正书宋")
TITLE = ("小标宋", "华文中宋", "STZhongsong")
_EXAMPLES = 3


@dataclass(frozen=True, kw_only=True)
class Measure:
    """一条要求量得的结果。"""

    state: str
    measured: str


@dataclass(frozen=True, kw_only=True)
class Rule:
    """一条要求：编号、要素、标准怎么说、怎么量。"""

    id: str
    element: str
    standard: str
    measure: Callable[[Elements], Measure]


def absent(why: str) -> Measure:
    """没有这一要素，或量不了。"""
    return Measure(state=ABSENT, measured=why)


def verdict(ok: bool, measured: str) -> Measure:
    """符合与否，连同量得的值。"""
    return Measure(state=PASS if ok else FAIL, measured=measured)


def where(paragraph: Paragraph) -> str:
    """指明是哪一段。"""
    text = paragraph.text.strip()
    return f"第{paragraph.order}段“{text[:12]}{'…' if len(text) > 12 else ''}”"


def each(
    paragraphs: Iterable[Paragraph | None], measure: Callable[[Paragraph], tuple[bool, str]], *, none: str
) -> Measure:
    """逐段量：全合格时报共同的值，否则点出至多三段。"""
    found = [(item, *measure(item)) for item in paragraphs if item is not None]
    if not found:
        return absent(none)
    wrong = [f"{where(item)}：{value}" for item, ok, value in found if not ok]
    if wrong:
        more = f"；另有 {len(wrong) - _EXAMPLES} 段" if len(wrong) > _EXAMPLES else ""
        return Measure(state=FAIL, measured="；".join(wrong[:_EXAMPLES]) + more)
    values = sorted({value for _, _, value in found})
    return Measure(state=PASS, measured="、".join(values[:_EXAMPLES]))


def fonts(family: Sequence[str], *, first: bool = False) -> Callable[[Paragraph], tuple[bool, str]]:
    """量字体；``first`` 只量段首一串（标题后接正文的段）。"""

    def measure(item: Paragraph) -> tuple[bool, str]:
        runs = item.printed[:1] if first else item.printed
        wrong = [run.font for run in runs if not _family(run, family)]
        return not wrong, (wrong or [run.font for run in runs] or ["自动编号"])[0]

    return measure


def _family(run: Run, family: Sequence[str]) -> bool:
    exact = run.font in family or any(run.font.startswith(name) for name in family)
    return exact or any("小标宋" in name and name in run.font for name in family)


def sizes(points: float) -> Callable[[Paragraph], tuple[bool, str]]:
    """量字号。"""

    def measure(item: Paragraph) -> tuple[bool, str]:
        wrong = [run.size for run in item.printed if run.size != points]
        return not wrong, f"{(wrong or [points])[0]:g} 磅"

    return measure


def set_in(item: Paragraph, family: Sequence[str], points: float) -> tuple[bool, str]:
    """量字体与字号。"""
    wrong = [run for run in item.printed if not _family(run, family) or run.size != points]
    runs = wrong or item.printed
    return not wrong, f"{runs[0].font} {runs[0].size:g} 磅" if runs else "无字"


def aligned(wanted: str) -> Callable[[Paragraph], tuple[bool, str]]:
    """量对齐。"""
    words = {"center": "居中", "right": "居右", "left": "居左", "both": "两端对齐"}
    return lambda item: (item.alignment == wanted, words.get(item.alignment, item.alignment))


def indented(characters: float) -> Callable[[Paragraph], tuple[bool, str]]:
    """量首行缩进（字）。段首手敲的全角空格也算字，量出来会多。"""

    def measure(item: Paragraph) -> tuple[bool, str]:
        typed = len(item.text) - len(item.text.lstrip("　 \t"))
        shown = item.first_line.characters() + item.left.characters()
        return abs(shown - characters) <= 0.15 and not typed, f"缩进 {shown:.1f} 字" + (
            "，另有手敲的空格" if typed else ""
        )

    return measure


def sections(
    measure: Callable[[Section], tuple[bool, str]],
) -> Callable[[Elements], Measure]:
    """逐节量纸与边。"""

    def of(elements: Elements) -> Measure:
        found = [measure(section) for section in elements.layout.sections]
        if not found:
            return absent("文件没有写明纸张与页边")
        wrong = [value for ok, value in found if not ok]
        return verdict(not wrong, "、".join(dict.fromkeys(wrong or [value for _, value in found])))

    return of


def margin(side: str, wanted: float, tolerance: float = 1.0) -> Callable[[Section], tuple[bool, str]]:
    """量一条页边（毫米）。横排的节（表格）转了向，只量竖排的。"""

    def measure(section: Section) -> tuple[bool, str]:
        value: float = getattr(section, side)
        if section.width > section.height:
            return True, "横排页不量"
        return abs(value - wanted) <= tolerance, f"{value:g} mm"

    return measure


def page_number_below(section: Section) -> tuple[bool, str]:
    """页脚距边界；横排页的下边窄，页脚也跟着近，离版心的远近不变。"""
    if section.width <= section.height:
        return margin("footer", 23, 2)(section)
    return abs(section.bottom - section.footer - 12) <= 2, f"横排页 {section.footer:g} mm"


def paper(section: Section) -> tuple[bool, str]:
    """A4，横排的也认。"""
    short, long = sorted((section.width, section.height))
    return abs(short - 210) <= 0.6 and abs(long - 297) <= 0.6, f"{section.width:g}×{section.height:g} mm"


def grid(section: Section) -> tuple[bool, str]:
    """文档网格：按行，每行 579 缇。"""
    ok = section.grid in ("lines", "linesAndChars", "snapToChars") and section.pitch == LINE_TWIPS
    return ok, f"{section.grid or '无网格'}，行跨度 {section.pitch if section.pitch is not None else '未设'}"


def line_pitch(elements: Elements) -> Measure:
    """正文行距与每面行数。"""
    by_grid = {section.pitch for section in elements.layout.sections if section.grid}

    def measure(item: Paragraph) -> tuple[bool, str]:
        pitch = item.line
        if pitch is None and item.follows_grid and len(by_grid) == 1:
            pitch = next(iter(by_grid))
        if not pitch:
            return False, "行距不是固定值"
        return (
            pitch == LINE_TWIPS,
            f"固定 {pitch / 20:g} 磅（{pitch} 缇），每面 {TYPE_AREA_HEIGHT // pitch} 行",
        )

    return each([*elements.body, *_headings(elements)], measure, none="没有正文")


def characters(elements: Elements) -> Measure:
    """每行字数：三号字连同字距，除 156 mm。"""
    space = {section.character_space for section in elements.layout.sections if "Char" in section.grid}

    def measure(item: Paragraph) -> tuple[bool, str]:
        counts = {
            int(TYPE_AREA_TWIPS / (run.size * 20 + run.spacing + next(iter(space), 0) * 20 / 4096))
            for run in item.printed
            if run.size == BODY_SIZE and run.size * 20 + run.spacing > 0
        }
        return counts <= {
            CHARACTERS
        }, f"每行 {'、'.join(map(str, sorted(counts)))} 字" if counts else "无三号字"

    return each(elements.body, measure, none="没有正文")


def black(item: Paragraph) -> tuple[bool, str]:
    """正文黑色。"""
    wrong = [run.colour for run in item.printed if run.colour.lower() not in ("auto", "000000")]
    return not wrong, f"颜色 {wrong[0]}" if wrong else "黑色"


def _headings(elements: Elements) -> list[Paragraph]:
    return [item for level in elements.levels for item in level]


def blanks_before(elements: Elements, item: Paragraph | None, wanted: int, *, none: str) -> Measure:
    """某要素之前空几行。"""
    if item is None:
        return absent(none)
    count = elements.blanks_before(item)
    return verdict(count == wanted, f"空 {count} 行")


def mark_position(elements: Elements) -> Measure:
    """发文机关标志上缘至版心上缘 35 mm：前面各行之高加段前距。"""
    mark = elements.mark
    if mark is None:
        return absent("没有发文机关标志")
    above = sum(item.line or LINE_TWIPS for item in elements.layout.paragraphs[: mark.order - 1])
    glyph = max((run.size for run in mark.printed), default=0.0) * 2  # 字面上方约十分之一字的空
    distance = (above + mark.before + glyph) / 56.6929
    return verdict(abs(distance - 35) <= 3, f"约 {distance:.1f} mm")


def mark_red(item: Paragraph) -> tuple[bool, str]:
    """红色。"""
    wrong = [run.colour for run in item.printed if not run.red]
    return not wrong, f"颜色 {wrong[0]}" if wrong else "红色"


def number_form(elements: Elements) -> Measure:
    """发文字号的写法。"""
    if elements.number is None:
        return absent("没有发文字号")
    text = elements.number.text.strip()
    text = re.split(r"[\s　]*签发人", text)[0]
    return verdict(bool(re.fullmatch(r"[一-龥]{2,15}〔\d{4}〕(?:[1-9]\d*|[\s　]+)号", text)), text)


def number_font(item: Paragraph) -> tuple[bool, str]:
    """发文字号 3 号仿宋；签发人的姓名另有规定，不在内。"""
    runs = item.printed[:-1] if "签发人" in item.text else item.printed
    wrong = [run for run in runs if not _family(run, FANG) or run.size != BODY_SIZE]
    run = (wrong or item.printed)[0]
    return not wrong, f"{run.font} {run.size:g} 磅"


def signer(elements: Elements) -> Measure:
    """上行文的签发人姓名用楷体。"""
    number = elements.number
    if number is None or "签发人" not in number.text:
        return absent("不是上行文，没有签发人")
    last = number.printed[-1]
    return verdict(_family(last, KAI), last.font)


def red_rule(elements: Elements) -> Measure:
    """红色分隔线：在发文字号之下 4 mm，与版心等宽。"""
    number = elements.number
    if number is None:
        return absent("没有发文字号")
    near = elements.layout.paragraphs[number.order - 1 : number.order + 2]
    for item in near:
        rule = item.rules.get("bottom" if item is number else "top") or item.rules.get("bottom")
        if rule:
            size, colour, space = rule
            run = Run(text="", font="", size=0, colour=colour, spacing=0)
            full = not (item.left.characters() or item.right.characters())
            gap = space / 2.8346
            value = f"{'红' if run.red else colour}色，线宽 {size / 8:g} 磅，距字 {gap:.1f} mm，{'与版心等宽' if full else '不与版心等宽'}"
            return verdict(run.red and full and 2.5 <= gap <= 5.5, value)
    if any(item.drawn for item in near):
        return absent("分隔线是图形，宽度与位置须人看")
    return Measure(state=FAIL, measured="发文字号之下没有分隔线")


def addressee(item: Paragraph) -> tuple[bool, str]:
    """主送机关：顶格，全角冒号。"""
    colon = item.text.rstrip()[-1:]
    shown = item.first_line.characters() + item.left.characters()
    return colon == "：" and abs(shown) <= 0.15, f"缩进 {shown:.1f} 字，以“{colon}”结尾"


def level_form(elements: Elements) -> Measure:
    """序数的写法：一、 （一） 1. （1）。"""
    good = (
        r"[一二三四五六七八九十]{1,3}、",
        r"（[一二三四五六七八九十]{1,3}）(?![、.．])",
        r"\d{1,2}[.．]",
        r"（\d{1,2}）(?![、.．])",
    )
    pairs = [(item, form) for level, form in zip(elements.levels, good, strict=True) for item in level]
    wanted = {id(item): form for item, form in pairs}

    def measure(item: Paragraph) -> tuple[bool, str]:
        text = item.text.strip()
        return bool(re.match(wanted[id(item)], text)), text[:4]

    found = each([item for item, _ in pairs], measure, none="没有分层次的标题")
    return found if found.state != PASS else verdict(True, f"共 {len(pairs)} 处")


def attachment_form(item: Paragraph) -> tuple[bool, str]:
    """附件说明：全角冒号，名称后不加标点，左空二字。"""
    text = item.text.strip()
    marks = text[-1:] in "。；;，,." or text.startswith("附件:")
    shown = item.first_line.characters() + item.left.characters()
    first = text.startswith("附件")
    return not marks and (not first or abs(shown - 2) <= 0.15), f"“{text[:10]}”，缩进 {shown:.1f} 字"


def date_form(item: Paragraph) -> tuple[bool, str]:
    """成文日期：阿拉伯数字，月日不编虚位。"""
    text = item.text.strip()
    return bool(re.fullmatch(r"\d{4}年[1-9]\d?月[1-9]\d?日", text)), text


def _span(item: Paragraph) -> tuple[float, float]:
    """一行字的起止（字）。"""
    left, right = item.left.characters() + item.first_line.characters(), item.right.characters()
    if item.alignment == "right":
        return CHARACTERS - right - item.width, CHARACTERS - right
    if item.alignment == "center":
        start = (CHARACTERS + left - right - item.width) / 2
        return start, start + item.width
    typed = len(item.text) - len(item.text.lstrip("　"))
    return left + typed, left + typed + item.width


def signature_position(elements: Elements) -> Measure:
    """署名与成文日期的位置：不盖章与盖章两种排法，合其一即可。"""
    organ, day = elements.signature, elements.date
    if organ is None or day is None:
        return absent("没有署名与成文日期")
    (start, end), (day_start, day_end) = _span(organ), _span(day)
    value = f"署名右空 {CHARACTERS - end:.1f} 字，日期首字右移 {day_start - start:.1f} 字、右空 {CHARACTERS - day_end:.1f} 字"
    plain = abs(CHARACTERS - end - 2) <= 0.3 and abs(day_start - start - 2) <= 0.3
    long_date = abs(CHARACTERS - day_end - 2) <= 0.3 and end <= CHARACTERS - 2 + 0.3
    sealed = abs(CHARACTERS - day_end - 4) <= 0.3 and abs((start + end) - (day_start + day_end)) <= 1
    return verdict(plain or long_date or sealed, value)


def seal(elements: Elements) -> Measure:
    """印章由人加盖，软件不画。"""
    if elements.date is None:
        return absent("没有成文日期")
    at = elements.date.order - 1
    drawn = [
        item for item in elements.layout.paragraphs[max(0, at - 3) : at + 3] if item.drawn and not item.boxed
    ]
    return verdict(not drawn, f"{where(drawn[0])}有图形" if drawn else "没有图形")


def imprint_rules(elements: Elements) -> Measure:
    """版记的线：首末 0.35 mm，中间 0.25 mm。"""
    if not elements.imprint:
        return absent(no_imprint(elements))
    if any(item.in_table or item.drawn for item in elements.imprint):
        return absent("版记的线是表格线或图形，须人看")
    first, last = elements.imprint[0], elements.imprint[-1]
    outer = [first.rules.get("top", (0, "", 0))[0], last.rules.get("bottom", (0, "", 0))[0]]
    inner = [
        max(upper.rules.get("bottom", (0, "", 0))[0], lower.rules.get("top", (0, "", 0))[0])
        for upper, lower in zip(elements.imprint, elements.imprint[1:], strict=False)
    ]
    ok = all(size == 8 for size in outer) and all(size == 6 for size in inner)
    shown = "、".join(f"{size / 8 * 0.3528:.2f}" for size in [*outer, *inner])
    return verdict(ok, f"首末与中间线宽 {shown} mm")


def imprint_last(elements: Elements) -> Measure:
    """版记在全文之末。"""
    if not elements.imprint:
        return absent(no_imprint(elements))
    later = elements.layout.paragraphs[elements.imprint[-1].order :]
    after = [item for item in later if not item.blank and not LINE.fullmatch(item.text.strip())]
    return verdict(not after, f"版记之后还有{where(after[0])}" if after else "在末尾；是否落在双页须排版后看")


def imprint_apart(elements: Elements) -> Measure:
    """版记各行互不相压：各行是固定位置的框，抄送在 Word 里改长了，框不会自己往上挪。"""
    if not elements.imprint:
        return absent(no_imprint(elements))
    tops = [item.frame_top for item in elements.imprint]
    settled = imprint_heights([item.text for item in elements.imprint[:-1]] + [""])
    late = [
        item for item, top, highest in zip(elements.imprint, tops, settled, strict=True)
        if top is not None and None not in tops and top > highest
    ]  # fmt: skip
    if late:
        return verdict(False, f"{where(late[0])}改长了，压着下一行；送核、接续时系统按现在的行数重新叠好")
    return verdict(True, "各行不相压")


def imprint_indent(item: Paragraph) -> tuple[bool, str]:
    """版记左右各空一字（四号字）。"""
    left, right = item.left.characters(280) + item.first_line.characters(280), item.right.characters(280)
    return abs(left - 1) <= 0.15 and abs(right - 1) <= 0.15, f"左空 {left:.1f} 字，右空 {right:.1f} 字"


def page_number(
    check: Callable[[Paragraph, str], tuple[bool, str]],
) -> Callable[[Elements], Measure]:
    """量页码所在的页脚段，单双页各一。"""

    def of(elements: Elements) -> Measure:
        found = [
            (kind, item)
            for kind in ("default", "even")
            for item in elements.layout.footers.get(kind, ())
            if "PAGE" in item.fields
        ]
        if not found:
            return absent("没有页码")
        results = [check(item, kind) for kind, item in found]
        wrong = [value for ok, value in results if not ok]
        return verdict(not wrong, "；".join(dict.fromkeys(wrong or [value for _, value in results])))

    return of


def has_page_number(elements: Elements) -> Measure:
    """单双页都有页码，单双页不同。"""
    kinds = {
        kind
        for kind, items in elements.layout.footers.items()
        if any("PAGE" in item.fields for item in items)
    }
    if elements.layout.odd_and_even:
        ok = {"default", "even"} <= kinds
        return verdict(ok, "单双页各有页码" if ok else "单页或双页没有页码")
    return verdict(False, "没有分单双页" if kinds else "没有页码")


def page_form(item: Paragraph, kind: str) -> tuple[bool, str]:
    """— 1 —。"""
    text = item.text.strip()
    return bool(re.fullmatch(r"[—–] ?\d* ?[—–]", text)) and "—" in text, f"“{text}”"


def page_font(item: Paragraph, kind: str) -> tuple[bool, str]:
    """4 号宋体。"""
    wrong = [run for run in item.printed if not _family(run, SONG) or run.size != SMALL_SIZE]
    run = (wrong or item.printed)[0]
    return not wrong, f"{run.font} {run.size:g} 磅"


def page_side(item: Paragraph, kind: str) -> tuple[bool, str]:
    """单页居右空一字，双页居左空一字。"""
    wanted, side = ("right", item.right) if kind == "default" else ("left", item.left)
    shown = {"outside": wanted, "": item.alignment}.get(item.frame, item.frame)
    shown = "left" if shown == "both" else shown
    gap = side.characters(280)
    words = {"center": "居中", "right": "居右", "left": "居左"}
    value = f"{'单页' if kind == 'default' else '双页'}{words.get(shown, shown)}空 {gap:.1f} 字"
    return shown == wanted and abs(gap - 1) <= 0.15, value


def embedded(elements: Elements) -> Measure:
    """字体只写名字，不嵌入。"""
    count = elements.layout.embedded_fonts
    return verdict(not count, f"嵌入了 {count} 款字体" if count else "没有嵌入字体")

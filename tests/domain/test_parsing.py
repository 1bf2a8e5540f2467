"""读格子：人真会打的写法。每张表都站在“读得懂”与“读不准”的两边。"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaopu.domain.parsing import (
    AMOUNT_UNITS,
    Amount,
    Percent,
    When,
    name_key,
    normalise_text,
    parse_amount,
    parse_percent,
    parse_when,
)

REPO = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("KAOPU_SHARED", REPO.parent / "shared"))
VECTORS = SHARED / "domain" / "parser_vectors.json"
PARSERS: dict[str, Callable[..., Amount | When | Percent]] = {
    "amount": parse_amount,
    "when": parse_when,
    "percent": parse_percent,
}
WAN = 10_000
YI = 100_000_000

BLANKS = (
    *(None, "", " ", "　", "/", "／", "-", "—", "——"),
    *("无", "暂无", "待定", "未定", "N/A", "待定。", "总投资待定"),
)
UNREADABLE_WHEN = (
    *("春节前", "尽快", "３-６月", "七八月", "6、7月", "月底", "年初", "第五季度", "十四五"),
    *("6/5/2022", "6/5/22", "15.6", "22.13", "22.1", "22-6", "6.3", "201012", "2022 06", "3022年"),
    *("2022-06-15T18:00:00Z", "6.15、7.15"),
    *("2022年6月，2023年12月", "2022年6月（调整为8月）", "2022年6月无法开工", "2022年6月停工", "原定6月"),
)
UNREADABLE_PERCENT = (
    *("80%以上", "45%-50%", "45,5%", "八成", "3个百分点", "5‰", "%", "45%①", "1e400"),
    *(1e30, True),
)


def _said(fn: str, key: str, result: object) -> object:
    """结果按向量文件的写法说一遍：金额用万元，日期用 ISO 文本。"""
    if fn == "amount" and key in ("value", "low", "high"):
        yuan = getattr(result, f"{key}_yuan")
        return None if yuan is None else Decimal(yuan) / WAN
    value = getattr(result, key)
    if isinstance(value, date):
        return value.isoformat()
    return "tenday" if value == "ten_day" else value


def _wanted(value: object) -> object:
    return Decimal(str(value)) if isinstance(value, int | float) else value


@pytest.mark.skipif(not VECTORS.exists(), reason=f"没有共用向量文件 {VECTORS}（可用 KAOPU_SHARED 指明）")
def test_every_shared_vector_is_read_as_wanted() -> None:
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))
    wrong = []
    for vector in vectors:
        result = PARSERS[vector["fn"]](vector["raw"], **vector["kw"])
        for key, value in vector["want"].items():
            if _said(vector["fn"], key, result) != _wanted(value):
                wrong.append((vector["raw"], key, value, result))

    assert len(vectors) >= 77
    assert wrong == []


@pytest.mark.parametrize(
    ("raw", "yuan", "qualifier"),
    [
        ("约1.2亿", 120_000_000, "approx"),
        ("大约３，０００万元", 30_000_000, "approx"),
        ("逾9000万元", 90_000_000, "gt"),
        ("超过3亿", 3 * YI, "gt"),
        ("超3亿元", 3 * YI, "gt"),
        ("3000余万元", 30_000_000, "gt"),
        ("三百多万", 3_000_000, "gt"),
        ("约3亿余元", 3 * YI, "gt"),
        ("近2000亿元", 2000 * YI, "lt"),
        ("不足5000万", 50_000_000, "lt"),
        ("不少于2亿", 2 * YI, "ge"),
        ("3亿元以上", 3 * YI, "ge"),
        ("不超过3亿元", 3 * YI, "le"),
        ("控制在3亿元以内", 3 * YI, "le"),
        ("10亿元上下", 10 * YI, "approx"),
        ("（约）3亿", 3 * YI, "approx"),
    ],
)
def test_amount_keeps_its_qualifier(raw: str, yuan: int, qualifier: str) -> None:
    amount = parse_amount(raw)

    assert (amount.value_yuan, amount.qualifier, amount.error) == (yuan, qualifier, None)


@pytest.mark.parametrize(
    ("raw", "yuan"),
    [
        ("壹拾贰亿元", 12 * YI),
        ("十二亿", 12 * YI),
        ("两亿", 2 * YI),
        ("一亿三", 130_000_000),
        ("一亿三千万", 130_000_000),
        ("一亿零三千元", 100_003_000),
        ("三点二亿", 320_000_000),
        ("三○〇万", 3_000_000),
        ("壹億貳仟萬圓整", 120_000_000),
        ("1亿2千3百万", 123_000_000),
        ("12亿3千5百万", 1_235_000_000),
        ("1亿零500万", 105_000_000),
        ("3万5000元", 35_000),
        ("3个亿", 3 * YI),
        ("1.5万亿", 15_000 * YI),
        ("5千元", 5_000),
        ("1,234,567.89元", 1_234_568),
        ("1 200 000", 1_200_000 * WAN),
        ("¥1.2亿", 120_000_000),
        ("人民币3亿元整", 3 * YI),
        ("约1.2\n亿", 120_000_000),
        ("32000（万元）", 32_000 * WAN),
        ("3.2（单位：亿元）", 320_000_000),
        ("零", 0),
        ("0万元", 0),
        ("0.00004万元", 0),
        ("0.00005万元", 1),
    ],
)
def test_amount_reads_what_clerks_type(raw: str, yuan: int) -> None:
    amount = parse_amount(raw)

    assert (amount.value_yuan, amount.error) == (yuan, None)


@pytest.mark.parametrize(
    "raw",
    [
        *("3,2亿", "1,23", "12,34", "32,0000", "1.2.3", "3.", "12 34", "007"),
        *("3亿5000", "一亿三千", "三五亿", "1.2亿3000万", "1亿20000万", "5千", "一"),
        *(
            "3亿元，2亿元",
            "3、2亿",
            "3。2亿",
            "3亿（2.5亿）",
            "3亿元（调整为2亿）",
            "3亿\n2000万",
            "300\n200",
        ),
        *("3亿①", "①3亿", "5000²", "½亿"),
        *("3亿（万元）", "3000万美元", "3亿元/年", "3.2（暂估）亿元", "（3000）"),
        *("2022年", "2022-2025", "2亿-3", "不低于2亿、不超过3亿", "不低于2亿以内", "近3年"),
        *("上亿", "几亿", "数亿元", "△1200", "—1200", "nan", "1e400", "1.2E+08", "٣"),
        *("310107202201010001", "2020-310107-48-01-012345", "13812345678"),
    ],
)
def test_amount_with_two_readings_is_not_guessed(raw: str) -> None:
    amount = parse_amount(raw)

    assert (amount.value_yuan, amount.low_yuan, amount.high_yuan) == (None, None, None)
    assert (amount.error, amount.raw) == ("unparsed", raw)


@pytest.mark.parametrize(
    ("raw", "low", "high"),
    [
        ("2-3亿", 2 * YI, 3 * YI),
        ("约2—3亿元", 2 * YI, 3 * YI),
        ("二至三亿", 2 * YI, 3 * YI),
        ("2～3个亿", 2 * YI, 3 * YI),
        ("2-3千万元", 20_000_000, 30_000_000),
        ("二千至三千万", 20_000_000, 30_000_000),
        ("5000万到1亿", 50_000_000, YI),
        ("5000-8000", 5000 * WAN, 8000 * WAN),
        ("介于2亿到3亿之间", 2 * YI, 3 * YI),
    ],
)
def test_amount_range_keeps_both_ends_and_no_value(raw: str, low: int, high: int) -> None:
    amount = parse_amount(raw)

    assert (amount.value_yuan, amount.qualifier) == (None, "range")
    assert (amount.low_yuan, amount.high_yuan) == (low, high)


@pytest.mark.parametrize(
    ("raw", "yuan", "note"),
    [
        ("2.8亿（其中设备3000万）", 280_000_000, "其中设备3000万"),
        ("8500万元(含设备(一期)费)", 85_000_000, "含设备(一期)费"),
        ("8500万元其中区级3000万", 85_000_000, "其中区级3000万"),
        ("3亿，一期2亿", 3 * YI, "一期2亿"),
        ("3亿元，2022年计划投资1亿元", 3 * YI, "2022年计划投资1亿元"),
        ("3亿（30000万元）", 3 * YI, "30000万元"),
        ("（暂估）3亿（待批）", 3 * YI, "暂估；待批"),
        ("待定（以批复为准）", None, "以批复为准"),
    ],
)
def test_amount_note_is_kept_and_never_added_in(raw: str, yuan: int | None, note: str) -> None:
    amount = parse_amount(raw)

    assert (amount.value_yuan, amount.note, amount.error) == (yuan, note, None)


@pytest.mark.parametrize("raw", BLANKS)
def test_blank_cell_is_neither_zero_nor_error(raw: str | None) -> None:
    assert (parse_amount(raw).value_yuan, parse_amount(raw).error) == (None, None)
    assert parse_percent(None).error is None


@pytest.mark.parametrize(
    "raw",
    [
        *("#REF!", "#DIV/0!", "#N/A", "#VALUE!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!"),
        *("＃REF！", "####", "=SUM(#REF!)", "Err:502"),
    ],
)
def test_excel_error_is_named_in_every_kind_of_cell(raw: str) -> None:
    assert {parse(raw).error for parse in (parse_amount, parse_when, parse_percent)} == {"excel_error"}


@pytest.mark.parametrize(
    ("raw", "unit", "yuan", "error"),
    [
        (0.1 + 0.2, "万元", 3000, None),
        (32000, "万元", 320_000_000, None),
        (Decimal("1.5"), "亿元", 150_000_000, None),
        ("1.5", "百万元", 1_500_000, None),
        ("12", "千元", 12_000, None),
        ("500元", "亿元", 500, None),
        (-1200, "万元", -12_000_000, "negative"),
        ("负3亿", "万元", -3 * YI, "negative"),
        (True, "万元", None, "unparsed"),
        (float("nan"), "万元", None, "unparsed"),
        (float("inf"), "万元", None, "unparsed"),
        pytest.param(10**5000, "万元", None, "unparsed", id="太长的整数"),
        (Decimal("1e999999"), "万元", None, "unparsed"),
        (Decimal("sNaN"), "万元", None, "unparsed"),
        (310107202201010001, "元", None, "unparsed"),
        (datetime(2022, 6, 1), "万元", None, "unparsed"),
    ],
)
def test_number_cell_takes_the_unit_of_its_column(
    raw: object, unit: str, yuan: int | None, error: str | None
) -> None:
    amount = parse_amount(raw, unit=unit)

    assert (amount.value_yuan, amount.error) == (yuan, error)


def test_unknown_unit_is_refused_with_the_choices() -> None:
    with pytest.raises(ValueError, match="万元"):
        parse_amount("3", unit="美元")


@pytest.mark.parametrize(
    ("raw", "start", "end", "precision"),
    [
        ("2022年12月底", "2022-12-31", "2022-12-31", "month"),
        ("22年12月", "2022-12-01", "2022-12-31", "month"),
        ("2022.10", "2022-10-01", "2022-10-31", "month"),
        ("2022.1", "2022-01-01", "2022-01-31", "month"),
        ("2022/06", "2022-06-01", "2022-06-30", "month"),
        ("202206", "2022-06-01", "2022-06-30", "month"),
        ("2022 年 6 月", "2022-06-01", "2022-06-30", "month"),
        ("十二月底", "2022-12-31", "2022-12-31", "month"),
        ("二○二二年十二月", "2022-12-01", "2022-12-31", "month"),
        ("6月初", "2022-06-01", "2022-06-10", "ten_day"),
        ("12月中旬", "2022-12-11", "2022-12-20", "ten_day"),
        ("2022年2月下旬", "2022-02-21", "2022-02-28", "ten_day"),
        ("2022Q4", "2022-10-01", "2022-12-31", "quarter"),
        ("Q3", "2022-07-01", "2022-09-30", "quarter"),
        ("22.6", "2022-06-01", "2022-06-30", "month"),
        ("23.06底", "2023-06-30", "2023-06-30", "month"),
        ("明年6月", "2023-06-01", "2023-06-30", "month"),
        ("次年底", "2023-12-31", "2023-12-31", "year"),
        ("去年12月", "2021-12-01", "2021-12-31", "month"),
        ("22.6.15", "2022-06-15", "2022-06-15", "day"),
        ("22/6/15", "2022-06-15", "2022-06-15", "day"),
        ("24-3-15", "2024-03-15", "2024-03-15", "day"),
        ("6.15", "2022-06-15", "2022-06-15", "day"),
        ("6/3", "2022-06-03", "2022-06-03", "day"),
        ("12.31", "2022-12-31", "2022-12-31", "day"),
        ("22.6-23.8", "2022-06-01", "2023-08-31", "range"),
        ("2022四季度", "2022-10-01", "2022-12-31", "quarter"),
        ("一季度末", "2022-03-31", "2022-03-31", "quarter"),
        ("下半年", "2022-07-01", "2022-12-31", "half"),
        ("2022H1", "2022-01-01", "2022-06-30", "half"),
        ("H2", "2022-07-01", "2022-12-31", "half"),
        ("2025年", "2025-01-01", "2025-12-31", "year"),
        ("今年年底", "2022-12-31", "2022-12-31", "year"),
        ("2022年6月15号", "2022-06-15", "2022-06-15", "day"),
        ("2022.6.15", "2022-06-15", "2022-06-15", "day"),
        ("20220615", "2022-06-15", "2022-06-15", "day"),
        ("二〇二二年六月十五日", "2022-06-15", "2022-06-15", "day"),
        ("2022年6月24日9:00", "2022-06-24", "2022-06-24", "day"),
        ("2022-06-15T00:00:00", "2022-06-15", "2022-06-15", "day"),
        ("2022年6月15日（星期三）", "2022-06-15", "2022-06-15", "day"),
        ("2022年6月15日-2022年8月", "2022-06-15", "2022-08-31", "range"),
        ("2022年3月至6月", "2022-03-01", "2022-06-30", "range"),
        ("2022年3月1日至15日", "2022-03-01", "2022-03-15", "range"),
        ("2022-03-2022-06", "2022-03-01", "2022-06-30", "range"),
        (datetime(2022, 6, 15, 9), "2022-06-15", "2022-06-15", "day"),
        (date(2022, 6, 15), "2022-06-15", "2022-06-15", "day"),
        (44713, "2022-06-01", "2022-06-01", "day"),
        (44727.375, "2022-06-15", "2022-06-15", "day"),
        (20220615.0, "2022-06-15", "2022-06-15", "day"),
        (2022, "2022-01-01", "2022-12-31", "year"),
        (2022.12, "2022-12-01", "2022-12-31", "month"),
    ],
)
def test_when_gives_first_and_last_day_of_what_is_stated(
    raw: object, start: str, end: str, precision: str
) -> None:
    when = parse_when(raw, year=2022)

    assert (str(when.start), str(when.end), when.precision) == (start, end, precision)
    assert when.error is None


@pytest.mark.parametrize(
    ("raw", "end", "relation", "status"),
    [
        ("2022年6月15日前", "2022-06-15", "before", None),
        ("力争2022年底前开工", "2022-12-31", "before", None),
        ("预计2022年6月底前完成", "2022-06-30", "before", None),
        ("不晚于2022年6月底", "2022-06-30", "before", None),
        ("预计2023年二季度正式开工", "2023-06-30", "approx", None),
        ("2022年6月（暂定）", "2022-06-30", "approx", None),
        ("2022年6月起", "2022-06-30", "after", None),
        ("计划2023年6月基本建成", "2023-06-30", None, None),
        ("已于2022年3月开工", "2022-03-31", None, "已开工"),
        ("2022年3月已开工", "2022-03-31", None, "已开工"),
        ("已开工（2022年3月）", "2022-03-31", None, "已开工"),
    ],
)
def test_when_keeps_relation_and_status(raw: str, end: str, relation: str | None, status: str | None) -> None:
    when = parse_when(raw)

    assert (str(when.end), when.relation, when.status, when.error) == (end, relation, status, None)


@pytest.mark.parametrize("raw", ["已开工", "已完工", "已竣工", "已全面开工", "已竣工验收", "在建", "未开工"])
def test_status_word_is_a_status_without_a_date(raw: str) -> None:
    when = parse_when(raw)

    assert (when.status, when.end, when.error) == (raw, None, None)


@pytest.mark.parametrize(
    ("raw", "year", "error"),
    [
        ("2022年6月31日", None, "no_such_day"),
        ("2月30日", None, "no_such_day"),
        ("2月29日", 2022, "no_such_day"),
        ("2022/2/29", None, "no_such_day"),
        ("2022年13月", None, "no_such_day"),
        ("2月29日", None, "year_unknown"),
        ("年底", None, "year_unknown"),
        ("3月-6月", None, "year_unknown"),
        ("2023.6-2021.12", None, "range_reversed"),
        (2022.1, None, "ambiguous"),
        (Decimal("2022.1"), None, "ambiguous"),
        (True, 2022, "unparsed"),
        (6, 2022, "unparsed"),
        (time(9, 0), 2022, "unparsed"),
        *((raw, 2022, "unparsed") for raw in UNREADABLE_WHEN),
    ],
)
def test_when_says_why_it_cannot_be_read(raw: object, year: int | None, error: str) -> None:
    when = parse_when(raw, year=year)

    assert (when.start, when.end, when.error) == (None, None, error)


@pytest.mark.parametrize(
    ("raw", "stored", "value", "note", "error"),
    [
        ("62％", False, "62", None, None),
        ("约80%", False, "80", None, None),
        ("百分之八十", False, "80", None, None),
        ("累计完成45.5%", False, "45.5", None, None),
        ("0.5%", False, "0.5", None, None),
        ("1%", False, "1", None, None),
        ("45%", True, "45", None, None),
        (0.07, True, "7", None, None),
        (1.05, True, "105", "over_100", None),
        (1, True, "100", None, None),
        (0.1 + 0.2, False, "0.3", "looks_like_fraction", None),
        (1.0, False, "1", "ambiguous_1", None),
        (0, False, "0", None, None),
        ("100.5", False, "100.5", "over_100", None),
        (-0.1, True, "-10", None, "negative"),
        *((raw, False, None, None, "unparsed") for raw in UNREADABLE_PERCENT),
    ],
)
def test_percent(raw: object, stored: bool, value: str | None, note: str | None, error: str | None) -> None:
    percent = parse_percent(raw, excel_percent_format=stored)

    assert percent.value == (None if value is None else Decimal(value))
    assert (percent.note, percent.error) == (note, error)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (None, ""),
        (3.0, "3"),
        ("苏河\n之冠", "苏河之冠"),
        ("Phase\nII", "Phase II"),
        ("桃浦４号\u200b能源站\u202e", "桃浦4号能源站"),
        (" 项　目　名　称 ", "项 目 名 称"),
        ("ＴＯＰ_x000D_\n芯", "TOP芯"),
    ],
)
def test_text_is_tidied_for_display(raw: object, shown: str) -> None:
    assert normalise_text(raw) == shown


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("桃浦４#能源站", "桃浦4号能源站（新建）"),
        ("桃浦4号能源站项目", "桃浦 4 号能源站工程"),
        ("高•尚领域", "高·尚领域"),
        ("示例住宅地块A—01", "示例住宅地块ａ-01"),
        ("苏河之冠【东段】", "苏河之冠（东段）"),
    ],
)
def test_names_written_differently_share_a_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_name_key_keeps_what_tells_projects_apart() -> None:
    assert name_key("桃浦4号能源站") != name_key("桃浦5号能源站")
    assert name_key("工程") == "工程"


CELLS = st.one_of(
    # 任何码位都可能出现，单独的代理项也不例外；逐个取码位，不必先建整张字符表。
    st.lists(st.integers(0, 0x10FFFF).map(chr), max_size=20).map("".join),
    st.text(
        alphabet="0123456789.,-~（）约逾余亿万千百十零一二三两元年月日季度底前初中旬上下半至到已开工%% \n/:",
        max_size=16,
    ),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.booleans(),
    st.datetimes(),
    st.binary(max_size=3),
)


@settings(max_examples=100, deadline=None)
@given(CELLS)
def test_no_cell_makes_a_parser_raise_and_its_text_is_kept(raw: object) -> None:
    results = (parse_amount(raw), parse_when(raw, year=2022), parse_percent(raw))

    for result in results:
        assert result.raw == raw if isinstance(raw, str) else isinstance(result.raw, str)
    amount, when, _ = results
    assert amount.error in (None, "negative") or amount.value_yuan is None
    assert (when.start is None) == (when.end is None)
    assert when.start is None or when.end is None or when.start <= when.end


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**14), st.sampled_from(["元", "万元", "亿元"]), st.booleans())
def test_whole_yuan_written_in_any_unit_reads_back(yuan: int, unit: str, grouped: bool) -> None:
    number = Decimal(yuan) / AMOUNT_UNITS[unit]
    written = f"{number:,f}" if grouped else f"{number:f}"

    assert parse_amount(written + unit).value_yuan == yuan
    assert parse_amount(written, unit=unit).value_yuan == yuan


@settings(max_examples=60, deadline=None)
@given(
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%Y年%m月%d日", "%Y.%m.%d", "%Y%m%d"]),
)
def test_day_written_in_any_common_way_reads_back(on: date, shape: str) -> None:
    when = parse_when(on.strftime(shape))

    assert (when.start, when.end, when.precision) == (on, on, "day")


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="桃浦４4#号能源站工程项目（新建）()—-·• Aａİ", max_size=14))
def test_name_key_of_a_key_is_itself(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)

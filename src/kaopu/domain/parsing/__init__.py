"""读格子：人在表格里写的金额、时间、百分比、名称，读成值与限定词；读不懂就说读不懂，从不猜（HANDBOOK §7.2 第6、7条）。"""

from kaopu.domain.parsing.amounts import AMOUNT_UNITS, FOREIGN_MONEY, Amount, parse_amount
from kaopu.domain.parsing.dates import When, parse_when
from kaopu.domain.parsing.percents import Percent, parse_percent, typed_percent
from kaopu.domain.parsing.text import name_key, normalise_text

__all__ = [
    "AMOUNT_UNITS",
    "FOREIGN_MONEY",
    "Amount",
    "Percent",
    "When",
    "name_key",
    "normalise_text",
    "parse_amount",
    "parse_percent",
    "parse_when",
    "typed_percent",
]

"""写工作簿：项目清单、月度计划、月报，按办里的版式写，可原样读回（HANDBOOK §7.2 第10条）。"""

from kaopu.exchange.excel_out.collection import write_collection_form
from kaopu.exchange.excel_out.lists import write_project_list, write_year_list
from kaopu.exchange.excel_out.monthly import write_monthly_plan, write_monthly_report
from kaopu.exchange.excel_out.problems import write_problem_list
from kaopu.exchange.excel_out.statistics import write_statistics

__all__ = [
    "write_collection_form",
    "write_monthly_plan",
    "write_monthly_report",
    "write_problem_list",
    "write_project_list",
    "write_statistics",
    "write_year_list",
]

"""月报的地址：月份写作 2022-06。"""

from datetime import date

from django.urls import path, register_converter

from kaopu.web.reports.views import report_edit


class MonthConverter:
    """地址里的月份。"""

    regex = r"20\d{2}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> date:
        """``2022-06`` → 该月一日。"""
        return date.fromisoformat(f"{value}-01")

    def to_url(self, value: date | str) -> str:
        """该月任一日 → ``2022-06``。"""
        return value if isinstance(value, str) else f"{value:%Y-%m}"


register_converter(MonthConverter, "month")

urlpatterns = [path("<str:code>/reports/<month:month>/", report_edit, name="report_edit")]

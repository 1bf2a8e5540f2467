"""月报的地址：月份写作 2022-06。"""

from datetime import date

from django.urls import path, register_converter

from kaopu.web.reports.correcting import report_correction
from kaopu.web.reports.desk import report_desk, report_desk_latest
from kaopu.web.reports.review import report_review
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

urlpatterns = [
    path("reports/", report_desk_latest, name="report_desk_latest"),
    path("reports/<month:month>/", report_desk, name="report_desk"),
    path("projects/<str:code>/reports/<month:month>/", report_edit, name="report_edit"),
    path(
        "projects/<str:code>/reports/<month:month>/correction/", report_correction, name="report_correction"
    ),
    path("projects/<str:code>/reports/<month:month>/review/", report_review, name="report_review"),
]

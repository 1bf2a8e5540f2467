"""倒排工期规则：开箱带一版，取 HANDBOOK §3.13 的节点与天数。"""

from datetime import date
from typing import Any

from django.db import migrations, models

COLUMNS = ("name", "aspect", "issuer", "days", "counted", "after", "waivable", "valid_months")
NODES = [
    ("项目建议书批复", "立项", "区发改委", 7, "workday", [], False, 24),
    ("用地预审与选址意见书", "土地", "区规划资源局", 10, "workday", ["项目建议书批复"], False, 36),
    ("社会稳定风险评估、节能审查", "立项", "区发改委", 20, "workday", ["项目建议书批复"], True, 0),
    ("可行性研究报告批复", "立项", "区发改委", 20, "workday", ["用地预审与选址意见书", "社会稳定风险评估、节能审查"], False, 24),
    ("环境影响评价批复", "立项", "区生态环境局", 30, "calendar_day", ["用地预审与选址意见书"], False, 0),
    ("设计方案批复", "方案", "区规划资源局", 20, "workday", ["用地预审与选址意见书"], False, 0),
    ("初步设计及概算批复", "方案", "区发改委", 20, "workday", ["可行性研究报告批复", "设计方案批复"], False, 0),
    ("建设用地规划许可证", "规划", "区规划资源局", 10, "workday", ["可行性研究报告批复"], False, 12),
    ("征收、腾地、管线搬迁", "土地", "属地街镇", 0, "calendar_day", ["建设用地规划许可证"], False, 0),
    ("建设工程规划许可证", "规划", "区规划资源局", 10, "workday", ["设计方案批复", "建设用地规划许可证"], False, 12),
    ("施工图审查", "方案", "区建管委", 15, "workday", ["初步设计及概算批复"], False, 0),
    ("招标投标", "施工许可", "区建管委", 20, "calendar_day", ["初步设计及概算批复"], False, 0),
    ("建筑工程施工许可证", "施工许可", "区建管委", 7, "workday", ["环境影响评价批复", "征收、腾地、管线搬迁", "建设工程规划许可证", "施工图审查", "招标投标"], False, 0),
    ("开工", "建设", "建设单位", 1, "workday", ["建筑工程施工许可证"], False, 0),
    ("±0.00", "建设", "建设单位", 0, "calendar_day", ["开工"], False, 0),
    ("结构封顶", "建设", "建设单位", 0, "calendar_day", ["±0.00"], False, 0),
    ("完工", "建设", "建设单位", 0, "calendar_day", ["结构封顶"], False, 0),
    ("综合竣工验收", "验收", "区建管委", 15, "workday", ["完工"], False, 0),
    ("竣工验收备案", "验收", "区建管委", 15, "calendar_day", ["综合竣工验收"], False, 0),
]
KINDS = [("colour", "颜色规则"), ("ladder", "逐级协调规则"), ("chain", "倒排工期规则")]


def seed(apps: Any, schema_editor: Any) -> None:
    apps.get_model("tracking", "RuleSet").objects.create(
        kind="chain", name="默认倒排工期规则", version=1, effective_on=date(2000, 1, 1),
        parameters={"nodes": [dict(zip(COLUMNS, node, strict=True)) for node in NODES]},
    )


class Migration(migrations.Migration):
    dependencies = [("tracking", "0012_report_remarks")]
    operations = [
        *(
            migrations.AlterField(
                model_name=name,
                name="kind",
                field=models.CharField(choices=KINDS, default="colour", max_length=10, verbose_name="种类"),
            )
            for name in ("ruleset", "rulesetdraft")
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]

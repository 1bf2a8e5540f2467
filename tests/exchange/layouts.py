"""各单位的版式：表的种类、题头、各列“表头:内容=该认作的字段”（HANDBOOK §7.1 W1、W2、W3）；造这样一张表来读。"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kaopu.exchange.excel_in.reading import read_workbook
from kaopu.exchange.excel_in.result import SheetReading
from tests.exchange.workbooks import write

JUNE = date(2022, 6, 1)
CONTENT: dict[str, list[object]] = {  # 各列写的是什么
    "序": [1, 2, 3],
    "名": ["甲路拓宽工程", "乙小学迁建工程", "丙河整治工程"],
    "数": [1200, 350, 4800],
    "件": [12, 3, 8],
    "码": ["B23-01", "B23-02", "B23-07"],
    "率": ["35%", "60%", "12.5%"],
    "日": ["2022年9月", "2023年6月", "2022年12月底"],
    "话": ["主体结构施工至三层", "正在办理施工许可证", "基坑开挖完成大半"],
    "难": ["管线搬迁滞后", "征收尚余两户", "无"],
    "家": ["区建管委", "区教育局", "区水务局"],
    "街": ["桃浦镇", "长征镇", "万里街道"],
    "备": ["预备", "预备", "正式"],
    "否": ["是", "否", "是"],
}
LIST, PLAN, REPORT, PROBLEMS = "project_list", "monthly_plan", "monthly_report", "problem_list"

LAYOUTS: tuple[tuple[str, str, str], ...] = (
    (REPORT, "架空线入地月报", "序号:序=seq 路段名称:名=name 土建完成率:率=progress 存在问题:难=problems"),
    (REPORT, "轨道交通配套工程进展", "站点名称:名=name 配套内容:话=scale 节点计划:话=goal 实际进展:话=work 滞后原因:难=problems"),
    (REPORT, "区为民办实事项目推进情况", "序号:序=seq 实事项目:名=name 目标任务:话=goal 责任单位:家=responsible_unit"
     " 配合单位:家=assist_units 上半年进展:话=work 存在问题及下步打算:难=problems"),
    (REPORT, "燃气管网改造进度（单位：万元）", "项目:名=name 所在街镇:街=street 总费用:数=total_investment 完成率:率=year_ratio"
     " 累计完成（米）:数=- 需协调问题:难=problems"),
    (REPORT, "工程进展", "项目名称:名=name 形象进度:话=work 推进情况:话=work 责任单位:家=responsible_unit"),
    (REPORT, "工程进展", "项目名称:名=name 上旬进展:话=- 本旬进展:话=work 下旬安排:话=next_steps"),
    (REPORT, "工程进展", "项目名称:名=name 工作内容:话=scale 最新进展:话=work 完成比例:率=progress 难点:难=problems"),
    (REPORT, "推进情况（单位：万元）", "项目:名=name 建设（运营）主体:家=owner 一季度进展:话=- 二季度进展:话=work"
     " 总投资:数=total_investment 三季度工作计划:话=next_steps"),
    (REPORT, "进度表（单位：万元）", "点位名称:名=name 批复金额:数=total_investment 完成投资额:数=cumulative_investment 进度说明:话=work"),
    (REPORT, "项目情况（单位：万元）", "项目名称:名=name 复工前累计投资:数=- 截至本月完成投资:数=cumulative_investment 施工情况说明:话=work"),
    (REPORT, "工程进度及问题", "工程项目:名=name 实际开工时间:日=planned_start 形象进度:话=work 存在主要问题:难=problems 解决措施:话=measures"),
    (REPORT, "配合推进情况", "项目:名=name 推进主体:家=responsible_unit 本月施工进展:话=work 街道配合工作:话=- 尚未解决的问题:难=problems"),
    (REPORT, "旧住房成套改造项目", "项目名称:名=name 街道:街=street 施工情况:话=work 主要矛盾:难=problems 拟采取措施:话=measures"
     " 年度目标:话=goal 完成节点:日=goal_due"),
    (REPORT, "投资进度滞后项目情况（单位：万元）", "项目名称:名=name 年度计划:数=planned_investment 已完成:数=cumulative_investment"
     " 完成率:率=year_ratio 滞后原因:难=problems 追赶措施:话=measures"),
    (REPORT, "在建项目周调度", "项目名称:名=name 攻坚目标:话=goal 上周进度:话=- 本周进度:话=work 滞后原因:难=problems 赶工措施:话=measures"),
    (REPORT, "产业项目情况（单位：亿元）", "项目:名=name 计划投资:数=total_investment 今年投资目标:数=planned_investment"
     " 1-6月固投:数=cumulative_investment 进度详情:话=work"),
    (PROBLEMS, "会议议定事项落实情况", "会议名称:话=- 议题项目:名=name 议定事项:难=problems 责任单位:家=responsible_unit 完成时限:日=due"),
    (PROBLEMS, "重点项目每周调度表", "项目名称:名=name 当前难点问题:难=problems 需区相关部门支持事项:难=request 拟解决时间:日=due 本周进展:话=work"),
    (PROBLEMS, "问题销项表", "工程项目:名=name 反映问题:难=problems 建议协办:家=assist_units 已销项:否=status 首报日期:日=raised_on"),
    (PROBLEMS, "要素保障问题调度表", "项目名称:名=name 要素类别:话=cause 缺口情况:难=problems 我区牵头:家=responsible_unit 时间表:日=due"),
    (PROBLEMS, "石泉片区工程问题月报", "辖区工程:名=name 施工阶段:话=work 街道发现的问题:难=problems 街道已采取的做法:话=measures"),
    (PROBLEMS, "重点项目用地未腾空地块情况", "所属项目:名=name 未腾原因:难=problems 责任主体:家=responsible_unit 计划腾地日期:日=due"),
    (PROBLEMS, "审计发现问题整改进度表", "项目:名=name 审计发现问题:难=problems 整改单位:家=responsible_unit 整改措施:话=measures 整改到位时限:日=due"),
    (PROBLEMS, "质量安全隐患清单", "检查日期:日=raised_on 工地:名=name 隐患描述:难=problems 隐患级别:话=- 限期:日=due 复查情况:否=status"),
    (PROBLEMS, "绿化搬迁办理情况", "项目名称:名=name 受阻原因:难=problems 请求协调内容:难=request 期望时间:日=due"),
    (PROBLEMS, "手续卡点表", "项目名称:名=name 责任单位:家=responsible_unit 卡在哪个环节:话=cause 具体原因:难=problems 何时解决:日=due"),
    (PROBLEMS, "一季度亮牌情况", "项目:名=name 责任主体:家=responsible_unit 亮牌事由:难=problems 亮牌时间:日=raised_on 是否摘牌:否=status"),
    (PROBLEMS, "督办事项一览", "项目名称:名=name 督办事由:难=problems 督办日期:日=raised_on 要求反馈日期:日=due 办理回复:话=work"),
    (PROBLEMS, "遗留问题清理表", "项目名称:名=name 遗留问题:难=problems 处置意见:话=measures 参与单位:家=assist_units 清零时限:日=due"),
    (PROBLEMS, "影响项目的线路迁改事项清单", "线路名称:话=- 影响项目:名=name 事项进展:话=work 遗留问题:难=problems 承诺办结:日=due"),
    (PROBLEMS, "重点项目滞后情况", "项目名称:名=name 责任单位:家=responsible_unit 当前进度:话=work 滞后原因:难=problems"
     " 推进措施:话=measures 整改时限:日=due"),
    (PROBLEMS, "9月滞后项目情况表", "项目名称:名=name 总投资（万元）:数=total_investment 年度计划投资（万元）:数=planned_investment"
     " 目前形象进度:话=work 滞后原因:难=problems 赶工措施:话=measures 预计追平时间:日=due"),
    (PROBLEMS, "重大工程腾地问题清单", "项目名称:名=name 存在问题:难=problems 责任单位:家=responsible_unit 要求腾地时间:日=due"),
    (PROBLEMS, "未销号问题清单", "项目名称:名=name 问题描述:难=problems 列入时间:日=raised_on 提请协调层级:话=- 目前进展:话=work"),
    (REPORT, "信息化项目月报", "系统名称:名=name 项目总金额（万元）:数=total_investment 计划上线时间:日=planned_finish 目前阶段:话=work"),
    (REPORT, "文旅项目推进表（单位：万元）", "项目:名=name 其中：社会投入:数=social_funds 截至2021年底已投:数=cumulative_before"
     " 今年以来:数=cumulative_investment 进度说明:话=work"),
    (REPORT, "前期项目推进表", "前期项目:名=name 匡算投资（亿元）:数=total_investment 拟开工:日=planned_start 手续办理情况:话=work 下一步:话=next_steps 需要集团外部支持:话=request 责任部门:家=responsible_unit"),
    (REPORT, "在建项目进度", "项目名称:名=name 实施公司:家=owner 任务完成度:率=year_ratio 工程形象占比:率=progress 工程面貌:话=work"),
    (REPORT, "工程情况", "工程名称:名=name 累计形象:率=progress 本月施工内容:话=work 7月关键节点:话=next_steps"),
    (LIST, "重大工程储备项目库（单位：亿元）", "库内编号:件=code 储备项目:名=name 申报主体（建设单位）:家=owner 市场化资金:数=social_funds"
     " 前期工作开展情况:话=work 容积率:率=-"),
    (LIST, "年中增补名单（单位：万元）", "增补项目:名=name 建设（投资）主体:家=owner 批复总投资:数=total_investment 预计开工:日=planned_start"),
    (PROBLEMS, "协调会议定事项落实情况表", "议题（项目）:名=name 协调的问题:难=problems 会议议定意见:话=measures 协同单位:家=assist_units 完成时限:日=due"),
    (PROBLEMS, "滞后项目情况表（6月）", "滞后项目:名=name 总投资（亿元）:数=total_investment 全年计划投资（亿元）:数=planned_investment"
     " 至6月末完成率:率=year_ratio 现场进度:话=work 滞后主要原因:难=problems 追赶措施:话=measures 追平时间:日=due 恢复正常日期:日=closed_on"),
    (PROBLEMS, "问题销号台账", "项目:名=name 具体问题:难=problems 列账日期:日=raised_on 会同单位:家=assist_units 要求办毕:日=due 核销日:日=closed_on"),
    (PROBLEMS, "红灯预警项目整改清单", "预警编号:件=seq 预警项目:名=name 触发情形:难=problems 整改主体:家=responsible_unit"
     " 整改要求:话=measures 整改时限:日=due 开单日期:日=raised_on"),
    (PROBLEMS, "问题销号管理台账", "工程名称:名=name 问题描述:难=problems 计划销号日期:日=due 实际销号日期:日=closed_on 是否销号:否=status"),
    (REPORT, "街道重点工程完成情况（单位：亿元）", "工程名称:名=name 总投资额:数=total_investment 施工进展:话=work 解决时限:日=due"),
    (REPORT, "旧改项目推进情况（万元）", "小区（地块）名称:名=name 年度计划:数=planned_investment 6月新增完成:数=month_investment"
     " 截至6月底累计:数=cumulative_investment 6月末现场形象:话=work"),
    (REPORT, "代建项目月报（万元）", "项目:名=name 委托方:家=owner 前三季度完成:数=- 批复投资:数=total_investment 工程进度简述:话=work"),
    (PROBLEMS, "卡点清单（6月）", "项目:名=name 卡点描述:难=problems 卡在哪类:话=cause 谁牵头:家=responsible_unit 谁配合:家=assist_units"
     " 何时解决:日=due 到6月底解决没有:否=status"),
    (PROBLEMS, "督办事项一览", "立项日期:日=raised_on 被督办工程:名=name 督办事由:难=problems 事由分类:话=cause 承办单位:家=responsible_unit"
     " 要求办结时间:日=due 办结与否:否=status"),
    (PROBLEMS, "协调会议定事项跟踪表", "议题:序=seq 涉及项目:名=name 提请单位:家=raised_by 提请研究的问题:难=problems 参与落实:家=assist_units 销项:否=status"),
    (PROBLEMS, "投资滞后项目原因分析及赶工措施表（万元）", "滞后项目:名=name 年计划投资:数=planned_investment 完成率:率=-"
     " 造成滞后的原因:难=problems 赶工措施:话=measures 赶上进度时间:日=due"),
    (REPORT, "重点项目完成情况（万元）", "项目:名=name 投资总量:数=total_investment"
     " 6月份安排:数=planned_this_month 年内已落实:数=cumulative_investment 工地现状:话=work 7月排定工作:话=next_steps"),
    (PROBLEMS, "问题整改销号台账", "上账时间:日=raised_on 所属项目:名=name 问题描述:难=problems 整改时限:日=due 整改结果:否=status 销账日期:日=closed_on"),
    (LIST, "重大工程预备项目汇总", "项目（暂定名）:名=name 拟定建设单位:家=owner 力争开工:日=planned_start 前期工作开展情况:话=work 下一步打算:话=next_steps"),
    (LIST, "重点项目资金平衡情况（万元）", "项目名称:名=name 总投资:数=total_investment 今年计划:数=planned_investment 全年要达到的形象:话=goal"),
    (PROBLEMS, "问题销号管理台账", "流水号:件=seq 问题描述:难=problems 涉及工程:名=name 归类:话=cause 整改到位时间:日=due 销号与否:否=status"),
    (REPORT, "重点项目汇总（万元）", "项目:名=name 年内计划:数=planned_investment 目前到哪一步了:话=work 卡壳事项:难=problems 请区里帮助解决:难=request"),
    (REPORT, "项目完成情况（亿元）", "项目:名=name 2021年末已投:数=cumulative_before 6月完成:数=month_investment 进展:话=work 7月排布:话=next_steps"),
    (REPORT, "6月情况", "项目名称:名=name 责任单位:家=responsible_unit 需协调事项:难=request"),
    (PROBLEMS, "重大工程要素保障需求清单", "项目名称:名=name 要素类型:话=cause 需求内容:难=problems 牵头部门:家=responsible_unit 希望解决时间:日=due"),
    (PROBLEMS, "工程款拖欠问题排查表", "项目名称:名=name 拖欠情况:难=problems 责任单位:家=responsible_unit 化解措施:话=measures 化解时限:日=due"),
    (PROBLEMS, "征收腾地难点清单", "地块（项目）名称:名=name 未腾地情况:难=problems 难点原因:话=cause 责任街镇:街=street 计划腾地时间:日=due"),
    (PROBLEMS, "回头看问题整改情况", "项目名称:名=name 原问题:难=problems 是否反弹:否=- 责任单位:家=responsible_unit 再次整改时限:日=due"),
    (PROBLEMS, "项目推进问题收集表", "填报单位:家=raised_by 项目名称:名=name 目前存在的困难:难=problems 希望协调的部门:家=assist_units 希望解决的时间:日=due"),
    (REPORT, "国企重大项目月报（亿元）", "项目名称:名=name 累计至上年:数=cumulative_before 当月固投:数=month_investment 当年累计发生:数=cumulative_investment"),
    (PROBLEMS, "已销号问题一览", "问题所属项目:名=name 问题内容:难=problems 责任部门:家=responsible_unit 症结所在:话=cause 闭环情况:否=status"),
    (PROBLEMS, "隐患整改", "编号:码=seq 受检工地:名=name 隐患内容:难=problems 限改日期:日=due 整改结果:否=status"),
    (REPORT, "水利工程进展一览表（万元）", "序号:序=seq 建设内容（项目名）:名=name 资金计划（2022年）:数=planned_investment 截止6月底完成额:数=cumulative_investment 下月节点:话=next_steps"),
    (REPORT, "代建项目月报（万元）", "代建项目:名=name 批复总投资:数=total_investment 5月末形象面貌:话=- 6月末形象面貌:话=work 竣工目标:日=planned_finish"),
    (REPORT, "属地项目月度进展（万元）", "项目:名=name 6月干了什么:话=work 7月怎么干:话=next_steps 卡在哪里:难=problems 全年盘子:数=planned_investment 开年以来投资:数=cumulative_investment 要说明的情况:话=note"),
    (REPORT, "载体建设进度（万元）", "项目名:名=name 6月投资:数=month_investment 上半年投资:数=cumulative_investment 目标完成率:率=year_ratio 开展情况:话=work"),
    (LIST, "储备库入库项目一览（亿元）", "项目名称:名=name 主要工程量:话=scale 2022年底前应达到:话=goal 库内状态:备=formality"),
    (PROBLEMS, "第5次协调例会议定事项", "序:序=seq 涉及工程:名=name 症结所在:难=problems 议定举措:话=measures 时间要求:日=due 完成与否:否=status"),
    (PROBLEMS, "提请区级协调的问题汇总", "报送街镇:街=raised_by 重点工程:名=name 存在的困难和问题:难=problems 希望解决时限:日=due"),
    (PROBLEMS, "市政工程需推动解决的问题", "序:序=seq 工程:名=name 目前卡在哪里:难=problems 怎么推:话=measures 主责:家=responsible_unit 协同:家=assist_units 办结与否:否=status"),
    (PROBLEMS, "走访问题诉求汇总", "走访日期:日=raised_on 走访项目:名=name 反映单位:家=raised_by 具体诉求:难=problems 交办部门:家=responsible_unit 力争打通时间:日=due"),
    (REPORT, "绿化项目进展（万元）", "绿地名称:名=name 现场情况:话=work 进展偏慢的原因:难=problems 7月上旬安排:话=next_steps"),
    (REPORT, "交通类前期项目推进情况（亿元）", "名称:名=name 估算投资:数=total_investment 前期工作进展:话=work 制约因素:难=problems 破解举措:话=measures 牵头:家=responsible_unit 配合:家=assist_units 计划开工节点:日=planned_start"),
    (LIST, "市重大工程涉我区项目（亿元）", "项目名称:名=name 市级责任主体:家=responsible_unit 我区配合部门:家=assist_units 投资规模:数=total_investment 年内形象目标:话=goal 达成时间:日=goal_due"),
    (REPORT, "土地储备项目进度", "地块（项目）:名=name 储备（建设）总成本（万元）:数=total_investment 年度支出计划（万元）:数=planned_investment 前6月完成（万元）:数=cumulative_investment 上月完成（万元）:数=previous_investment 6月完成（万元）:数=month_investment 计划验收:日=planned_finish 进展说明:话=work 年底冲刺安排:话=next_steps"),
    (REPORT, "养老设施建设进度（万元）", "序:序=seq 养老设施:名=name 当年投资额度:数=planned_investment 1—6月投资:数=cumulative_investment 完成进度（形象）%:率=progress 工程面貌:话=work 三季度做什么:话=next_steps 备考:话=note"),
    (PROBLEMS, "滞后项目情况分析及追赶安排", "项目名称:名=name 应完成节点:话=- 滞后原因:难=problems 追赶措施:话=measures 计划追平时间:日=due"),
    (PROBLEMS, "工程问题销号台账", "工程:名=name 问题来源:家=raised_by 问题描述:难=problems 整改期限:日=due 是否打通:否=status"),
    (LIST, "市重大工程涉及我区项目（亿元）", "项目库编号:码=code 项目名称:名=name 市级主管:家=responsible_unit 总投资:数=total_investment 年内计划:数=planned_investment"),
    (REPORT, "街道重大项目情况（万元）", "序:序=seq 名称（建设内容）:名=name 是否正式项目:备=formality 今年任务:数=planned_investment 6月情况／计划:数=planned_this_month 累计完成:数=cumulative_investment 进展:话=work"),
    (REPORT, "消防站点建设进展（万元）", "站点名称:名=name 投资额／总盘:数=total_investment 施工进展:话=work 症结:难=problems 后续措施:话=next_steps"),
    (REPORT, "环卫设施进度（万元）", "项目:名=name 年度节点目标:话=goal 本月推进:话=work 本年度投资6月/计划数:数=planned_this_month 本年度投资6月/完成数:数=month_investment"),
    (REPORT, "教育条线工程进度（万元）", "序次:序=seq 内部编码:件=code 校名:名=name 年度投资额:数=planned_investment 施工内容:话=work 需解决的问题:难=problems"),
    (REPORT, "区属项目完成情况（亿元）", "编号:码=code 项目名称:名=name 年度计划投资:数=planned_investment 区里需解决的事:话=request"),
    (REPORT, "区属国企项目月报（亿元）", "项目名称:名=name 年度投资目标:数=planned_investment 目标完成度:率=year_ratio 施工进度:话=work"),
    (PROBLEMS, "问题交办清单", "项目名称:名=name 问题情况:难=problems 办结时限:日=due 进展情况:否=status"),
    (REPORT, "长寿路街道辖区重点项目每月情况反馈", "序号:序=seq 辖区内项目:名=name 区级责任部门:家=responsible_unit 建设方:家=owner 本月现场实况:话=work 居民矛盾及其他问题:难=problems 街道已做的工作:话=- 希望区里支持:话=request 填表人:话=-"),
    (REPORT, "石泉路街道城市更新项目月报（万元）", "序号:序=seq 点位:名=name 涉及居民:数=- 改造内容:话=scale 总造价:数=total_investment 当年用款计划:数=planned_investment 截至目前用款:数=cumulative_investment 完成情况:话=work 难啃骨头:难=problems 需要哪个部门帮忙:话=request"),
    (REPORT, "曹杨新村街道工程项目情况填报", "工程名:名=name 谁在建:家=owner 花多少钱（万元）:数=total_investment 今年要花（万元）:数=planned_investment 已花（万元）:数=cumulative_investment 干到哪儿了:话=work 啥时候完:日=planned_finish 有没有问题:难=problems"),
    (LIST, "结转至实施的重点项目一览（亿元）", "编号:序=seq 名称:名=name 用途类别:话=category 地上地下总建筑面积（㎡）及内容:话=scale 投资额:数=total_investment 上年末已投:数=cumulative_before 本年拟投:数=planned_investment 何时动工:日=planned_start 预计竣备时间:日=planned_finish 目前进度:话=work 业主单位:家=owner"),
    (LIST, "重大项目储备库（第一批）（亿元）", "序号:序=seq 项目名称:名=name 拟选址:街=street 拟引进（投资）主体:家=owner 产业方向:话=category 拟用地（亩）:话=- 预计总投资:数=total_investment 拟开工时间:日=planned_start 项目阶段:备=formality 推进情况:话=work 跟踪责任部门:家=responsible_unit 需区里协调的事:话=request"),
    (LIST, "甘泉路街道实事和重点工程", "序:序=seq 工程名:名=name 做什么:话=scale 谁来做:家=owner 资金（万元）:数=total_investment 钱从哪来:话=- 几月开始:日=planned_start 几月结束:日=planned_finish 要做到什么程度:话=goal"),
    (LIST, "普陀区民生保障类项目计划（万元）", "序号:序=seq 实事项目:名=name 责任部门:家=responsible_unit 协同部门:家=assist_units 建设主体:家=owner 落点街镇:街=street 目标任务:话=goal 完成节点:日=goal_due 预算总额:数=total_investment 其中政府投入:数=fiscal_funds 其中社会投入:数=social_funds 当年计划支出:数=planned_investment"),
    (PROBLEMS, "难点问题销号台账", "序号:序=seq 项目名称:名=name 问题描述:难=problems 挂号日期:日=raised_on 责任部门:家=responsible_unit 解决途径:话=measures 承诺销号日期:日=due 实际销号日期:日=closed_on 销号情况:否=status 佐证材料:话=-"),
    (PROBLEMS, "代建项目待协调事项清单", "序号:序=seq 代建项目:名=name 委托方:家=owner 施工节点:话=work 遗留事项:难=problems 事项成因:话=cause 对工期影响:话=- 拟请协调单位:家=responsible_unit 我司建议:话=measures 希望解决日期:日=due 目前状态:否=status"),
    (PROBLEMS, "设计类待决问题清单", "No.:序=seq 工程:名=name 专业:件=- 待决问题:难=problems 提资方:家=raised_by 提出日期:日=raised_on 影响阶段:件=- 设计建议:话=measures 要求回复日期:日=due 回复情况:否=status"),
    (PROBLEMS, "重点民生实事项目困难问题反馈表", "类别:话=category 序号:序=seq 实事项目:名=name 承办部门:家=responsible_unit 完成比例:率=progress 困难问题:难=problems 拟采取办法:话=measures 协调请求:话=request 要求解决时间:日=due 备注:话=note"),
    (PROBLEMS, "轨道交通配套项目问题跟踪表", "站点/区间:名=name 问题编号:码=seq 问题内容:难=problems 提出方:家=raised_by 提出日期:日=raised_on 主办:家=responsible_unit 协办:家=assist_units 最新跟踪情况:话=work 关闭时间:日=closed_on 状态（开/关）:否=status"),
    (PROBLEMS, "产业项目“三张清单”之问题清单", "项目代码:码=code 产业项目名称:名=name 投资主体:家=owner 固投（万元）:数=total_investment 项目所处阶段:话=work 反映问题:难=problems 问题所属领域:话=cause 帮办部门:家=responsible_unit 帮办专员:件=- 帮办措施:话=measures 限办日期:日=due 帮办结果:否=status"),
    (PROBLEMS, "区级领导联系项目堵点问题清单", "联系领导:件=- 项目名称:名=name 责任单位:家=responsible_unit 堵点难点:难=problems 需协调层级:件=- 协调解决事项:话=request 牵头:家=lead_unit 参与:家=assist_units 时限:日=due 完成情况（是/否）:否=status"),
    (PROBLEMS, "市政配套管线搬迁问题台账", "序号:序=seq 道路工程:名=name 管线类别:件=- 落实单位（权属）:家=responsible_unit 搬迁费用:数=- 存在矛盾:难=problems 意见建议:话=measures 应完成日期:日=due 实际完成日期:日=closed_on 负责人及电话:话=-"),
    (PROBLEMS, "项目建设中存在困难和问题统计表", "序号:序=seq 项目名称及建设内容:名=name 建设地点:街=street 业主:家=owner 工程进度:话=work 存在困难和问题:难=problems 需解决问题的部门:家=responsible_unit 建议解决时间:日=due 包保领导:话=-"),
    (PROBLEMS, "建设项目拿地后“卡壳”问题表（亿元）", "序号:序=seq 地块名称:名=name 受让方:家=owner 总投:数=total_investment 土地合同约定开工:日=planned_start 土地合同约定竣工:日=planned_finish 卡在哪里:难=problems 为什么卡:话=cause 谁来解:家=responsible_unit 怎么解:话=measures 什么时候解:日=due"),
    (PROBLEMS, "在建工地问题闭环表", "发现日期:日=raised_on 工地名称:名=name 检查单位:家=raised_by 问题隐患:难=problems 问题定性:话=cause 整改责任方:家=responsible_unit 整改意见:话=measures 复查日期:话=- 复查结论:话=- 闭环√:否=status"),
    (PROBLEMS, "需提请市级层面协调事项清单", "序号:序=seq 市重大工程名称:名=name 区内责任单位:家=responsible_unit 事项背景:难=problems 提请市协调事项:话=request 建议市牵头部门:家=lead_unit 涉及市级单位:家=assist_units 期望办理时限:日=due 上报时间:日=raised_on 市级反馈:否=status"),
    (PROBLEMS, "项目专班问题“日报告”", "专班组别:话=- 事项序号:序=seq 项目（地块）:名=name 今日推进:话=work 新增问题:难=problems 明日计划:话=next_steps 需组长协调:话=request 责任人:件=- 完成否:否=status"),
    (PROBLEMS, "绿色通道项目审批卡点表", "项目:名=name 审批事项:话=- 审批部门:家=responsible_unit 受理时间:日=raised_on 卡点:难=problems 卡点责任方:家=lead_unit 疏通办法:话=measures 承诺办出:日=due 实际办出:日=closed_on 用时（工作日）:数=-"),
    (PROBLEMS, "重点建设项目存在问题报送表", "工点:名=name 年度目标:话=goal 目前完成形象:话=work 完成百分比:率=progress 存在的突出问题:难=problems 问题属性:话=cause 解决思路:话=measures 需地方政府解决的事宜:话=request 影响开工/竣工:话=-"),
    (PROBLEMS, "长寿路街道属地工程矛盾问题台账", "序号:序=seq 在建工程:名=name 施工方:话=- 矛盾纠纷:难=problems 涉及居民区:话=- 首次反映:日=raised_on 诉求:话=request 包案人:件=- 化解措施:话=measures 化解期限:日=due 化解状态:否=status"),
    (REPORT, "市属重大工程涉区前期工作月报", "序号:序=seq 市重大工程:名=name 业主单位:家=owner 涉及街镇:街=street 本月前期推进情况:话=work 尚需解决的问题:难=problems 提请市级或区级支持:话=request 责任部门:家=responsible_unit 何时解决:日=due"),
    (REPORT, "工程进度月报表", "项目名称:名=name 标段开工:日=planned_start 合同工期止:日=planned_finish 本期施工进展:话=work 本期产值（万元）:数=month_investment 本年产值累计（万元）:数=cumulative_investment 开工至今产值（万元）:数=since_start 完成百分比:率=progress 需业主协调解决:话=request 下期施工计划:话=next_steps"),
    (LIST, "计划新开工项目一览表（亿元）", "序号:序=seq 项目全称:名=name 项目类别:话=category 拟落地位置:街=street 投资估算:数=total_investment 当年资金需求:数=planned_investment 投资主体:家=owner 牵头推进部门:家=responsible_unit 拟动工时间:日=planned_start 工期（月）:数=- 前期工作进度:话=work"),
    (PROBLEMS, "代建项目周例会问题跟踪表", "No.:序=seq 项目简称:名=name 提出人/单位:家=raised_by 提出日:日=raised_on 问题:难=problems 跟进人:话=- 处理意见:话=measures 计划关闭日:日=due 实际关闭日:日=closed_on 状态:否=status"),
    (PROBLEMS, "区重点项目“卡脖子”问题一览", "项目名称:名=name 卡在哪里:难=problems 为什么卡:话=cause 谁来解:家=responsible_unit 谁配合:家=assist_units 什么时候解:日=due 解得怎么样:话=work"),
    (PROBLEMS, "施工配合问题一览表", "序号:序=seq 子项:名=name 提资单位:家=raised_by 问题内容:难=problems 影响范围:话=- 建议方案:话=measures 需业主确认:话=request 期望回复时间:日=due 回复情况:否=status"),
    (PROBLEMS, "“红榜黄榜”重点工程问题通报附表", "序号:序=seq 项目名称:名=name 单位:家=responsible_unit 时间进度差:话=- 存在问题:难=problems 问题出在哪一环:话=cause 限期整改时间:日=due 整改责任部门:家=lead_unit 整改情况反馈:话=work"),
    (PROBLEMS, "联席会议协调事项清单", "序号:序=seq 提交单位:家=raised_by 协调事项:话=request 所涉项目:名=name 主要矛盾:难=problems 建议解决方案:话=measures 主协调部门:家=responsible_unit 协同部门:家=assist_units 完成节点:日=due"),
    (PROBLEMS, "国资公司投资项目风险与问题管控表", "序号:序=seq 项目名称:名=name 已完成投资（自开工）:数=since_start 风险描述:难=problems 成因:话=cause 涉及金额:数=- 应对方案:话=measures 内部主责:家=responsible_unit 外部协调单位:家=assist_units 管控期限:日=due 风险状态:否=status"),
    (PROBLEMS, "真光街道辖区重大工程属地诉求登记", "项目:名=name 所在居委:话=- 居民（单位）反映的情况:难=problems 反映日期:日=raised_on 街道意见:话=measures 请哪个部门牵头:家=responsible_unit 办得怎么样了:否=status"),
    (PROBLEMS, "重大项目月度调度会议题征集表", "议题序号:序=seq 报送单位:家=raised_by 涉及项目:名=name 需上会研究的问题:难=problems 原因分析:话=cause 建议解决方案:话=measures 拟请参会单位:家=assist_units 汇报人:话=-"),
    (PROBLEMS, "项目周例会遗留问题跟踪", "序:序=seq 例会日期:日=raised_on 项目部:名=name 遗留问题:难=problems 谁来办:家=responsible_unit 谁配合:家=assist_units 哪天办完:日=due 上周进展:话=work 本周要做:话=next_steps 关闭:否=status"),
    (PROBLEMS, "县级领导包联重点项目存在问题及解决情况统计表", "序号:序=seq 包联领导:话=- 项目名称:名=name 建设地点:街=street 存在的主要问题:难=problems 解决问题的具体意见:话=measures 责任单位及责任人:家=responsible_unit 完成时限:日=due 是否解决:否=status 未解决原因:话=cause"),
    (PROBLEMS, "房产开发类重点项目风险及诉求排查表", "序号:序=seq 楼盘:名=name 开发企业:家=owner 总投资（亿元）:数=total_investment 约定竣备时间:日=planned_finish 实际形象:话=work 风险点:难=problems 风险等级:件=- 企业诉求:话=request 处置意见:话=measures 处置牵头:家=responsible_unit"),
    (PROBLEMS, "政府投资审计发现问题整改情况明细表", "序号:序=seq 审计报告文号:话=- 被审计项目:名=name 审计指出的问题:难=problems 问题性质:话=cause 涉及金额（元）:数=- 整改责任部门:家=responsible_unit 整改措施:话=measures 整改期限:日=due 整改结果:否=status 完成整改日期:日=closed_on"),
    (PROBLEMS, "前期工作专题协调会问题清单（规划、土地、征收）", "序号:序=seq 项目名称:名=name 属地街镇:街=street 规划方面问题:难=problems 征收腾地进展:话=work 会议明确意见:话=measures 会后跟进:话=next_steps 跟进部门:家=responsible_unit 完成日期:日=due 完成打√:否=status"),
    (REPORT, "科创集团月报（万元）", "项目:名=name 总盘子:数=total_investment 6月入统:数=month_investment 今年以来入统:数=cumulative_investment 入统率:率=year_ratio 未决事项:难=problems"),
    (REPORT, "住建局重大工程月报（万元）", "工程项目:名=name 投资概数:数=total_investment 本年应投:数=planned_investment 上月止完成:数=previous_cumulative 本月止完成:数=cumulative_investment 6月推进内容:话=work 7月推进内容:话=next_steps"),
    (REPORT, "生态环境局8月进度", "项目:名=name 类型归属:话=category 资金总需求（万元）:数=total_investment 累计形象（%）:率=progress 7月部署:话=next_steps"),
    (REPORT, "二季度报告表（亿元）", "载体（项目）:名=name 2022年投资目标:数=planned_investment 完成全年目标比例:率=year_ratio 全年工作目标:话=goal 二季度推进情况:话=work"),
    (REPORT, "平台公司项目月度信息（万元）", "项目:名=name 2021年止已完成:数=cumulative_before 到本月投资:数=cumulative_investment"
     " 建设情况:话=work 推进中的烦心事:难=problems 接下来干什么:话=next_steps 街道对接科室:码=-"),
    (LIST, "区重大建设项目储备库（2022年度入库）（万元）", "入库号:码=code 拟建项目:名=name 投资匡算:数=total_investment 入库方式:话=entry"),
    (REPORT, "重点工程调度表（万元）", "编次:序=seq 工程项目:名=name 全部投入:数=total_investment 2022年投资盘子:数=planned_investment"
     " 上月投入:数=previous_investment 上月底前投资额:数=previous_cumulative 年初以来:数=cumulative_investment 年投资完成进度:率=year_ratio"
     " 工地近况:话=work 难在哪里:难=problems 要区里帮的:话=request 后一月计划:话=next_steps"),
    (REPORT, "街道冲刺台账（千元）", "项目:名=name 今年应完成:数=planned_investment 年底前要完成:话=goal 完成全年目标:率=year_ratio"
     " 项目归口单位:家=responsible_unit 7月准备办:话=next_steps 情况说明:话=work 6月完成:数=month_investment"),
    (REPORT, "产业项目情况（亿元）", "项目:名=name 列入类型:备=formality 投资总控数:数=total_investment 进展:话=work"),
    (REPORT, "民生工程快报（万元）", "项目:名=name 主体企业:家=owner 以往年度已完成:数=cumulative_before 年初排定投资:数=planned_investment"
     " 5月实际投入:数=previous_investment 6月实际投入:数=month_investment 6月拟投:数=planned_this_month 总体完成百分比:率=progress"
     " 建设阶段描述:话=work 未达进度原因及问题:难=problems 纠偏安排:话=measures"),
    (REPORT, "道路项目一览（万元）", "路桥项目:名=name 前期已投（截至2021年末）:数=cumulative_before 近期情况:话=work 子区域:话=key_area 6月完成:数=month_investment"),
    (REPORT, "街道十月项目进度（万元）", "街道项目:名=name 财政投资:数=fiscal_funds 总额:数=total_investment 年投资计划:数=planned_investment"
     " 自开工累计投资:数=since_start 今年以来完成:数=cumulative_investment 街道诉求:话=request 建设阶段说明:话=work 三季度举措:话=next_steps"),
    (PROBLEMS, "专题协调会跟踪表", "涉及项目:名=name 会上反映的问题:难=problems 议定事项:话=measures 牵头落实单位:家=responsible_unit 要求完成时间:日=due 是否落实:否=status"),
    (PROBLEMS, "提请区级协调事项", "涉及项目:名=name 具体困难:难=problems 请谁牵头:家=responsible_unit 请谁配合:家=assist_units 希望哪天前办好:日=due 何时提的:日=raised_on"),
    (PROBLEMS, "整改销号表", "项目:名=name 具体问题:难=problems 整改责任:家=responsible_unit 整改配合:家=assist_units 限期:日=due"),
    (REPORT, "公园绿地建设台账（万元）", "项目:名=name 责任单位:家=responsible_unit 总额:数=total_investment 本年盘子:数=planned_investment 年初以来投入:数=cumulative_investment"
     " 6月投入:数=month_investment 完成年度:率=year_ratio 工程进度:话=work 困难:难=problems 对策:话=measures 下阶段:话=next_steps"),
    (REPORT, "校舍修缮收尾情况（万元）", "校名:名=name 立项金额:数=total_investment 6月支出:数=month_investment 今年累计支出:数=cumulative_investment 完工了多少:率=progress 收尾情况:话=work"),
    (REPORT, "集团项目月报（万元）", "项目名称:名=name 子公司:家=owner 年内目标:话=goal 应完成时间:日=goal_due 计划用款:数=planned_investment"
     " 6月应完成:数=planned_this_month 6月实完成:数=month_investment 前5个月已完成:数=previous_cumulative 前6个月已完成:数=cumulative_investment 涉及居委:家=-"),
    (PROBLEMS, "卡点摸排表", "卡点所在工程:名=name 堵点描述:难=problems 症结归类:话=cause 盼请区里支持:话=request 盼解决日期:日=due"),
    (PROBLEMS, "进度落后工程分析表", "滞后工程:名=name 滞后表现:难=problems 拖期缘由:话=cause 抢工举措:话=measures 预计追平时间:日=due 督促单位:家=responsible_unit 需提级协调:话=request"),
    (PROBLEMS, "未了事项清零台账", "#:序=seq 项目简称:名=name 未了事项:难=problems 主责:家=responsible_unit 协力:家=assist_units 清零日期:日=due 清零情况:否=status 销账时间:日=closed_on"),
    (PROBLEMS, "双周调度跟踪表", "所属项目:名=name 堵在何处:难=problems 牵办:家=responsible_unit 联办:家=assist_units 何时了结:日=due 了结与否:否=status"),
    (PROBLEMS, "问题挂牌登记", "工程:名=name 挂牌问题:难=problems 挂牌日:日=raised_on 整改责任方:家=responsible_unit 是否摘牌:否=status 摘牌日:日=closed_on"),
    (PROBLEMS, "议定事项落实", "议题所涉项目:名=name 提请研究的问题:难=problems 会议议定意见:话=measures 落实单位:家=responsible_unit 会办单位:家=assist_units 落实期限:日=due 附注:话=note"),
    (PROBLEMS, "调研交办问题清单", "项目名称:名=name 反映单位:家=raised_by 反映事项:难=problems 牵头办理单位:家=responsible_unit 配合办理单位:家=assist_units 办理建议:话=measures 希望协调:话=request 答复期限:日=due 办结否:否=status"),
    (REPORT, "企业投资项目（万元）", "企业投资项目:名=name 责任企业:家=responsible_unit 决策投资额:数=total_investment 5月实绩:数=previous_investment 6月实绩:数=month_investment 所属功能区:话=key_area 节点内容:话=goal 整体进度:率=progress"),
    (LIST, "区级项目储备库（万元）", "储备库编码:码=code 项目:名=name 类别:话=category 项目牵头部门:家=responsible_unit 匡算投资:数=total_investment 力争开建:日=planned_start"),
    (REPORT, "公安项目月报（万元）", "项目编号:码=code 项目名称:名=name 本年预算:数=planned_investment 1到6月完成:数=cumulative_investment 本月完成:数=month_investment 次序:序=seq"),
    (PROBLEMS, "堵点摸排表", "哪个工地:名=name 堵在哪里:难=problems 街道先做了啥:话=- 盯办部门:家=responsible_unit 几家一道办:家=assist_units 盼着啥辰光解决:日=due"),
    (PROBLEMS, "代建项目协调事项", "代建项目:名=name 当前制约:难=problems 拟请协调内容:话=request 对口委办:家=responsible_unit 配合方:家=assist_units 要求答复时间:日=due"),
    (PROBLEMS, "审计整改销号表", "项目:名=name 审计查出的问题:难=problems 整改主责:家=responsible_unit 整改协同:家=assist_units 整改动作:话=measures 整改到期:日=due 查出日:日=raised_on"),
    (PROBLEMS, "涉访矛盾化解表", "所涉工程:名=name 诉求要点:难=problems 收件日:日=- 首接单位:家=responsible_unit 会商单位:家=assist_units 化解路子:话=measures 化解底线时间:日=due 息访与否:否=status 息访日:日=closed_on"),
    (REPORT, "教育体育项目进展（万元）", "序号:序=seq 新改扩建学校及场馆:名=name 项目总资金:数=total_investment 年度计划投资:数=planned_investment 本月任务量:数=planned_this_month 6月完成:数=month_investment 要求完成时点:日=goal_due 暑期后续安排:话=next_steps"),
    (REPORT, "绿化工程月报（万元）", "项目:名=name 资金盘（财力+自筹）:数=total_investment 区财力承担:数=fiscal_funds 单位自筹:数=social_funds 2022年用款盘子:数=planned_investment"
     " 开年以来合计:数=cumulative_investment 历年合计（含今年）:数=since_start 总体完成度:率=progress 拖后腿的事:难=problems 现状描述:话=work"),
    (REPORT, "应急项目完成情况（万元）", "项目:名=name 今年要干到:话=goal 今年预排投资:数=planned_investment 实施体量:话=scale 梗阻:难=problems 拍板事项:话=request 附记:话=note"),
)  # fmt: skip


def read(
    path: Path, title: str, columns: str, *, month: date | None = JUNE
) -> tuple[SheetReading, list[str]]:
    """造一张表读了，连同各列该认作什么；列写作“表头:内容=字段”，不该认的字段写 -。"""
    told = [column.partition("=") for column in columns.split()]
    headers = [header.rpartition(":")[0] for header, _, _ in told]
    contents = [CONTENT[header.rpartition(":")[2]] for header, _, _ in told]
    rows: list[list[object]] = [[title], [*headers], *([*cells] for cells in zip(*contents, strict=True))]
    sheet = read_workbook(write(path / "f.xlsx", rows, sheet="表1"), year=2022, month=month).sheets[0]
    return sheet, [field for _, _, field in told]


def fields_of(sheet: SheetReading) -> list[str]:
    return ["-" if field.startswith("other:") else field for field in sheet.columns.values()]


def sheet_of(
    tmp_path: Path, rows: list[list[object]], month: date | None = JUNE, name: str = "表1"
) -> SheetReading:
    return read_workbook(write(tmp_path / "f.xlsx", rows, sheet=name), year=2022, month=month).sheets[0]

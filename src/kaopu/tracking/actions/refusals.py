"""登记不合规的拒绝，各处共用。"""


class DecisionRefused(Exception):
    """认定或记录不合规，理由见信息。"""

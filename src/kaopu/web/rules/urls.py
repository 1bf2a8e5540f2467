"""规则集的地址。"""

from django.urls import path

from kaopu.web.rules.views import rule_draft, rule_list, rule_replay

urlpatterns = [
    path("", rule_list, name="rule_list"),
    path("draft/", rule_draft, name="rule_draft"),
    path("replay/", rule_replay, name="rule_replay"),
]

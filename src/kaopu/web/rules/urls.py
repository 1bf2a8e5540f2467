"""规则集的地址。"""

from django.urls import path

from kaopu.web.rules.honesty import honesty_table
from kaopu.web.rules.replaying import rule_replay
from kaopu.web.rules.reviews import colour_month, review_list
from kaopu.web.rules.views import rule_activate, rule_draft, rule_list

urlpatterns = [
    path("", rule_list, name="rule_list"),
    path("draft/", rule_draft, name="rule_draft"),
    path("activate/", rule_activate, name="rule_activate"),
    path("reviews/", review_list, name="colour_reviews"),
    path("reviews/<str:code>/<int:year>-<int:number>/", colour_month, name="colour_month"),
    path("honesty/", honesty_table, name="honesty_table"),
    path("replay/", rule_replay, name="rule_replay"),
]

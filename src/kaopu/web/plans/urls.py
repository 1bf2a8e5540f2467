"""计划与承诺的地址。"""

from django.urls import path

from kaopu.web.plans.goals import goal_commitments, letter_list
from kaopu.web.plans.views import plan_edit

urlpatterns = [
    path("projects/<str:code>/plan/<int:year>/", plan_edit, name="plan_edit"),
    path("projects/<str:code>/goals/<int:year>/", goal_commitments, name="goal_commitments"),
    path("letters/<int:year>/", letter_list, name="letter_list"),
]

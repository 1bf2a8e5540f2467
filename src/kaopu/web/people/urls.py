"""账号与单位的地址。"""

from django.urls import path

from kaopu.web.people.mine import mine, my_sign_ins
from kaopu.web.people.views import people

urlpatterns = [
    path("people/", people, name="people"),
    path("me/", mine, name="mine"),
    path("me/sign-ins/", my_sign_ins, name="my_sign_ins"),
]

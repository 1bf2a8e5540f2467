"""待办的地址。"""

from django.urls import path

from kaopu.web.todo.views import due_calendar, inbox_page, todo_page

urlpatterns = [
    path("", todo_page, name="todo"),
    path("inbox/", inbox_page, name="inbox"),
    path("due.ics", due_calendar, name="due_calendar"),
]

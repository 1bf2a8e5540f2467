"""待办的地址。"""

from django.urls import path

from kaopu.web.todo.views import demo_clock, due_calendar, engine_page, inbox_page, todo_page

urlpatterns = [
    path("", todo_page, name="todo"),
    path("inbox/", inbox_page, name="inbox"),
    path("engine/", engine_page, name="engine"),
    path("clock/", demo_clock, name="demo_clock"),
    path("due.ics", due_calendar, name="due_calendar"),
]

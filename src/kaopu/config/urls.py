"""全站地址：每个菜单项一组，出错页统一在 ``web.errors``。"""

from django.urls import include, path

from kaopu.web.alive import alive

urlpatterns = [
    path("healthz", alive, name="healthz"),
    path("", include("kaopu.web.overview.urls")),
    path("", include("kaopu.web.signin.urls")),
    path("projects/", include("kaopu.web.projects.urls")),
    path("", include("kaopu.web.reports.urls")),
    path("projects/", include("kaopu.web.records.urls")),
    path("todo/", include("kaopu.web.todo.urls")),
    path("issues/", include("kaopu.web.issues.urls")),
    path("orders/", include("kaopu.web.orders.urls")),
    path("meetings/", include("kaopu.web.meetings.urls")),
    path("resumption/", include("kaopu.web.resumption.urls")),
    path("leader/", include("kaopu.web.leader.urls")),
    path("figures/", include("kaopu.web.figures.urls")),
    path("imports/", include("kaopu.web.imports.urls")),
    path("documents/", include("kaopu.web.documents.urls")),
    path("", include("kaopu.web.people.urls")),
    path("", include("kaopu.web.plans.urls")),
    path("feed/", include("kaopu.web.feed.urls")),
    path("rules/", include("kaopu.web.rules.urls")),
    path("calendar/", include("kaopu.web.calendar.urls")),
    path("", include("kaopu.web.closing.urls")),
    path("f/", include("kaopu.web.files.urls")),
    path("trace/", include("kaopu.web.trace.urls")),
]

handler400 = "kaopu.web.errors.bad_request"
handler403 = "kaopu.web.errors.forbidden"
handler404 = "kaopu.web.errors.not_found"
handler500 = "kaopu.web.errors.server_error"

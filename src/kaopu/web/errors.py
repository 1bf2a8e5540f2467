"""出错页：每页一句中文，说清怎么办；不泄露对象是否存在，也不查数据库。"""

from __future__ import annotations

import sys

from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kaopu.audit.actions import BUSY, is_busy
from kaopu.domain.attachments import MOST_ATTACHMENTS
from kaopu.web.asked import asks_for_past


def _page(request: HttpRequest, status: int, heading: str, message: str) -> HttpResponse:
    return render(request, "errors/error.html", {"heading": heading, "message": message}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400：地址或参数读不懂；办到一半登录被退出的；提交的内容被框架拒收的——它说的是英文，换成我们的话。"""
    if isinstance(exception, SessionInterrupted):
        return _page(request, 400, "已退出登录", "这次登录已在别处退出，刚才这一步没有办成。请重新登录。")
    if isinstance(exception, SuspiciousOperation):
        most = f"附件一次至多 {MOST_ATTACHMENTS} 个"
        return _page(
            request,
            400,
            "提交有误",
            f"提交的内容读不懂，或一次选的文件太多（{most}）。请返回上页，减少后重新提交。",
        )
    return _page(request, 400, "地址有误", str(exception) or "地址中的参数读不懂。请从菜单重新进入。")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403：看得见，但无权办理。"""
    return _page(
        request, 403, "无权办理", str(exception) or "您的角色不能办理此事。如确需办理，请联系推进办。"
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404：不存在，或不在本人可见范围（两者不加区分）。"""
    then = (
        "；看过去时，也许那时还没有。请把日期改晚些" if asks_for_past(request) else "。请从项目清单重新查找"
    )
    return _page(request, 404, "没有这一页", f"没有找到，或不在您的可见范围内{then}。")


def conflict(request: HttpRequest, message: str) -> HttpResponse:
    """409：已冻结，或已有更新的一版。"""
    return _page(request, 409, "未能保存", message)


def damaged(request: HttpRequest, message: str) -> HttpResponse:
    """500：存着的东西丢了或坏了，说明是哪一样、怎么恢复。"""
    return _page(request, 500, "存档有损", message)


def server_error(request: HttpRequest) -> HttpResponse:
    """500：程序出错，没有写入任何内容。等写锁等过了时限的是 503：不是出错，过一会儿再交即可。"""
    if is_busy(sys.exc_info()[1]):
        response = _page(request, 503, "系统正忙", BUSY)
        response.headers["Retry-After"] = "30"
        return response
    return _page(
        request, 500, "系统出错", "这次操作没有完成，也没有写入任何内容。请稍后重试；仍不行请告知管理员。"
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403：表单过期或来自他处。"""
    return _page(
        request, 403, "页面已过期", "页面打开太久，或浏览器禁用了 Cookie。请返回上页刷新后重新提交。"
    )

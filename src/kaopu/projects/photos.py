"""照片的重新编码：只留画面，拍摄地点、设备、批注等附带信息一概不留（TRUST §3 image bombs 一行）。"""

from __future__ import annotations

import io
import struct
import threading
import zlib

from PIL import Image, ImageOps

from kaopu.domain.attachments import AttachmentRefused

MOST_PIXELS = 40_000_000
MOST_SCANS = 100
"""渐进式 JPEG 的扫描遍数：正经照片十来遍；每遍几十字节就能让解码器把全图再走一趟。"""
LONG_SIDE, PREVIEW_SIDE = 2560, 480
QUALITY, PREVIEW_QUALITY = 85, 75
# 四千万像素解开要三百来兆内存：一次只解一张，几个人同时上传也不叠加
_ONE_AT_A_TIME = threading.Lock()
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, struct.error, zlib.error)


def reencode(name: str, content: bytes) -> tuple[bytes, bytes]:
    """重新编码成 JPEG：转正，长边至多 2560 点；另出一张 480 点的小样。解不开的抛出 ``AttachmentRefused``。"""
    if content.count(b"\xff\xda") > MOST_SCANS:
        raise _broken(name)
    try:
        with _ONE_AT_A_TIME, Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
            if image.width * image.height > MOST_PIXELS:  # 只读了文件头，还没有解开
                raise _too_large(name)
            picture = _picture(image)
            small = picture.copy()
            small.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
            return _written(picture, QUALITY), _written(small, PREVIEW_QUALITY)
    except Image.DecompressionBombError as error:
        raise _too_large(name) from error
    except _BROKEN as error:
        raise _broken(name) from error


def _broken(name: str) -> AttachmentRefused:
    return AttachmentRefused(f"照片“{name}”已损坏，解不开；请重新拍摄，或用看图软件另存为 .jpg 再传。")


def _too_large(name: str) -> AttachmentRefused:
    most = MOST_PIXELS // 10_000
    return AttachmentRefused(f"照片“{name}”超过 {most} 万像素；请用看图软件缩小后再传。")


def _picture(image: Image.Image) -> Image.Image:
    """缩小、转正、化成三原色。先缩小：同一个方框，与转正不分先后，省内存。"""
    picture = image if image.format != "PNG" else _on_white(image)
    picture.thumbnail((LONG_SIDE, LONG_SIDE), reducing_gap=2.0)
    picture = _upright(picture).convert("RGB")
    picture.info = {}  # 编码器会把原图的批注抄过去
    return picture


def _on_white(image: Image.Image) -> Image.Image:
    """PNG 的各种底子：十六位灰度折成八位，透明处垫白；动图只取缺省的一帧。"""
    if image.mode.startswith("I"):
        picture = image.point(lambda value: value * (1 / 256)).convert("L")
    elif image.has_transparency_data:
        layers = image if image.mode == "RGBA" else image.convert("RGBA")
        picture = Image.new("RGB", image.size, "white")
        picture.paste(layers, mask=layers)
    else:
        picture = image if image.mode == "RGB" else image.convert("RGB")
    picture.info = image.info
    return picture


def _upright(picture: Image.Image) -> Image.Image:
    """按附带信息转正；附带信息读不通的照样收，只是不转。"""
    try:
        return ImageOps.exif_transpose(picture)
    except _BROKEN:
        return picture


def _written(picture: Image.Image, quality: int) -> bytes:
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=quality, optimize=True, progressive=True)
    return written.getvalue()

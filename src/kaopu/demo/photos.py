"""示例照片：由程序画出的工地，角上印“示例”二字；收下时与真照片走同一条路。"""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from kaopu.domain.attachments import Received
from kaopu.projects.attachments import receive

SIZE = (1600, 1200)
_SKY, _GROUND, _WALL, _FLOOR, _CRANE = "#b7cde3", "#8d7b63", "#9aa4ad", "#5e6872", "#d9a520"
# “示例”二字的点阵，三十二点一行
_MARK = (
    0x00001006, 0x3FFC1FE6, 0x3FFC37F6, 0x00003316, 0x000033D6, 0x7FFE77D6, 0x7FFEF6D6, 0x018076D6,
    0x11883FD6, 0x19983F96, 0x398C3196, 0x318C3196, 0x718E3306, 0x61863706, 0x0F80361E, 0x0700341C,
)  # fmt: skip


def photo(name: str, *, floors: int) -> Received:
    """一张示例照片：一座盖到 ``floors`` 层的楼和一台塔吊。"""
    width, height = SIZE
    ground = height * 4 // 5
    image = Image.new("RGB", SIZE, _SKY)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, ground, width, height), fill=_GROUND)
    for floor in range(floors):
        bottom = ground - floor * 90
        draw.rectangle((420, bottom - 90, 1120, bottom), fill=_WALL, outline=_FLOOR, width=8)
        for bay in range(5):
            draw.rectangle((460 + bay * 130, bottom - 70, 540 + bay * 130, bottom - 20), fill=_FLOOR)
    draw.rectangle((1250, 140, 1280, ground), fill=_CRANE)
    draw.rectangle((700, 140, 1500, 170), fill=_CRANE)
    draw.line((800, 170, 800, ground - floors * 90 - 60), fill=_FLOOR, width=5)
    _stamp(draw)
    written = io.BytesIO()
    image.save(written, "PNG")
    return receive(f"示例·{name}.png", written.getvalue())


def _stamp(draw: ImageDraw.ImageDraw) -> None:
    dot = 10
    for row, bits in enumerate(_MARK):
        for column in range(32):
            if bits >> (31 - column) & 1:
                left, top = 60 + column * dot, 60 + row * dot
                draw.rectangle((left, top, left + dot - 1, top + dot - 1), fill="#b3261e")

"""普陀区示意图：自绘轮廓、苏州河、主要道路与车站，只供定位项目，不作为划界依据（HANDBOOK §6.3、§8.3、§8.5）。

坐标为 WGS84 经纬度；画布上以区中心纬度的余弦压缩经度，使南北与东西同比例。
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LonLat = tuple[float, float]
XY = tuple[float, float]

WEST, EAST, SOUTH, NORTH = 121.3215, 121.4469, 31.2201, 31.3047
WIDTH, HEIGHT, MARGIN = 900.0, 672.0, 12.0

OUTLINE: tuple[LonLat, ...] = (
    (121.3215, 31.2900), (121.3290, 31.2990), (121.3420, 31.3047), (121.3545, 31.2990), (121.3680, 31.2940),
    (121.3745, 31.2860), (121.3880, 31.2830), (121.3995, 31.2825), (121.4080, 31.2770), (121.4120, 31.2712),
    (121.4225, 31.2725), (121.4330, 31.2700), (121.4405, 31.2645), (121.4430, 31.2570), (121.4469, 31.2500),
    (121.4452, 31.2453), (121.4440, 31.2400), (121.4350, 31.2378), (121.4268, 31.2385), (121.4235, 31.2352),
    (121.4222, 31.2318), (121.4190, 31.2290), (121.4120, 31.2262), (121.4030, 31.2240), (121.3960, 31.2201),
    (121.3870, 31.2218), (121.3790, 31.2235), (121.3700, 31.2262), (121.3620, 31.2310), (121.3565, 31.2370),
    (121.3555, 31.2450), (121.3605, 31.2530), (121.3620, 31.2600), (121.3550, 31.2672), (121.3440, 31.2715),
    (121.3330, 31.2765), (121.3255, 31.2830),
)  # fmt: skip
CREEK: tuple[LonLat, ...] = (
    (121.3565, 31.2270), (121.3650, 31.2262), (121.3790, 31.2220), (121.3880, 31.2205), (121.3960, 31.2190),
    (121.4035, 31.2230), (121.4120, 31.2250), (121.4195, 31.2280), (121.4228, 31.2318), (121.4198, 31.2365),
    (121.4203, 31.2408), (121.4255, 31.2440), (121.4252, 31.2488), (121.4285, 31.2520), (121.4340, 31.2535),
    (121.4382, 31.2506), (121.4415, 31.2520), (121.4452, 31.2453), (121.4469, 31.2425),
)  # fmt: skip
MIDDLE_RING: tuple[LonLat, ...] = (
    (121.3790, 31.2220), (121.3778, 31.2340), (121.3800, 31.2440), (121.3815, 31.2540), (121.3835, 31.2650),
    (121.3880, 31.2740), (121.3990, 31.2800), (121.4090, 31.2840),
)  # fmt: skip
WUNING_ROAD: tuple[LonLat, ...] = (
    (121.4268, 31.2365), (121.4200, 31.2395), (121.4083, 31.2450), (121.3940, 31.2500), (121.3815, 31.2540),
    (121.3680, 31.2570), (121.3560, 31.2590),
)  # fmt: skip
RAILWAY: tuple[LonLat, ...] = (
    (121.4469, 31.2555), (121.4330, 31.2585), (121.4180, 31.2615), (121.3968, 31.2645), (121.3780, 31.2685),
    (121.3600, 31.2745), (121.3440, 31.2800), (121.3330, 31.2860), (121.3235, 31.2920),
)  # fmt: skip
STREETS: tuple[tuple[str, LonLat], ...] = (
    ("曹杨新村街道", (121.4035, 31.2390)),
    ("长风新村街道", (121.3930, 31.2280)),
    ("长寿路街道", (121.4330, 31.2440)),
    ("甘泉路街道", (121.4200, 31.2650)),
    ("石泉路街道", (121.4130, 31.2560)),
    ("宜川路街道", (121.4330, 31.2590)),
    ("万里街道", (121.3950, 31.2720)),
    ("真如镇街道", (121.3940, 31.2580)),
    ("长征镇", (121.3720, 31.2380)),
    ("桃浦镇", (121.3500, 31.2860)),
)
STATIONS: tuple[tuple[str, LonLat], ...] = (
    ("上海西站", (121.39675, 31.26452)),
    ("真如", (121.40266, 31.25237)),
    ("长寿路", (121.43371, 31.24265)),
    ("江宁路", (121.43953, 31.24605)),
    ("曹杨路", (121.41297, 31.23979)),
    ("枫桥路", (121.40638, 31.24387)),
    ("隆德路", (121.41899, 31.23232)),
    ("铜川路", (121.39236, 31.25264)),
    ("真光路", (121.37937, 31.25519)),
    ("中宁路", (121.40825, 31.24791)),
    ("东新路", (121.41675, 31.24191)),
    ("金沙江路", (121.40835, 31.23376)),
    ("大渡河路", (121.39047, 31.23362)),
    ("真北路", (121.37764, 31.23406)),
    ("祁连山南路", (121.36293, 31.23932)),
    ("李子园", (121.38531, 31.27077)),
    ("祁连山路", (121.37129, 31.27340)),
    ("武威路", (121.36015, 31.27893)),
    ("桃浦新村", (121.34487, 31.28351)),
)
ROADS: tuple[tuple[str, Sequence[LonLat]], ...] = (
    ("creek", CREEK),
    ("ring", MIDDLE_RING),
    ("road", WUNING_ROAD),
    ("rail", RAILWAY),
)
# 线名写在图上的位置：名称、经纬度、旋转角度
LINE_LABELS: tuple[tuple[str, str, LonLat, int], ...] = (
    ("creek", "苏州河", (121.4072, 31.2228), -13),
    ("ring", "中环路", (121.3762, 31.2465), -80),
    ("road", "武宁路", (121.3690, 31.2577), 9),
    ("rail", "沪宁铁路", (121.3660, 31.2707), 22),
)

_PINCH = math.cos(math.radians((SOUTH + NORTH) / 2))
_SCALE = min((WIDTH - 2 * MARGIN) / ((EAST - WEST) * _PINCH), (HEIGHT - 2 * MARGIN) / (NORTH - SOUTH))
_LEFT = (WIDTH - (EAST - WEST) * _PINCH * _SCALE) / 2
_TOP = (HEIGHT - (NORTH - SOUTH) * _SCALE) / 2


def project(lon: float, lat: float) -> XY:
    """经纬度 → 画布坐标（像素，左上为原点）。"""
    return (lon - WEST) * _PINCH * _SCALE + _LEFT, (NORTH - lat) * _SCALE + _TOP


def on_canvas(lon: float, lat: float) -> bool:
    """是否画得进图：区界上的项目（如安远路桥）可略出轮廓（§8.5），出画布的另列。"""
    x, y = project(lon, lat)
    return MARGIN / 2 <= x <= WIDTH - MARGIN / 2 and MARGIN / 2 <= y <= HEIGHT - MARGIN / 2


def path(points: Iterable[LonLat], *, closed: bool = False) -> str:
    """一串经纬度 → SVG 路径。"""
    steps = " L".join(f"{x:.1f} {y:.1f}" for x, y in (project(*point) for point in points))
    return f"M{steps}{'Z' if closed else ''}"


@dataclass(frozen=True, kw_only=True)
class Box:
    """一处文字所占的框，``x``、``y`` 为中心。"""

    x: float
    y: float
    width: float
    height: float

    def covers(self, point: XY) -> bool:
        """是否压住一个点（点按半径 8 像素计）。"""
        return abs(point[0] - self.x) < self.width / 2 + 8 and abs(point[1] - self.y) < self.height / 2 + 8

    def meets(self, other: Box) -> bool:
        """是否与另一框相交。"""
        apart = abs(other.x - self.x), abs(other.y - self.y)
        return apart[0] < (self.width + other.width) / 2 and apart[1] < (self.height + other.height) / 2


@dataclass(frozen=True, kw_only=True)
class BaseMap:
    """底图：轮廓、线、线名与车站，均已换算为画布坐标；街镇名随项目避让，另算。"""

    outline: str
    lines: tuple[tuple[str, str], ...]
    line_labels: tuple[tuple[str, str, float, float, int], ...]
    stations: tuple[tuple[str, float, float], ...]


def base_map() -> BaseMap:
    """画好的底图；内容不变，程序起来时算一次。"""
    return BaseMap(
        outline=path(OUTLINE, closed=True),
        lines=tuple((kind, path(points)) for kind, points in ROADS),
        line_labels=tuple((kind, name, *project(*at), angle) for kind, name, at, angle in LINE_LABELS),
        stations=tuple((name, *project(*at)) for name, at in STATIONS),
    )


SPREAD_AT_MOST = 400


def spread(points: Sequence[XY], *, apart: float = 15.0) -> list[XY]:
    """把挤在一处的点错开：依次落点，离已落的点不足 ``apart`` 像素的，沿螺旋向外找最近的空位。结果只取决于次序。

    多于 ``SPREAD_AT_MOST`` 个时图上已没有空位可挪，原样落点。
    """
    if len(points) > SPREAD_AT_MOST:
        return list(points)
    placed: list[XY] = []
    for x, y in points:
        spot = next(
            candidate for candidate in _spiral(x, y, apart)
            if all(math.hypot(candidate[0] - px, candidate[1] - py) >= apart for px, py in placed)
        )  # fmt: skip
        placed.append(spot)
    return placed


def _spiral(x: float, y: float, step: float) -> Iterable[XY]:
    yield x, y
    ring = 1
    while True:
        count = 6 * ring
        for index in range(count):
            angle = 2 * math.pi * index / count
            spot = x + ring * step * math.cos(angle), y + ring * step * math.sin(angle)
            if 8 <= spot[0] <= WIDTH - 8 and 8 <= spot[1] <= HEIGHT - 8:
                yield spot
        ring += 1


def clear_label(name: str, at: XY, obstacles: Sequence[XY], boxes: Sequence[Box]) -> Box:
    """地名写在哪里：就近挪动，挑压住的点与字最少的一处；地名中心本是约数（±800 m，§8.3）。"""
    width, height = 14.0 * len(name) + 4, 17.0

    def box(dx: float, dy: float) -> Box:
        return Box(x=at[0] + dx, y=at[1] + dy, width=width, height=height)

    def cost(found: Box) -> float:
        hits = sum(found.covers(point) for point in obstacles) + 3 * sum(
            found.meets(other) for other in boxes
        )
        return hits + math.hypot(found.x - at[0], found.y - at[1]) / 60

    return min((box(dx, dy) for dy in range(-54, 55, 9) for dx in range(-50, 51, 25)), key=cost)


def contains(lon: float, lat: float) -> bool:
    """点是否在示意轮廓之内（射线法）。"""
    inside = False
    previous = OUTLINE[-1]
    for current in OUTLINE:
        (x1, y1), (x2, y2) = previous, current
        if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
            inside = not inside
        previous = current
    return inside

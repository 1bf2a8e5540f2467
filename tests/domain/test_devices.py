"""设备的写法：认得出的写明，认不出的不猜。"""

import pytest

from kaopu.domain.devices import device_name

WINDOWS = "Mozilla/5.0 (Windows NT 6.1; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (f"{WINDOWS} Chrome/109.0.0.0 Safari/537.36", "Chrome 109（Windows）"),
        (f"{WINDOWS} Chrome/119.0.0.0 Safari/537.36 Edg/119.0.0.0", "Edge 119（Windows）"),
        ("Mozilla/5.0 (Linux; Android 12; HarmonyOS) Chrome/99.0 Mobile Safari/537.36", "Chrome 99（鸿蒙）"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 16_0 like Mac OS X) Version/16.0 Safari/604.1",
            "Safari 16（苹果手机或平板）",
        ),
        ("kaopu-client/1", "未识别的设备"),
        ("", "未识别的设备"),
    ],
)
def test_a_device_is_named_or_said_to_be_unknown(agent, said):
    assert device_name(agent) == said

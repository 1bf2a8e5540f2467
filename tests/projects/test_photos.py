"""照片重新编码：附带信息一概不留，转正、缩小；炸弹、坏图、各种底子都有交代。"""

from __future__ import annotations

import io
import random
import struct
import zlib
from typing import Any

import pytest
from PIL import Image, ImageDraw, PngImagePlugin

from kaopu.domain.attachments import AttachmentRefused
from kaopu.projects.photos import LONG_SIDE, PREVIEW_SIDE, reencode
from tests.uploads import docx, picture


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def photo(content: bytes) -> Image.Image:
    return opened(reencode("a.jpg", content)[0])


def near(colour: Any, wanted: tuple[int, int, int]) -> bool:
    return all(abs(one - other) < 12 for one, other in zip(colour, wanted, strict=True))


def with_exif(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SecretPhone"
    exif.get_ifd(0x8825)[2] = (31.0, 14.0, 5.0)  # 纬度
    image = Image.new("RGB", (400, 200), "blue")
    ImageDraw.Draw(image).rectangle((0, 0, 199, 199), fill="red")
    written = io.BytesIO()
    image.save(written, "JPEG", exif=exif, comment=b"SecretComment", xmp=b"<x>SecretPlace</x>")
    return written.getvalue()


def test_where_and_with_what_it_was_taken_is_gone() -> None:
    original = with_exif()
    assert b"Secret" in original and opened(original).getexif().get_ifd(0x8825)

    for content in reencode("a.jpg", original):
        image = opened(content)
        assert not image.getexif() and b"Secret" not in content and b"Exif" not in content
        assert image.format == "JPEG" and not {"exif", "comment", "xmp", "icc_profile"} & set(image.info)


def test_text_chunks_of_a_png_are_gone() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("GPS", "SecretPlace", zip=False)

    assert b"SecretPlace" not in reencode("a.png", picture(format="PNG", pnginfo=text))[0]


@pytest.mark.parametrize(
    ("orientation", "left", "size"), [(1, "red", (400, 200)), (3, "blue", (400, 200)), (6, "red", (200, 400))]
)
def test_it_stands_upright(orientation: int, left: str, size: tuple[int, int]) -> None:
    image = photo(with_exif(orientation))
    wanted = (255, 0, 0) if left == "red" else (0, 0, 255)

    assert image.size == size
    assert near(image.getpixel((20, 20)), wanted)


def test_unreadable_particulars_do_not_cost_the_photo() -> None:
    broken = with_exif().replace(b"Exif\0\0", b"Exif\0\0\xff\xff\xff\xff\xff\xff\xff\xff", 1)

    assert photo(broken).size == (400, 200)


def test_a_large_photo_is_reduced_and_a_preview_made() -> None:
    large, preview = reencode("a.jpg", picture((6000, 3000)))

    assert opened(large).size == (LONG_SIDE, LONG_SIDE // 2)
    assert opened(preview).size == (PREVIEW_SIDE, PREVIEW_SIDE // 2)


def test_a_small_photo_is_not_enlarged() -> None:
    assert photo(picture((40, 30))).size == (40, 30)


def png_claiming(width: int, height: int) -> bytes:
    """文件头申报的大小，画面几乎没有。"""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("size", [(8000, 5001), (13000, 13000), (30000, 30000)])
def test_more_than_forty_million_pixels_are_refused_before_decoding(size: tuple[int, int]) -> None:
    with pytest.raises(AttachmentRefused, match="超过 4000 万像素；请"):
        reencode("a.png", png_claiming(*size))


def test_exactly_forty_million_pixels_are_tried() -> None:
    with pytest.raises(AttachmentRefused, match="已损坏，解不开；请"):
        reencode("a.png", png_claiming(8000, 5000))


@pytest.mark.parametrize(
    ("content", "colour"),
    [
        (picture(mode="CMYK", colour=(0, 255, 255, 0)), (255, 0, 0)),
        (picture(mode="L", colour=128), (128, 128, 128)),
        (picture(format="PNG", mode="I;16", colour=40000), (156, 156, 156)),
        (picture(format="PNG", mode="1", colour=1), (255, 255, 255)),
        (picture(format="PNG", mode="P", colour=0), (0, 0, 0)),
        (picture(format="PNG", mode="LA", colour=(0, 0)), (255, 255, 255)),
        (picture(format="PNG", mode="RGBA", colour=(255, 0, 0, 255)), (255, 0, 0)),
        (picture(format="PNG", mode="RGBA", colour=(255, 0, 0, 0)), (255, 255, 255)),
        (picture(format="PNG", mode="P", colour=0, transparency=0), (255, 255, 255)),
    ],
)
def test_every_ground_becomes_plain_colour(content: bytes, colour: tuple[int, int, int]) -> None:
    image = photo(content)

    assert image.mode == "RGB" and near(image.getpixel((5, 5)), colour)


def test_of_a_moving_png_the_first_frame_is_kept() -> None:
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue", "green")]
    written = io.BytesIO()
    frames[0].save(written, "PNG", save_all=True, append_images=frames[1:])

    image = photo(written.getvalue())

    assert near(image.getpixel((5, 5)), (255, 0, 0)) and getattr(image, "n_frames", 1) == 1


def test_a_jpeg_of_a_thousand_scans_is_refused_before_decoding() -> None:
    content = picture((3000, 2000), progressive=True)
    scan = content[content.rfind(b"\xff\xda") : -2]
    assert photo(content[:-2] + scan * 50 + b"\xff\xd9").size == (2560, 1707)

    with pytest.raises(AttachmentRefused, match="已损坏，解不开；请"):
        reencode("a.jpg", content[:-2] + scan * 1000 + b"\xff\xd9")


def test_of_a_jpeg_with_several_pictures_the_first_is_kept() -> None:
    red, blue = (Image.new("RGB", (40, 30), colour) for colour in ("red", "blue"))
    written = io.BytesIO()
    red.save(written, "MPO", save_all=True, append_images=[blue])

    image = photo(written.getvalue())
    assert near(image.getpixel((5, 5)), (255, 0, 0)) and image.format == "JPEG"


def test_what_was_hidden_behind_the_picture_is_gone() -> None:
    hidden = docx(**{"evil.js": b"alert(1)"})

    assert b"PK\x03\x04" not in reencode("a.jpg", picture() + hidden)[0]


def test_broken_pictures_are_refused_and_never_raise_anything_else() -> None:
    rng = random.Random(11)
    gradient = Image.linear_gradient("L").resize((64, 48)).convert("RGB")
    outcomes: set[str] = set()
    for kind in ("JPEG", "PNG"):
        written = io.BytesIO()
        gradient.save(written, kind, exif=with_exif_bytes())
        for _ in range(150):
            data = bytearray(written.getvalue())
            for _ in range(rng.randint(1, 12)):
                data[rng.randrange(8, len(data))] = rng.randrange(256)
            if rng.random() < 0.3:
                del data[rng.randrange(8, len(data)) :]
            try:
                reencode("a.jpg", bytes(data))
                outcomes.add("taken")
            except AttachmentRefused as refusal:
                assert str(refusal).endswith("。") and "请" in str(refusal)
                outcomes.add("refused")

    assert outcomes == {"taken", "refused"}


def with_exif_bytes() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif.tobytes()

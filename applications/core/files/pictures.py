"""Pictures: decoded to the last line, within a bound of pixels, a single frame."""

from __future__ import annotations

from typing import BinaryIO

from PIL import Image

from applications.core.faults import N_
from applications.core.files.kinds import DAMAGED, BadFile, FileKind

MOST_PIXELS = 50_000_000
MOST_SIDE = 30_000
FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}
TOO_MANY_PIXELS = N_("图片有 {width}×{height} 像素，超过上限（{most} 万像素），请缩小后上传。")
MOVING = N_("不能上传动态图片，请保存为一张静止的图片后上传。")


def check(stream: BinaryIO, kind: FileKind) -> None:
    """Decode the whole picture; whatever a decoder stumbles over is a damaged file."""
    try:
        with _opened(stream, kind) as image:
            width, height = image.size
            if width * height > MOST_PIXELS or max(width, height) > MOST_SIDE:
                raise BadFile(TOO_MANY_PIXELS, width=width, height=height, most=MOST_PIXELS // 10_000)
            # Phones put a second picture (a preview, a depth map) behind a JPEG; that is not a moving picture.
            if kind.extension != "jpg" and getattr(image, "n_frames", 1) > 1:
                raise BadFile(MOVING)
            image.verify()
        with _opened(stream, kind) as image:
            image.draft("RGB", (max(width // 8, 1), max(height // 8, 1)))  # JPEG: an eighth of the memory
            image.load()
    except BadFile:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BadFile(TOO_MANY_PIXELS, width="?", height="?", most=MOST_PIXELS // 10_000) from None
    except Exception:  # decoders raise whatever comes to hand on hostile bytes
        raise BadFile(DAMAGED) from None


def _opened(stream: BinaryIO, kind: FileKind) -> Image.Image:
    stream.seek(0)
    return Image.open(stream, formats=[FORMATS[kind.extension]])

"""Pages of a PDF and photographs as WebP pictures of a bounded size."""

from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image, ImageOps

WIDE, HIGH = 1600, 2400  # pixels of a page: sharp at the second step of the zoom, some 150 KB
SMALL = 320
LARGEST_SCALE = 4.0
MOST_PAGES = 500
QUALITY = 80
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
Image.MAX_IMAGE_PIXELS = 60_000_000


def save(image: Image.Image, path: Path, wide: int = WIDE, high: int = HIGH) -> None:
    """Save a picture no larger than the bounds, without anything but its pixels."""
    shown = image if image.mode in ("RGB", "L") else image.convert("RGB")
    if shown.width > wide or shown.height > high:
        shown = shown.copy()
        shown.thumbnail((wide, high))
    shown.save(path, "WEBP", quality=QUALITY, method=2)


def picture(source: Path, folder: Path) -> dict[str, Any]:
    """Write a photo upright as page 1 and its thumbnail as page 0; place and camera stay behind."""
    with Image.open(source, formats=FORMATS) as image:
        image.draft("RGB", (WIDE, HIGH))
        upright = flat(ImageOps.exif_transpose(image))
    save(upright, folder / "p1.webp")
    save(upright, folder / "p0.webp", SMALL, SMALL)
    return {"form": "pages", "count": 1}


def flat(image: Image.Image) -> Image.Image:
    """Return a picture on white: what is transparent would be black in print."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        ground = Image.new("RGB", layer.size, "white")
        ground.paste(layer, mask=layer.getchannel("A"))
        return ground
    return image.convert("RGB")


def document(source: Path, folder: Path, first: int, last: int) -> dict[str, Any]:
    """Write the pages ``first`` to ``last`` of a PDF, with the first one a thumbnail as page 0."""
    pdf = pypdfium2.PdfDocument(source)
    count = len(pdf)
    if not count:
        raise ValueError("no page")
    for place in range(first, min(last, count, MOST_PAGES) + 1):
        page = pdf[place - 1]
        width, height = page.get_size()
        scale = min(WIDE / max(width, 1), HIGH / max(height, 1), LARGEST_SCALE)
        image = page.render(scale=scale, draw_annots=True).to_pil()
        save(image, folder / f"p{place}.webp")
        if place == 1:
            save(image, folder / "p0.webp", SMALL, SMALL)
        page.close()
    return {"form": "pages", "count": min(count, MOST_PAGES), "whole": count}

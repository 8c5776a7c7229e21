"""Hostile and broken files, made here: (name, content, a word of the refusal)."""

import io
import struct
import zipfile
import zlib

from PIL import Image

from tests.papers import MAINS, office, pdf, picture

SCRIPT, EMBED, LOCK, DAMAGED, MACRO, BOMB = "脚本", "嵌有", "密码", "损坏", "宏", "大得不合常理"


def packed(
    body: bytes, extra: bytes = b"", filters: bytes = b"/Filter/FlateDecode", raw: bool = False
) -> bytes:
    """A compressed object stream among the objects of a PDF."""
    data = body if raw else zlib.compress(body)
    head = b"4 0 obj<</Type/ObjStm/N 1/First 4" + filters + extra + b"/Length %d>>stream\n" % len(data)
    return head + data + b"\nendstream endobj\n"


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def huge_png(width: int, height: int) -> bytes:
    """A PNG that claims to be enormous and is a few bytes long."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def zipped(**entries: bytes) -> bytes:
    """A zip of anything."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def relation(mode: str, kind: str, target: str) -> bytes:
    """The relations of a document with one target."""
    return f'<Relationships><Relationship TargetMode="{mode}" Type="http://x/{kind}" Target="{target}"/></Relationships>'.encode()


MACRO_TYPES = (
    b'<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'
)


def linked(kind: str, target: str) -> bytes:
    """A document that fetches something from elsewhere."""
    return office(**{"word___rels__document.xml.rels": relation("External", kind, target)})


def encrypted_zip() -> bytes:
    """An office file whose first entry says that it is encrypted."""
    raw = bytearray(office())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = raw.find(signature)
        raw[place + offset] |= 1
    return bytes(raw)


def named_entry(name: str) -> bytes:
    """An office file with an entry of this name."""
    out = io.BytesIO(office())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, b"x")
    return out.getvalue()


def broken_checksum() -> bytes:
    """An office file of which one stored byte was changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in ("[Content_Types].xml", MAINS["docx"], "word/media/image1.png"):
            archive.writestr(name, b"<a>text</a>")
    raw = bytearray(out.getvalue())
    raw[raw.rfind(b"<a>text") + 4] ^= 1
    return bytes(raw)


def moving(kind: str) -> bytes:
    """A picture of two frames."""
    out = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(out, kind, save_all=True, append_images=frames[1:])
    return out.getvalue()


def field(words: str, tag: str = "instrText") -> bytes:
    """A Word text with a field, its words cut into runs of three letters as Word itself does."""
    runs = "".join(f"<w:{tag}>{words[at : at + 3]}</w:{tag}>" for at in range(0, len(words), 3))
    begin, end = (f'<w:fldChar w:fldCharType="{kind}"/>' for kind in ("begin", "end"))
    text = f'<w:document xmlns:w="http://x">{begin}{runs}{end}</w:document>'
    return office(word__document=b"x", **{"word__document.xml": text.encode()})


def workbook(part: str, xml: bytes) -> bytes:
    """A workbook with one more part."""
    return office("xlsx", **{part: xml})


def many_frames(count: int) -> bytes:
    """A moving picture of so many frames of one dot."""
    out = io.BytesIO()
    frames = [Image.new("P", (1, 1), place % 255) for place in range(count)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    return out.getvalue()


def wordy_png() -> bytes:
    """A picture of one dot with fifty megabytes of text packed into it."""
    text = chunk(b"zTXt", b"a\0\0" + zlib.compress(b"x" * 50_000_000))
    head = 33  # signature and first chunk
    return huge_png(1, 1)[:head] + text + huge_png(1, 1)[head:]


def heif(brand: bytes) -> bytes:
    """The beginning of a phone's photo or film."""
    return b"\0\0\0\x18ftyp" + brand + b"\0" * 60


def polyglots() -> list[tuple[str, bytes, str]]:
    """What is two things at once, depending on who reads it."""
    return [
        ("a.pdf", pdf() + zipped(a=b"x" * 900), "末尾藏有"),
        ("a.jpg", picture() + office(), "末尾藏有"),
        ("a.png", picture(kind="PNG") + zipped(a=b"x"), "末尾藏有"),
        ("a.webp", picture(kind="WEBP") + zipped(a=b"x"), "末尾藏有"),
        ("a.pdf", b"GIF89a" + pdf(), "GIF"),
        ("a.docx", b"MZ" + office(), "程序"),
        ("a.docx", b"<html>" + office(), "网页"),
        ("a.txt", b"%PDF-1.7 x", DAMAGED),
        ("a.pdf", pdf() + b"\0" * 3000, DAMAGED),
        ("a.txt", b"<?php system($_GET[0]);", "网页"),
        ("a.txt", b"  \n <!DOCTYPE html><script>", "网页"),
        ("a.txt", "\ufeff<svg onload=alert(1)>".encode("utf-16"), "文本"),
        ("a.txt", b"red \x1b[2J gone", "文本"),
        ("a.docx", b"plain words", "不符"),
        ("a.pdf", b"plain words", "不符"),
        ("a.jpg", b"\0\0\0\x0cjP  \r\n\x87\n" + b"\0" * 60, "不符"),
    ]


def outside() -> list[tuple[str, bytes, str]]:
    """Office files that ask another program or another place, by fields, links and parts of parts."""
    away = relation("External", "attachedTemplate", "http://x/t.dotm")
    dde = b'<externalLink><ddeLink ddeService="cmd" ddeTopic="/C calc"/></externalLink>'
    data = b'<connections><connection><dbPr connection="Provider=x"/></connection></connections>'
    web = b'<x:connections xmlns:x="u"><x:connection><x:webPr url="http://x"/></x:connection></x:connections>'
    simple = b'<w:document xmlns:w="http://x"><w:fldSimple w:instr=" DDE excel x"/></w:document>'
    return [
        ("a.docx", field(' DDEAUTO c:\\windows\\cmd.exe "/k calc"'), "外部"),
        ("a.docx", field('"ddeauto" cmd'), "外部"),
        ("a.docx", field(' INCLUDEPICTURE "http://x/p.png" \\d'), "外部"),
        ("a.docx", field(' INCLUDETEXT "\\\\host\\share\\x"'), "外部"),
        ("a.docx", office(**{"word__document.xml": simple}), "外部"),
        ("a.docx", office(**{"word__header1.xml": simple}), "外部"),
        ("a.xlsx", workbook("xl__externalLinks__externalLink1.xml", dde), "cmd /C calc"),
        ("a.xlsx", workbook("xl__connections.xml", data), "外部"),
        ("a.xlsx", workbook("xl__connections.xml", web), "外部"),
        ("a.xlsx", workbook("customXml__item1.xml", b"<DataMashup>AAAA</DataMashup>"), "外部"),
        ("a.docx", office(**{"word___rels__document.xml.RELS": away}), "外部"),
        (
            "a.docx",
            office(**{"word___rels__document.xml.rels": away.replace(b"External", b"external")}),
            "外部",
        ),
        ("a.docx", office(**{"word__embeddings__x.docm": office()}), "程序"),
        ("a.docx", office(**{"word__afchunk.mht": b"MIME-Version: 1.0"}), "程序"),
        ("a.docx", office(**{"word__embeddings__x.xlsx": office("xlsx", xl__vbaProject=b"x")}), MACRO),
        ("a.pptx", office("pptx", **{"ppt__embeddings__x.docx": field(" DDEAUTO cmd")}), "外部"),
        (
            "a.docx",
            office(**{"word__embeddings__a.docx": office(word__b=b"x", **{"c.docx": office()})}),
            "程序",
        ),
        ("a.docx", office(**{"word__embeddings__a.docx": b"no zip"}), DAMAGED),
        ("a.pdf", pdf(catalog=b"/OpenAction<</S/GoToR/F(\\\\host\\share)>>"), SCRIPT),
    ]


def brought_along() -> list[tuple[str, bytes, str]]:
    """What clerks bring from phones and other office programs: each told what to do instead."""
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    opened = {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"}
    return [
        *((f"IMG_1.{name}", heif(brand), "HEIC") for name, brand in (("HEIC", b"heic"), ("heif", b"mif1"))),
        *(("IMG_2.jpg", heif(brand), "HEIC") for brand in (b"hevc", b"heis", b"heix", b"hevx", b"avif")),
        ("片.mov", heif(b"qt  "), "视频"),
        ("表.et", old, "WPS"),
        ("文.wps", old, "WPS"),
        ("文.wps", office(), "另存为 docx"),
        ("表.et", office("xlsx"), "另存为 docx"),
        ("文.ofd", zipped(**{"OFD.xml": b"<a/>", "Doc_0__Document.xml": b"<a/>"}), "OFD"),
        ("文.odt", zipped(**opened), "OpenDocument"),
        ("表.xlsb", zipped(**{"[Content_Types].xml": b"<a/>", "xl__workbook.bin": b"x"}), "xlsb"),
        ("动.gif", many_frames(10_000), "GIF"),
        ("图.png", wordy_png(), DAMAGED),
        ("图.webp", picture(kind="WEBP")[:-10], DAMAGED),
        ("图.jpg", b"\xff\xd8\xff\xe0", DAMAGED),
        ("包.apk", zipped(**{"AndroidManifest.xml": b"x"}), "压缩包"),
        ("邮件.eml", b"From: a@b\r\nSubject: x", "扩展名"),
        ("快捷.lnk", b"L\0\0\0\x01\x14\x02\0" + b"\0" * 60, "扩展名"),
        ("图.dwg", b"AC1032" + b"\0" * 60, "扩展名"),
    ]


def pdfs() -> list[tuple[str, bytes, str]]:
    """PDFs that do something, hide something or are cut off."""
    good = pdf()
    return [
        ("a.pdf", pdf(catalog=b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"), SCRIPT),
        ("a.pdf", pdf(catalog=b"/OpenAction<</S/Java#53cript/JS(1)>>"), SCRIPT),
        ("a.pdf", pdf(catalog=b"/OpenAction<</S/#4aavaScript/JS(1)>>"), SCRIPT),
        ("a.pdf", pdf(catalog=b"/Names<</JavaScript 9 0 R>>"), SCRIPT),
        ("a.pdf", pdf(catalog=b"/OpenAction<</S/Launch/F(cmd.exe)>>"), SCRIPT),
        ("a.pdf", pdf(catalog=b"/OpenAction<</S/SubmitForm/F(http://x)>>"), SCRIPT),
        ("a.pdf", pdf(catalog=b"/OpenAction<</S/ImportData/F(x)>>"), SCRIPT),
        ("a.pdf", pdf(catalog=b"/AA<</O<</S/Rendition/JS(1)>>>>"), SCRIPT),
        ("a.pdf", pdf(extra=b"4 0 obj<</Type/Annot/Subtype/RichMedia>>endobj\n"), SCRIPT),
        ("a.pdf", pdf(extra=b"4 0 obj<</Type/EmbeddedFile>>endobj\n"), EMBED),
        ("a.pdf", pdf(catalog=b"/Names<</EmbeddedFiles 9 0 R>>"), EMBED),
        ("a.pdf", pdf(extra=packed(b"5 0 <</S/JavaScript/JS(1)>>")), SCRIPT),
        ("a.pdf", pdf(extra=packed(b"5 0 <</JS 6 0 R/S 7 0 R>>")), SCRIPT),
        ("a.pdf", pdf(extra=packed(b"5 0 <</S/Launch/F(x)>>")), SCRIPT),
        (
            "a.pdf",
            pdf(extra=packed(b"5 0 <</S/JavaScript>>", b"/Subtype/Image").replace(b"/Type/ObjStm", b"")),
            SCRIPT,
        ),
        (
            "a.pdf",
            pdf(extra=packed(b"789c", filters=b"/Filter[/ASCIIHexDecode/FlateDecode]", raw=True)),
            "压缩方式",
        ),
        ("a.pdf", pdf(extra=packed(b"1 0 " + b" " * 70_000_000)), BOMB),
        ("a.pdf", good.replace(b"trailer<<", b"trailer<</Encrypt 8 0 R"), LOCK),
        ("a.pdf", good[: len(good) // 2], DAMAGED),
        ("a.pdf", good.replace(b"%%EOF", b""), DAMAGED),
        ("a.pdf", b"%PDF-9.9 nothing", DAMAGED),
        ("a.pdf", good.replace(b"/Type/Page/", b"/Type/Nope/"), "没有页面"),
    ]


def offices() -> list[tuple[str, bytes, str]]:
    """Office files with macros, programs, foreign content, bombs; and zips that are none."""
    entity = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    return [
        ("a.docx", office(word__vbaProject=b"x"), MACRO),
        ("a.docm", office(word__vbaProject=b"x"), MACRO),
        ("a.xlsx", office("xlsx", xl__macrosheets__sheet1=b"x"), MACRO),
        ("a.xlsx", office("xlsx", xl__activeX__activeX1=b"x"), MACRO),
        ("a.docx", named_entry("word/embeddings/oleObject1.bin"), "程序"),
        ("a.docx", named_entry("word/media/setup.exe"), "程序"),
        ("a.pptx", office("pptx", **{"ppt__x.js": b"alert(1)"}), "程序"),
        ("a.docx", linked("attachedTemplate", "http://x/t.dotm"), "外部"),
        ("a.docx", linked("oleObject", "file:///c:/x"), "外部"),
        ("a.docx", linked("image", "http://x/pixel.png"), "外部"),
        ("a.docx", office(**{"[Content_Types].xml": MACRO_TYPES}), MACRO),
        ("a.docx", office(**{"word__document.xml": entity}), DAMAGED),
        ("a.docx", office(**{"word__document.xml": entity.decode().encode("utf-16")}), DAMAGED),
        ("a.docx", office(**{"word__document.xml": b"<a><b></a>"}), DAMAGED),
        ("a.docx", office(**{"word__media__blank.bmp": b"\0" * 80_000_000}), BOMB),
    ]


def zips() -> list[tuple[str, bytes, str]]:
    """Zips that climb, double, lie or break; and zips and containers that are no office file."""
    two = {"[Content_Types].xml": b"<a/>", "word__document.xml": b"<a/>", "xl__workbook.xml": b"<a/>"}
    return [
        ("a.docx", named_entry("../../etc/passwd"), DAMAGED),
        ("a.docx", named_entry("/etc/passwd"), DAMAGED),
        ("a.docx", named_entry("c:\\windows\\x"), DAMAGED),
        ("a.docx", named_entry("Word/Document.xml"), DAMAGED),
        ("a.docx", broken_checksum(), DAMAGED),
        ("a.docx", encrypted_zip(), LOCK),
        ("a.docx", office()[:-40], DAMAGED),
        ("a.docx", zipped(a=b"x"), "压缩包"),
        ("a.zip", zipped(**{"photo.jpg": picture()}), "压缩包"),
        ("a.docx", zipped(**two), "压缩包"),
        ("a.jar", zipped(**{"META-INF__MANIFEST.MF": b"x"}), "压缩包"),
        ("a.xlsx", b"PK\x05\x06" + b"\0" * 18, "压缩包"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧版"),
    ]


def others() -> list[tuple[str, bytes, str]]:
    """Pictures that are none or too much, programs, pages, media, and what pretends to be something else."""
    jpeg, png = picture(), picture(kind="PNG")
    return [
        ("空.pdf", b"", "空的"),
        ("a.jpg", jpeg[: len(jpeg) // 2], DAMAGED),
        ("a.png", png[:-30], DAMAGED),
        ("a.png", png[:40] + b"\xff" * 20 + png[60:], DAMAGED),
        ("a.png", huge_png(60_000, 60_000), "像素"),
        ("a.png", huge_png(8_000, 8_000), "像素"),
        ("a.png", huge_png(40_000, 10), "像素"),
        ("a.webp", moving("WEBP"), "动态"),
        ("a.png", moving("PNG"), "动态"),
        ("a.gif", b"GIF89a" + b"\0" * 30, "GIF"),
        ("a.bmp", b"BM" + b"\0" * 60, "BMP"),
        ("a.tif", b"II*\0" + b"\0" * 60, "TIFF"),
        ("a.heic", b"\0\0\0\x18ftypheic" + b"\0" * 60, "HEIC"),
        ("a.mp4", b"\0\0\0\x18ftypisom" + b"\0" * 60, "视频"),
        ("a.mp3", b"ID3\x03" + b"\0" * 60, "视频"),
        ("a.exe", b"MZ\x90\0" + b"\0" * 60, "程序"),
        ("a.pdf", b"MZ\x90\0" + b"\0" * 60, "程序"),
        ("a.jpg", b"\x7fELF" + b"\0" * 60, "程序"),
        ("a.txt", b"#!/bin/sh\nrm -rf /\n", "程序"),
        ("a.html", b"<html><script>alert(1)</script></html>", "网页"),
        ("a.jpg", b"<svg xmlns='x' onload='alert(1)'/>", "网页"),
        ("a.svg", b"<?xml version='1.0'?><svg/>", "网页"),
        ("a.txt", b"\xef\xbb\xbf<script>alert(1)</script>", "网页"),
        ("a.js", b"alert(1)", "扩展名"),
        ("a.csv", b"=cmd|' /C calc'!A0,1", "扩展名"),
        ("a.php", jpeg, "扩展名"),
        ("报告.pdf.exe", pdf(), "扩展名"),
        ("a.rar", b"Rar!\x1a\x07\0" + b"\0" * 60, "压缩包"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c" + b"\0" * 60, "压缩包"),
        ("a.gz", b"\x1f\x8b\x08" + b"\0" * 60, "压缩包"),
        ("a.txt", b"abc\0def", "文本"),
        ("a.txt", b"\xff\xfe\x00", "文本"),
        ("a.txt", b" \n\t\n", "没有文字"),
        ("a.rtf", b"{\\rtf1 x}", "Office"),
        ("noname", b"just text", "类型"),
    ]


def everything() -> list[tuple[str, bytes, str]]:
    """All of them."""
    return [*pdfs(), *offices(), *zips(), *others(), *polyglots(), *outside(), *brought_along()]

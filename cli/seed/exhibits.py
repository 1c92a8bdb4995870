"""What is handed in with Harbor's seeded cases: small files that can be opened, made here and nobody's."""

from __future__ import annotations

import zlib
from struct import pack


def exhibit(kind: str, number: int) -> tuple[str, str, bytes]:
    """Name, media type and content; ``kind`` is ``picture``, ``bill`` or ``log``, and each ``number`` has its own."""
    match kind:
        case "picture":
            return f"IMG_{1000 + number % 9000}.png", "image/png", picture(number)
        case "bill":
            return f"bill-{number % 10_000:04d}.pdf", "application/pdf", bill(number)
        case _:
            moments = ((day, hour) for day in range(10, 18) for hour in (8, 13, 16, 18, 21))
            lines = (
                f"2026-11-{day} {hour:02d}:{number // day % 60:02d} {_entry(number // (day * hour))}\n" for day, hour in moments
            )
            return "front-door.log", "text/plain", "".join(lines).encode()


def _entry(number: int) -> str:
    return "front door: " + ("code typed in, opened", "wrong code", "closed", "battery at 80 %")[number % 4]


def picture(number: int, width: int = 720, height: int = 480) -> bytes:
    """A photograph of sorts, as PNG: a room with a window at dusk, a floor, and a stain on the wall."""
    warm, dusk = 150 + number % 60, 90 + (number >> 6) % 70
    left, top = 60 + number % (width // 3), 60 + (number >> 4) % (height // 5)
    stain_x, stain_y, size = width * 2 // 3 + number % 120, height // 3 + (number >> 9) % 80, 40 + number % 50
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        floor = y > height * 3 // 4
        line = bytearray()
        for x in range(width):
            light = 18 * (abs(x - width // 2) * 2) // width + y // 24
            if floor:
                colour = (112 - light, 84 - light, 62 - light) if (x + y) // 48 % 2 else (104 - light, 78 - light, 58 - light)
            elif left < x < left + 190 and top < y < top + 170:
                frame = (x - left) % 95 < 5 or (y - top) % 85 < 5
                colour = (238, 236, 230) if frame else (dusk // 2, dusk * 2 // 3, min(255, dusk + (y - top) // 2))
            else:
                colour = (warm + 40 - light, warm + 32 - light, warm + 18 - light)
                off = (x - stain_x) ** 2 + 2 * (y - stain_y) ** 2
                if off < size * size:
                    deep = 46 - 40 * off // (size * size)
                    colour = (colour[0] - deep, colour[1] - deep, colour[2] - deep - 8)
            line += bytes(max(0, min(255, part)) for part in colour)
        rows += line

    def chunk(name: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + name + data + pack(">I", zlib.crc32(name + data))

    head = pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(rows))) + chunk(b"IEND", b"")


def bill(number: int) -> bytes:
    """A page of a bill, as PDF with its text in it."""
    nights, price = 1 + number % 5, 60 + number % 90
    lines = (
        "Hotel Bellevue", f"Bill no. {number % 10_000:04d}", "", f"{nights} night(s), one room, at {price}.00",
        f"City tax {nights}.50", f"Total {nights * price + nights}.50", "", "Paid by card on arrival. Thank you.",
    )  # fmt: skip
    text = "".join(f"({line}) Tj T*\n" for line in lines)
    drawn = f"BT /F1 13 Tf 60 760 Td 20 TL\n{text}ET".encode("ascii")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    page, places = bytearray(b"%PDF-1.4\n"), []
    for place, content in enumerate(objects, 1):
        places.append(len(page))
        page += b"%d 0 obj\n%b\nendobj\n" % (place, content)
    table = b"".join(b"%010d 00000 n \n" % at for at in places)
    count, start = len(objects) + 1, len(page)
    page += b"xref\n0 %d\n0000000000 65535 f \n%b" % (count, table)
    page += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, start)
    return bytes(page)

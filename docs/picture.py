#!/usr/bin/env python3
"""Take the map out of a plan's report as a picture of its own: ``docs/picture.py PLAN docs/pictures/NAME.svg``."""

import re
import sys
from pathlib import Path


def picture(report: str) -> str:
    """Return the map of a report as an SVG that needs nothing else; it keeps the colours, light and dark."""
    style = re.search(r"<style>(.*?)</style>", report, re.DOTALL)
    drawn = re.search(r'<svg [^>]*class="map".*?</svg>', report, re.DOTALL)
    if style is None or drawn is None:
        raise SystemExit("picture.py: the report has no map: does the economy say where its places are?")
    begin, rest = drawn[0].split(">", 1)
    return f"{begin}><style><![CDATA[{style[1]}]]></style>{rest}\n"


if __name__ == "__main__":
    plan, file = map(Path, sys.argv[1:])
    file.write_text(picture((plan / "report.html").read_text(encoding="utf-8")), encoding="utf-8")

"""Opens every page of the built site in Chromium: `python docs/check site [--shots FOLDER]`.

On a phone and on a desktop, light and dark: nothing may fail, be wider than the window, be pale,
lack a picture or its text, or be fetched from elsewhere. Then the keyboard and the search, once
from a server and once from the folder, as somebody would who has no network.
"""

from __future__ import annotations

import argparse
import base64
import functools
import http.server
import itertools
import threading
from pathlib import Path
from typing import Any

from browser import Tab, browser
from keyboard import keyboard

SIZES = {"phone": (390, 844), "desktop": (1280, 800)}
SCHEMES = ("light", "dark")
SEEN = Path(__file__).with_name("seen.js").read_text(encoding="utf-8")


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def served(site: Path) -> str:
    """The address at which a folder is served, as long as this program runs."""
    handler = functools.partial(Quiet, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/"


def window(tab: Tab, size: str, scheme: str) -> None:
    """Make the window as large, and as light or dark, as somebody's."""
    width, height = SIZES[size]
    one = {"deviceScaleFactor": 1, "mobile": False}
    tab.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, **one)
    wish = {"name": "prefers-color-scheme", "value": scheme}
    tab.ask("Emulation.setEmulatedMedia", features=[wish])


def complaints(events: list[dict[str, Any]], here: str) -> list[str]:
    """What went wrong, among the events of a page."""
    wrong = []
    for event in events:
        method, detail = event.get("method"), event.get("params", {})
        if method == "Runtime.exceptionThrown":
            wrong.append(f"exception: {detail['exceptionDetails']['text']}")
        if method == "Runtime.consoleAPICalled" and detail["type"] in ("error", "warning"):
            wrong.append(f"console: {[arg.get('value') for arg in detail['args']]}")
        if method == "Log.entryAdded" and detail["entry"]["level"] in ("error", "warning"):
            wrong.append(f"{detail['entry']['text']} {detail['entry'].get('url', '')}")
        if method == "Network.requestWillBeSent":
            url = detail["request"]["url"]
            if not url.startswith((here, "data:", "blob:")):
                wrong.append(f"fetched from elsewhere: {url}")
    return wrong


def photograph(tab: Tab, target: Path) -> None:
    """Keep a picture of the window, and one of the whole page."""
    for name, beyond in (("", False), ("-whole", True)):
        shot = tab.ask("Page.captureScreenshot", captureBeyondViewport=beyond, **clip(tab, beyond))
        picture = base64.b64decode(shot["data"])
        target.with_name(target.name + name + ".png").write_bytes(picture)


def clip(tab: Tab, whole: bool) -> dict[str, Any]:
    """The part of the page that goes into a picture: at most 16,000 pixels can."""
    if not whole:
        return {}
    size = tab.ask("Page.getLayoutMetrics")["cssContentSize"]
    height = min(size["height"], 16_000)
    return {"clip": {"x": 0, "y": 0, "width": size["width"], "height": height, "scale": 1}}


def look(tab: Tab, site: Path, here: str, shots: Path | None, only: str) -> list[str]:
    """Everything that is wrong with the pages of a site."""
    wrong = []
    pages = [page.relative_to(site).as_posix() for page in sorted(site.rglob("*.html"))]
    for size, scheme in itertools.product(SIZES, SCHEMES):
        window(tab, size, scheme)
        for name in pages:
            if only not in name:
                continue
            tab.open(here + name)
            found = [
                f"{what}: {value}" for what, values in tab.run(SEEN).items() for value in values
            ]
            found += complaints(tab.events, here)
            wrong += [f"{name} ({size}, {scheme}): {what}" for what in found]
            if shots:
                photograph(tab, shots / f"{name.replace('/', '-')}-{size}-{scheme}")
    print(f"{len(pages)} pages, {len(SIZES)} windows, light and dark")
    return wrong


def main() -> int:
    """Print what is wrong with a site."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("site", type=Path)
    parser.add_argument("--shots", type=Path, help="a folder for pictures of all pages")
    parser.add_argument("--only", default="", help="a part of the names of the pages to look at")
    words = parser.parse_args()
    site = words.site.resolve()
    if words.shots:
        words.shots.mkdir(parents=True, exist_ok=True)
    here = served(site)
    with browser() as tab:
        for domain in ("Page", "Runtime", "Log", "Network"):
            tab.ask(f"{domain}.enable")
        wrong = look(tab, site, here, words.shots, words.only)
        window(tab, "desktop", "light")
        for address in (here, site.as_uri() + "/"):
            found = keyboard(tab, address)
            wrong += [f"{address.split(':')[0]}: {what}" for what in found]
    print("\n".join(wrong) or "every page is as it should be")
    return bool(wrong)


if __name__ == "__main__":
    raise SystemExit(main())

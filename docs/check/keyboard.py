"""What a reader without a mouse does: skip to the text, see where one is, search, follow."""

from __future__ import annotations

import time

from browser import Tab

WORD = "backward"
FOCUS = """(() => {
    const e = document.activeElement, style = getComputedStyle(e);
    const box = e.getBoundingClientRect();
    return {name: `${e.tagName.toLowerCase()}.${e.className}`, href: e.getAttribute("href"),
        seen: box.width > 0 && box.bottom > 0 && style.opacity > 0,
        marked: style.outlineStyle != "none" || style.boxShadow != "none"
            || e.matches(".md-search__input, .md-option")}})()"""  # chosen, these change
FOUND = """[...document.querySelectorAll(".md-search-result__item")]
    .map(e => ({text: e.textContent, href: e.querySelector("a").href}))"""


def keyboard(tab: Tab, here: str) -> list[str]:
    """Everything that is wrong for somebody who only has keys."""
    tab.open(here + "index.html")
    return [*skipping(tab), *focus(tab), *search(tab)]


def skipping(tab: Tab) -> list[str]:
    """The first Tab offers to skip the navigation, and one sees it."""
    tab.press("Tab")
    time.sleep(0.3)  # it slides in
    first = tab.run(FOCUS)
    if not str(first["href"]).startswith("#") or not first["seen"]:
        return [f"the first Tab does not offer to skip to the text, but {first}"]
    return []


def focus(tab: Tab) -> list[str]:
    """Where one is can be seen, for the next 30 stops."""
    lost = []
    for _ in range(30):
        tab.press("Tab")
        at = tab.run(FOCUS)
        if not at["marked"]:
            lost.append(f"the focus cannot be seen at {at['name']} {at['href']}")
    return lost


def search(tab: Tab) -> list[str]:
    """`/` opens the search, a word finds something, and Enter goes there."""
    tab.run("document.activeElement.blur()")
    tab.press("/")
    time.sleep(0.3)
    if "search" not in tab.run("document.activeElement.className"):
        return ["`/` does not open the search"]
    tab.ask("Input.insertText", text=WORD)
    tab.press("Shift")  # the page looks at the box when a key is released
    deadline = time.monotonic() + 20
    while not (found := tab.run(FOUND)) and time.monotonic() < deadline:
        time.sleep(0.1)
    if not found or not all(WORD in one["text"].lower() for one in found[:3]):
        return [f"the search does not find `{WORD}`"]
    print(f"the search finds `{WORD}` {len(found)} times, first in {found[0]['href']}")
    before = tab.run("location.href")
    tab.press("Enter")
    time.sleep(1)
    return [] if tab.run("location.href") != before else ["Enter does not go to what was found"]

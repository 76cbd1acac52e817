// What a reader would object to on the open page: `{complaint: [details]}`.
(() => {
  const visible = element => {
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    return box.width > 1 && box.height > 1 && style.visibility == "visible" && style.opacity > 0;
  };
  const named = element => (element.textContent || element.src || "").trim().slice(0, 50);
  const pictures = [...document.images].filter(visible);

  // Contrast as WCAG 2.2 defines it (1.4.3): 4.5, and 3 for large letters.
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgba = colour => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], [R, G, B]) =>
    [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
  const ground = element => {
    if (!element) return [255, 255, 255, 1];
    const own = rgba(getComputedStyle(element).backgroundColor);
    return own[3] == 1 ? own : over(own, ground(element.parentElement));
  };
  const luminance = colour => {
    const [r, g, b] = colour.slice(0, 3).map(v => v / 255)
      .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = element => {
    const style = getComputedStyle(element), below = ground(element);
    const [r, g, b, a] = rgba(style.color);
    const seen = over([r, g, b, a * style.opacity], below);
    const [low, high] = [luminance(seen), luminance(below)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const pale = new Map();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !visible(element)) continue;
    if (element.closest("script, style, .headerlink, [hidden]")) continue;
    const {fontSize, fontWeight} = getComputedStyle(element);
    const large = parseFloat(fontSize) >= (fontWeight >= 700 ? 18.66 : 24);
    const found = contrast(element);
    if (found < (large ? 3 : 4.5)) {
      const kind = `${found.toFixed(2)} for ${element.tagName.toLowerCase()}.${element.className}`;
      if (!pale.has(kind)) pale.set(kind, `${kind}: ${texts.currentNode.data.trim().slice(0, 30)}`);
    }
  }

  return {
    "wider than the window": document.documentElement.scrollWidth > innerWidth
      ? [document.documentElement.scrollWidth] : [],
    "cut off": [...document.querySelectorAll("article :is(p, li, table, pre, figure, math)")]
      .filter(e => visible(e) && e.getBoundingClientRect().right > innerWidth + 1)
      .filter(e => !cuts(e)).map(named),
    "not loaded": pictures.filter(i => !i.naturalWidth).map(i => i.src),
    "no text for": pictures.filter(i => !i.alt).map(i => i.src),
    "too small to read": pictures.filter(i => i.src.endsWith(".svg"))
      .filter(i => i.naturalWidth > 1.8 * i.clientWidth)
      .map(i => `${i.src} at ${i.clientWidth} of ${i.naturalWidth}`),
    "markup as text": [...document.querySelectorAll("article :is(p, li, td, h2, h3, figcaption)")]
      .filter(e => !e.closest("pre, .highlight, .doc-contents details"))
      .filter(e => /\*\*|<!--|--8<--|\]\(|\{\s*[.#:]|^\|/.test(plain(e))).map(named),
    "too pale": [...pale.values()],
  };

  // Whether an element, or what it stands in, can be scrolled sideways.
  function cuts(element) {
    for (let e = element; e && e != document.body; e = e.parentElement)
      if (["auto", "scroll"].includes(getComputedStyle(e).overflowX)) return true;
    return false;
  }
  function plain(element) {
    const copy = element.cloneNode(true);
    copy.querySelectorAll("code, pre, math, .highlight").forEach(e => e.remove());
    return copy.textContent;
  }
})()

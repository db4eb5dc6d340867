// Shows a report in frames of several widths, measures what a reader would see, and leaves the figures in the page.
// The test puts `reports` before this: for each language the page as it is, and the same as it is printed.

const round = (it) => Math.round(it * 10) / 10;

// The lines of text in an element, where they are drawn.
function lines(element) {
  const range = element.ownerDocument.createRange();
  range.selectNodeContents(element);
  return [...range.getClientRects()].filter((it) => it.width > 0);
}

function outside(rects, box) {
  const within = (it) => it.left >= box.left - 1 && it.right <= box.right + 1 && it.top >= box.top - 1 && it.bottom <= box.bottom + 1;
  const edges = (it) => [it.left, it.top, it.right, it.bottom].map(round).join(" ");
  return rects.filter((it) => !within(it)).map((it) => `${edges(it)} in ${edges(box)}`);
}

// How far the first line of a heading begins from the edge where its language begins, and from the other.
function heading(element, direction, width) {
  const first = lines(element)[0];
  const [left, right] = [round(first.left), round(width - first.right)];
  return direction === "rtl" ? { begins: right, ends: left } : { begins: left, ends: right };
}

function measured(frame) {
  const page = frame.contentDocument;
  const view = frame.contentWindow;
  const root = page.documentElement;
  const width = root.clientWidth;
  const direction = view.getComputedStyle(page.body).direction;
  const everything = [...page.body.querySelectorAll("*")];
  const wide = everything.filter((it) => {
    const box = it.getBoundingClientRect();
    return box.width > 0 && (box.left < -1 || box.right > width + 1);
  });
  const drawing = page.querySelector("svg");
  const labels = [...drawing.querySelectorAll("text")].map((it) => it.getBoundingClientRect()).filter((it) => it.width > 0);
  const marks = [...drawing.querySelectorAll("circle, line")].map((it) => it.getBoundingClientRect());
  const touch = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const touching = labels.filter((a, at) => [...labels.slice(at + 1), ...marks].some((b) => touch(a, b)));
  const lists = [...page.querySelectorAll("ol > li")].map((it) => lines(it)[0]);
  const box = page.body.getBoundingClientRect();
  return {
    direction,
    width,
    page_is: root.scrollWidth,
    too_wide: wide.slice(0, 5).map((it) => it.outerHTML.slice(0, 120)),
    styled: view.getComputedStyle(page.querySelector(".annex")).borderTopWidth,
    headings: [...page.querySelectorAll("h1, h2")].map((it) => heading(it, direction, width)),
    items: lists.map((it) => round(direction === "rtl" ? box.right - it.right : it.left - box.left)),
    bar: view.getComputedStyle(page.querySelector(".verdict"))[direction === "rtl" ? "borderRightWidth" : "borderLeftWidth"],
    labels: labels.length,
    marks: marks.length,
    outside_drawing: outside([...labels, ...marks], drawing.getBoundingClientRect()),
    touching: touching.length,
    smallest_text: Math.min(...labels.map((it) => round(it.height))),
    fetched: view.performance.getEntriesByType("resource").map((it) => it.name),
    scripts: page.scripts.length,
  };
}

// The pixels of a text, as one number for each way they can look.
function drawn(text) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [200, 60];
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.font = "32px system-ui, sans-serif";
  pen.fillText(text, 20, 40);
  const data = pen.getImageData(0, 0, canvas.width, canvas.height).data;
  let sum = 0;
  for (let at = 3; at < data.length; at += 4) sum = (sum * 31 + data[at]) % 1000000007;
  return { sum, width: pen.measureText(text).width };
}

// Whether letters of a script are drawn as themselves: no two alike, and none like the box for what no font has.
function script(letters, word) {
  const box = drawn("\u{10fffd}").sum;
  const all = [...letters].map((it) => drawn(it));
  const apart = [...word].map((it) => drawn(it).width).reduce((a, b) => a + b, 0);
  return {
    letters: all.length,
    different: new Set(all.map((it) => it.sum)).size,
    boxes: all.filter((it) => it.sum === box).length,
    joined: drawn(word).width < apart - 1,
  };
}

async function shown(text, width) {
  const frame = document.createElement("iframe");
  frame.style.cssText = `width:${width}px;height:900px;border:0`;
  const loaded = new Promise((done) => (frame.onload = done));
  frame.srcdoc = text;
  document.body.append(frame);
  await loaded;
  return frame;
}

async function run() {
  const told = { arabic: script("ابتثجحخدذرزسشصضطظعغفقكلمنهوي", "سلام"), hebrew: script("אבגדהוזחטיכלמנסעפצקרשת", "שלום"), shown: {} };
  for (const [language, pages] of Object.entries(reports)) {
    for (const [name, text, width] of [["wide", pages.page, 1280], ["narrow", pages.page, 400], ["print", pages.printed, 718]]) {
      const frame = await shown(text, width);
      told.shown[`${language}-${name}`] = measured(frame);
      frame.remove();
    }
  }
  const out = document.createElement("pre");
  out.id = "told";
  out.textContent = JSON.stringify(told);
  document.body.replaceChildren(out);
}

run();

"use strict";
// The map of embeddings: dots or small pictures, coloured by a column, with zoom, pointer and keyboard.
(() => {
  const source = document.getElementById("map-data");
  if (!source) return;
  const map = JSON.parse(source.textContent), count = map.keys.length;
  const $ = id => document.getElementById("map-" + id);
  const place = $("plot"), card = $("card"), picture = card.querySelector(".tile"), words = card.querySelector("div");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const shownValues = 10, reach = 24;
  const sheet = new Image();
  sheet.onload = () => plot?.redraw();
  sheet.src = getComputedStyle(picture).backgroundImage.slice(5, -2);
  let plot, layout, column, colours, chosen = -1, only = -1;

  const css = name => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  const at = i => { const n = map.sheet.columns; return [i % n, Math.floor(i / n)]; };
  const valueOf = i => column ? column.values[i] : 0;
  const colourOf = v => v < 0 ? colours.rest : v < shownValues ? colours.list[v] : colours.rest;
  const seen = i => only < 0 || (only < shownValues ? valueOf(i) === only : valueOf(i) >= shownValues || valueOf(i) < 0);

  function extent(width, height) {
    let [x0, x1, y0, y1] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let i = 0; i < count; i++) {
      x0 = Math.min(x0, layout.x[i]); x1 = Math.max(x1, layout.x[i]);
      y0 = Math.min(y0, layout.y[i]); y1 = Math.max(y1, layout.y[i]);
    }
    // One unit is as long across as up.
    const scale = 1.08 * Math.max((x1 - x0) / width, (y1 - y0) / height, 1e-9) / 2;
    const [cx, cy] = [(x0 + x1) / 2, (y0 + y1) / 2];
    return { x: [cx - scale * width, cx + scale * width], y: [cy - scale * height, cy + scale * height] };
  }

  function reset(u) {
    const e = extent(u.bbox.width, u.bbox.height);
    u.batch(() => {
      u.setScale("x", { min: e.x[0], max: e.x[1] });
      u.setScale("y", { min: e.y[0], max: e.y[1] });
    });
  }

  function paint(u) {
    const { ctx } = u, ratio = devicePixelRatio || 1, pictures = $("marks").value === "pictures" && sheet.complete;
    const X = i => u.valToPos(layout.x[i], "x", true), Y = i => u.valToPos(layout.y[i], "y", true);
    ctx.save();
    ctx.beginPath();
    ctx.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
    ctx.clip();
    if (pictures) {
      // Of pictures that would overlap, the first stays.
      const side = 30 * ratio, taken = new Set(), height = side * map.sheet.tileHeight / map.sheet.tileWidth;
      for (let i = 0; i < count; i++) {
        if (!seen(i)) continue;
        const x = X(i), y = Y(i), cell = Math.round(x / side) + ":" + Math.round(y / height);
        if (taken.has(cell)) continue;
        taken.add(cell);
        const [c, r] = at(i);
        ctx.drawImage(sheet, c * map.sheet.tileWidth, r * map.sheet.tileHeight, map.sheet.tileWidth, map.sheet.tileHeight, x - side / 2, y - height / 2, side, height);
        ctx.strokeStyle = colourOf(valueOf(i));
        ctx.lineWidth = 1.5 * ratio;
        ctx.strokeRect(x - side / 2, y - height / 2, side, height);
      }
    } else {
      const radius = (count > 600 ? 2.6 : 3.6) * ratio;
      for (const visible of [false, true]) {
        for (let i = 0; i < count; i++) {
          if (seen(i) !== visible) continue;
          ctx.globalAlpha = visible ? 0.82 : 0.12;
          ctx.fillStyle = colourOf(valueOf(i));
          ctx.beginPath();
          ctx.arc(X(i), Y(i), radius, 0, 2 * Math.PI);
          ctx.fill();
        }
      }
    }
    if (chosen >= 0) {
      ctx.globalAlpha = 1;
      ctx.strokeStyle = css("ink");
      ctx.lineWidth = 2 * ratio;
      ctx.beginPath();
      ctx.arc(X(chosen), Y(chosen), 7 * ratio, 0, 2 * Math.PI);
      ctx.stroke();
    }
    ctx.restore();
  }

  function choose(i, spoken) {
    if (i === chosen) return;
    chosen = i;
    plot.redraw(false);
    card.hidden = i < 0;
    if (i < 0) return;
    const [c, r] = at(i), s = map.sheet;
    picture.style.backgroundPosition = `${s.columns > 1 ? 100 * c / (s.columns - 1) : 0}% ${s.rows > 1 ? 100 * r / (s.rows - 1) : 0}%`;
    const facts = map.columns.filter(k => k.values[i] >= 0).map(k => `${k.name}: ${k.names[k.values[i]]}`);
    words.replaceChildren(...[map.keys[i], ...facts].map((text, k) => Object.assign(document.createElement(k ? "small" : "b"), { textContent: text })));
    const over = plot.over.getBoundingClientRect(), outer = place.parentElement.getBoundingClientRect();
    const x = over.left - outer.left + plot.valToPos(layout.x[i], "x"), y = over.top - outer.top + plot.valToPos(layout.y[i], "y");
    card.style.left = Math.max(0, Math.min(outer.width - card.offsetWidth, x + (x > outer.width / 2 ? -card.offsetWidth - 14 : 14))) + "px";
    card.style.top = Math.max(0, Math.min(over.height - card.offsetHeight, y - card.offsetHeight / 2)) + "px";
    if (spoken) $("said").textContent = [map.keys[i], ...facts].join(", ");
  }

  function nearest(left, top, most) {
    let best = -1, distance = most * most;
    for (let i = 0; i < count; i++) {
      if (!seen(i)) continue;
      const dx = plot.valToPos(layout.x[i], "x") - left, dy = plot.valToPos(layout.y[i], "y") - top, d = dx * dx + dy * dy;
      if (d < distance) [best, distance] = [i, d];
    }
    return best;
  }

  // The sample that is nearest in a direction; what lies aside counts as farther.
  function step(dx, dy) {
    let best = -1, least = Infinity;
    for (let i = 0; i < count; i++) {
      if (i === chosen || !seen(i)) continue;
      const x = layout.x[i] - layout.x[chosen], y = layout.y[i] - layout.y[chosen];
      const along = x * dx + y * dy, aside = Math.abs(x * dy - y * dx);
      if (along > 1e-6 && along + 3 * aside < least) [best, least] = [i, along + 3 * aside];
    }
    return best;
  }

  function legend() {
    const box = $("legend");
    box.replaceChildren();
    if (!column) return;
    const names = column.names.slice(0, shownValues).map((name, v) => [name, v, colours.list[v]]);
    if (column.names.length > shownValues || column.values.includes(-1)) names.push([column.names.length > shownValues ? `${column.names.length - shownValues} others` : "none", shownValues, colours.rest]);
    for (const [name, v, colour] of names) {
      const button = Object.assign(document.createElement("button"), { type: "button" });
      const dot = document.createElement("i");
      dot.style.background = colour;
      button.append(dot, name);
      button.setAttribute("aria-pressed", only === v);
      button.addEventListener("click", () => { only = only === v ? -1 : v; legend(); plot.redraw(); });
      box.append(button);
    }
  }

  function draw(fixedWidth) {
    layout = map.layouts[+$("layout").value];
    column = map.columns[+$("colour").value];
    colours = { list: Array.from({ length: shownValues }, (_, i) => css("k" + i)), rest: css("rest") };
    chosen = -1;
    card.hidden = true;
    plot?.destroy();
    const width = fixedWidth ?? place.clientWidth, height = Math.round(Math.min(620, Math.max(320, width * 0.62)));
    const start = extent(width, height);
    plot = new uPlot({
      width, height, legend: { show: false }, padding: [0, 0, 0, 0],
      axes: [{ show: false }, { show: false }],
      scales: { x: { time: false, range: (u, a, b) => [a ?? start.x[0], b ?? start.x[1]] }, y: { auto: false, range: (u, a, b) => [a ?? start.y[0], b ?? start.y[1]] } },
      series: [{}, { paths: () => null, points: { show: false } }],
      cursor: { x: false, y: false, points: { show: false }, drag: { x: true, y: true, uni: 20 }, bind: { dblclick: u => () => { reset(u); return null; } } },
      hooks: { draw: [paint], ready: [reset], setCursor: [u => u.cursor.left >= 0 && choose(nearest(u.cursor.left, u.cursor.top, reach), false)] },
    }, [Array.from({ length: count }, (_, i) => i), layout.y], place);
    plot.over.addEventListener("mouseleave", () => { if (document.activeElement !== place) choose(-1); });
    $("note").textContent = layout.note;
    legend();
  }

  place.addEventListener("keydown", e => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[e.key];
    if (e.key === "Escape") choose(-1);
    if (!way) return;
    e.preventDefault();
    const next = chosen < 0 ? nearest(plot.over.clientWidth / 2, plot.over.clientHeight / 2, 1e6) : step(...way);
    if (next >= 0) choose(next, true);
  });
  for (const id of ["layout", "marks"]) $(id).addEventListener("change", () => draw());
  $("colour").addEventListener("change", () => { only = -1; draw(); });
  dark.addEventListener("change", () => draw());
  addEventListener("beforeprint", () => draw(660));
  addEventListener("afterprint", () => draw());
  let last = 0;
  new ResizeObserver(() => {
    if (document.documentElement.classList.contains("printing") || place.clientWidth === last) return;
    last = place.clientWidth;
    draw();
  }).observe(place);
  last = place.clientWidth;
  draw();
})();

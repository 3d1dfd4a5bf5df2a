"use strict";
// Pictures over time: a large one, chosen with a slider, over the row of all.
(() => {
  for (const line of document.querySelectorAll(".timeline")) {
    const figures = [...line.querySelectorAll("figure")];
    if (figures.length === 0) continue;
    const large = document.createElement("img"), said = document.createElement("output"), bar = document.createElement("div");
    large.className = "large";
    bar.className = "controls";
    const slider = Object.assign(document.createElement("input"), { type: "range", min: 0, max: figures.length - 1, step: 1 });
    slider.setAttribute("aria-label", "Step");

    function show(i) {
      const picture = figures[i].querySelector("img"), text = figures[i].querySelector("figcaption").textContent;
      large.src = picture.src;
      large.alt = picture.alt;
      // Small pictures grow by whole numbers, so that pixels stay square.
      large.style.width = picture.naturalWidth * Math.max(1, Math.floor(560 / picture.naturalWidth)) + "px";
      slider.value = i;
      slider.setAttribute("aria-valuetext", text);
      said.textContent = text;
      figures.forEach((f, k) => f.classList.toggle("chosen", k === i));
    }

    slider.addEventListener("input", () => show(+slider.value));
    figures.forEach((f, i) => f.addEventListener("click", () => show(i)));
    if (figures.length > 1) bar.append(slider, said);
    line.prepend(large, bar);
    line.classList.toggle("single", figures.length === 1);
    const last = figures[figures.length - 1].querySelector("img");
    last.decode().catch(() => { }).then(() => show(figures.length - 1));
  }
})();

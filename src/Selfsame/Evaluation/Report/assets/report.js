"use strict";
(() => {
  // Each block of charts is followed by its values.
  const charts = [], places = [];
  for (const source of document.querySelectorAll(".charts-data")) {
    charts.push(...JSON.parse(source.textContent));
    places.push(...source.previousElementSibling.querySelectorAll(".plot"));
  }
  if (!charts.length) return;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let drawn = [];

  const count = v => v.toLocaleString("en-US");
  const value = v => v == null ? "–" : v === 0 ? "0" : Math.abs(v) < 0.001 || Math.abs(v) >= 1e6 ? v.toExponential(3) : String(+v.toPrecision(5));
  const tick = v => v == null ? "" : v !== 0 && (Math.abs(v) < 0.001 || Math.abs(v) >= 1e5) ? v.toExponential().replace("e+", "e") : String(+v.toPrecision(6));

  // Mean weighted by 2^(-distance in steps / half-life), to both sides, so that the line doesn't lag behind the curve.
  function smooth(steps, values) {
    const half = (steps[steps.length - 1] - steps[0]) / 80;
    const sums = values.map(() => 0), weights = values.map(() => 0);
    for (const order of [values.map((_, i) => i), values.map((_, i) => values.length - 1 - i)]) {
      let sum = 0, weight = 0, last = steps[order[0]];
      for (const i of order) {
        if (values[i] == null) continue;
        const keep = Math.pow(2, -Math.abs(steps[i] - last) / half);
        last = steps[i];
        sum = sum * keep + values[i];
        weight = weight * keep + 1;
        sums[i] += sum - values[i] / 2; // the point itself counts in both directions
        weights[i] += weight - 0.5;
      }
    }
    return values.map((v, i) => v == null ? null : sums[i] / weights[i]);
  }

  // A schedule goes up and down once or twice; a measured curve does so at every point.
  function noisy(values) {
    const known = values.filter(v => v != null);
    if (known.length <= 100) return false;
    let way = 0, low = known[0], high = known[0];
    known.forEach((v, i) => {
      if (i > 0) way += Math.abs(v - known[i - 1]);
      low = Math.min(low, v);
      high = Math.max(high, v);
    });
    return way > 4 * (high - low);
  }

  // Without the pointer on the chart the legend shows the last value.
  function shown(u, v, s, i) {
    if (i == null) v = u.data[s].findLast(known => known != null);
    return s === 0 ? (v == null ? "–" : count(v)) : value(v);
  }

  function draw(chart, place, width) {
    const css = getComputedStyle(document.documentElement);
    const color = name => css.getPropertyValue("--" + name).trim();
    const colors = ["c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7"].map(color);
    const axis = { stroke: color("soft"), font: "11px " + color("sans"), grid: { stroke: color("line"), width: 1 }, ticks: { show: false } };
    const series = [{ label: chart.axis ?? "step", value: shown }];
    const data = [chart.steps];

    chart.names.forEach((name, i) => {
      const stroke = colors[i % colors.length], values = chart.values[i];
      const known = values.filter(v => v != null).length;
      const many = noisy(values);
      data.push(values);
      series.push({ label: name, stroke: many ? stroke + "55" : stroke, width: many ? 1 : 1.75, spanGaps: true, points: { show: known <= 60, size: 5, fill: stroke }, value: shown });
      if (many) {
        data.push(smooth(chart.steps, values));
        series.push({ label: "smoothed", stroke, width: 1.75, spanGaps: true, points: { show: false }, value: shown });
      }
    });
    for (const line of chart.lines) {
      data.push(chart.steps.map(() => line.value));
      const stroke = color(line.name === "raw input" ? "raw" : "random");
      series.push({ label: line.name, stroke, width: 1.25, dash: [5, 4], points: { show: false }, value: () => value(line.value) });
    }

    const known = chart.values.flat().filter(v => v != null);
    const low = Math.min(...known), high = Math.max(...known);
    const log = !chart.evaluation && low > 0 && high / low > 50;
    const options = {
      width, height: 210, series,
      legend: { live: true },
      cursor: { y: false, points: { size: 6 } },
      scales: { x: { time: false }, y: log ? { distr: 3 } : {} },
      axes: [
        { ...axis, size: 30, space: 70, values: (u, ticks) => ticks.map(v => chart.axis ? tick(v) : Number.isInteger(v) ? count(v) : "") },
        { ...axis, size: 58, values: (u, ticks) => ticks.map(tick) },
      ],
    };
    return new uPlot(options, data, place);
  }

  function drawAll(fixedWidth) {
    const open = drawn.map(plot => plot.series.map(s => s.show));
    drawn.forEach(plot => plot.destroy());
    drawn = charts.map((chart, i) => {
      const plot = draw(chart, places[i], fixedWidth ?? places[i].clientWidth);
      open[i]?.forEach((show, s) => { if (s > 0 && !show) plot.setSeries(s, { show }); });
      return plot;
    });
  }

  // Paper is white and half of it is about 320 CSS pixels wide; what is drawn can't follow the print style by itself.
  function printing(on) {
    document.documentElement.classList.toggle("printing", on);
    drawAll(on ? 320 : undefined);
  }

  drawAll();
  dark.addEventListener("change", () => drawAll());
  addEventListener("beforeprint", () => printing(true));
  addEventListener("afterprint", () => printing(false));
  new ResizeObserver(() => drawn.forEach((plot, i) => {
    const width = places[i].clientWidth;
    if (width > 0 && width !== plot.width && !document.documentElement.classList.contains("printing")) plot.setSize({ width, height: plot.height });
  })).observe(document.querySelector("main"));
})();

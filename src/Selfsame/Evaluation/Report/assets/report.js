"use strict";
(() => {
  const source = document.getElementById("charts");
  if (!source) return;
  const charts = JSON.parse(source.textContent);
  const places = [...document.querySelectorAll(".plot")];
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let drawn = [];

  const count = v => v.toLocaleString("en-US");
  const value = v => v == null ? "–" : v === 0 ? "0" : Math.abs(v) < 0.001 || Math.abs(v) >= 1e6 ? v.toExponential(3) : String(+v.toPrecision(5));
  const tick = v => v == null ? "" : v !== 0 && (Math.abs(v) < 0.001 || Math.abs(v) >= 1e5) ? v.toExponential().replace("e+", "e") : String(+v.toPrecision(6));

  // Mean weighted by 2^(-distance in steps / half-life), without the pull towards the start.
  function smooth(steps, values) {
    const half = (steps[steps.length - 1] - steps[0]) / 60;
    let sum = 0, weight = 0, last = steps[0];
    return values.map((v, i) => {
      if (v == null) return null;
      const keep = Math.pow(2, -(steps[i] - last) / half);
      last = steps[i];
      sum = sum * keep + v;
      weight = weight * keep + 1;
      return sum / weight;
    });
  }

  function draw(chart, place, width) {
    const css = getComputedStyle(document.documentElement);
    const color = name => css.getPropertyValue("--" + name).trim();
    const colors = ["trained", "random", "raw", "good", "bad", "fair"].map(color);
    const axis = { stroke: color("soft"), font: "11px " + color("sans"), grid: { stroke: color("line"), width: 1 }, ticks: { show: false } };
    const series = [{ label: "step", value: (u, v) => v == null ? "–" : count(v) }];
    const data = [chart.steps];

    chart.names.forEach((name, i) => {
      const stroke = colors[i % colors.length], values = chart.values[i];
      const known = values.filter(v => v != null).length;
      const many = known > 100;
      data.push(values);
      series.push({ label: name, stroke: many ? stroke + "55" : stroke, width: many ? 1 : 1.75, spanGaps: true, points: { show: known <= 60, size: 5, fill: stroke }, value: (u, v) => value(v) });
      if (many) {
        data.push(smooth(chart.steps, values));
        series.push({ label: "smoothed", stroke, width: 1.75, spanGaps: true, points: { show: false }, value: (u, v) => value(v) });
      }
    });
    for (const line of chart.lines) {
      data.push(chart.steps.map(() => line.value));
      const stroke = line.name === "raw input" ? colors[2] : colors[1];
      series.push({ label: line.name, stroke, width: 1.25, dash: [5, 4], points: { show: false }, value: () => value(line.value) });
    }

    const known = chart.values.flat().filter(v => v != null);
    const low = Math.min(...known), high = Math.max(...known);
    const log = !chart.evaluation && low > 0 && high / low > 50;
    const options = {
      width, height: 220, series,
      legend: { live: true },
      cursor: { y: false, points: { size: 6 } },
      scales: { x: { time: false }, y: log ? { distr: 3 } : {} },
      axes: [
        { ...axis, space: 70, values: (u, ticks) => ticks.map(v => Number.isInteger(v) ? count(v) : "") },
        { ...axis, size: 58, values: (u, ticks) => ticks.map(tick) },
      ],
    };
    return new uPlot(options, data, place);
  }

  function drawAll() {
    const open = drawn.map(plot => plot.series.map(s => s.show));
    drawn.forEach(plot => plot.destroy());
    drawn = charts.map((chart, i) => {
      const plot = draw(chart, places[i], places[i].clientWidth);
      open[i]?.forEach((show, s) => { if (s > 0 && !show) plot.setSeries(s, { show }); });
      return plot;
    });
  }

  drawAll();
  dark.addEventListener("change", drawAll);
  addEventListener("beforeprint", drawAll);
  addEventListener("afterprint", drawAll);
  new ResizeObserver(() => drawn.forEach((plot, i) => {
    const width = places[i].clientWidth;
    if (width > 0 && width !== plot.width) plot.setSize({ width, height: plot.height });
  })).observe(document.querySelector(".charts"));
})();

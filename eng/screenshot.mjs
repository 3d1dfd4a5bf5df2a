// One picture of a page: node eng/screenshot.mjs PAGE.html PICTURE.png WIDTH HEIGHT [--dark] [--print] [--whole] [--at SELECTOR]
// --at scrolls to the first element that matches, --whole takes the page in its full length, --print shows it as on paper.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [page, picture, width, height, ...flags] = process.argv.slice(2);
const has = name => flags.includes(name);
const profile = mkdtempSync(join(tmpdir(), "screenshot-"));
// DevTools messages over two pipes, each ended by a zero byte.
const chromium = spawn("chromium", ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars", "--remote-debugging-pipe", `--user-data-dir=${profile}`, "about:blank"],
  { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
const [, , , to, from] = chromium.stdio;

let last = 0, session, text = "", onLoad;
const waiting = new Map(), loaded = new Promise(done => onLoad = done);
from.setEncoding("utf8").on("data", part => {
  const messages = (text + part).split("\0");
  text = messages.pop();
  for (const message of messages.map(JSON.parse)) {
    if (message.method === "Page.loadEventFired") onLoad();
    const answer = waiting.get(message.id);
    if (answer) message.error ? answer.fail(new Error(message.error.message)) : answer.done(message.result);
  }
});
const call = (method, params = {}) => new Promise((done, fail) => {
  waiting.set(++last, { done, fail });
  to.write(JSON.stringify({ id: last, method, params, ...(session && { sessionId: session }) }) + "\0");
});

try {
  const { targetId } = await call("Target.createTarget", { url: "about:blank" });
  ({ sessionId: session } = await call("Target.attachToTarget", { targetId, flatten: true }));
  await call("Page.enable");
  await call("Emulation.setDeviceMetricsOverride", { width: +width, height: +height, deviceScaleFactor: 1, mobile: +width < 600 });
  await call("Emulation.setEmulatedMedia", { media: has("--print") ? "print" : "screen", features: [{ name: "prefers-color-scheme", value: has("--dark") ? "dark" : "light" }] });
  await call("Page.navigate", { url: pathToFileURL(resolve(page)).href });
  await loaded;
  const at = has("--at") ? flags[flags.indexOf("--at") + 1] : null;
  const script = `(async () => {
    if (${has("--print")}) dispatchEvent(new Event("beforeprint"));
    document.querySelector(${JSON.stringify(at ?? "html")})?.scrollIntoView();
    await new Promise(done => setTimeout(done, 400));
  })()`;
  await call("Runtime.evaluate", { expression: script, awaitPromise: true });
  const { data } = await call("Page.captureScreenshot", { format: "png", captureBeyondViewport: has("--whole") });
  writeFileSync(picture, Buffer.from(data, "base64"));
} finally {
  chromium.kill();
  await new Promise(done => chromium.on("exit", done));
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}

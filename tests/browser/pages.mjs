// Every page, in every language, light and dark, on a phone and on a desk, with and without script:
// no finding of axe, no error in the console, nothing wider than the screen, no text cut off.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const LANGUAGES = ["ja", "zh-Hant", "th", "en"];
const WIDTHS = [390, 1280];
const THEMES = ["light", "dark"];

/** Looks at all pages; gives each finding as a sentence. */
export async function look(browser, places, session) {
  const findings = [];
  let looks = 0;
  for (const language of LANGUAGES) {
    const each = [true, false].map(async (script) => {
      const context = await browser.newContext({ locale: language, storageState: session, reducedMotion: "reduce" });
      context.setDefaultTimeout(10_000);
      if (!script) await context.route("**/*", withoutScript);
      const page = await context.newPage();
      let where = "";
      const found = (text) => findings.push(`${where}: ${text}`);
      page.on("console", (message) => {
        if (["error", "warning"].includes(message.type()) && !isExpected(message)) found(`console: ${message.text()}`);
      });
      page.on("dialog", (dialog) => dialog.accept());
      page.on("pageerror", (error) => found(`script: ${error.message}`));
      for (const place of places) {
        const at = `${place.name}, ${language}, ${script ? "with" : "without"} script`;
        try {
          looks += await lookAt(page, place, (width, theme) => { where = `${at}, ${width} px, ${theme}`; }, found);
        } catch (error) {
          found(`${error.message.split("\n")[0]} at ${page.url()}`);
        }
      }
      await context.close();
    });
    await Promise.all(each);
  }
  return { findings, looks };
}

/** One page on each width, in each theme; gives how often it was looked at. */
async function lookAt(page, place, moveTo, found) {
  let looks = 0;
  for (const width of WIDTHS) {
    moveTo(width, "light");
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme: "light" });
    await openInTime(page, place);
    for (const text of await page.evaluate(layout)) found(text);
    await page.evaluate(axe);
    for (const theme of THEMES) {
      moveTo(width, theme);
      await page.emulateMedia({ colorScheme: theme });
      for (const text of await accessibility(page, theme)) found(text);
      looks += 1;
    }
  }
  moveTo(320, "dark");
  await page.setViewportSize({ width: 320, height: 640 });
  for (const text of await page.evaluate(layout)) found(text);
  return looks;
}

/** Opens a page; a fast machine asks more often in a minute than one session may, and waits as it is told. */
async function openInTime(page, place) {
  for (let tries = 1; ; tries += 1) {
    let wait = 0;
    const listen = (response) => { if (response.status() === 429) wait = Number(response.headers()["retry-after"] ?? 10); };
    page.on("response", listen);
    try {
      await place.open(page);
      if (!wait) return;
    } catch (error) {
      if (!wait || tries === 5) throw error;
    } finally {
      page.off("response", listen);
    }
    if (tries === 5) throw new Error("it is asked too often, five times");
    await page.waitForTimeout(wait * 1000);
  }
}

/** The page as it is where no script runs. axe itself needs one, so the browser runs scripts, and the page has none. */
async function withoutScript(route) {
  const answer = await route.fetch({ maxRedirects: 0 });
  const body = (await answer.text()).replace(/<script>[^]*<\/script>/, "");
  await route.fulfill({ response: answer, body });
}

/** A page that is refused on purpose has such a status; the browser says so in its console. */
function isExpected(message) {
  return /the server responded with a status of (4(00|01|03|04|09|22|29))/.test(message.text());
}

async function accessibility(page) {
  await page.evaluate(axe);
  const results = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return results.violations.map((it) => `axe ${it.impact}: ${it.help} (${it.nodes.map((node) => node.html).slice(0, 2).join(" ")})`);
}

/** What is wider than the screen, or cut off. Runs in the page. */
function layout() {
  const found = [];
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) found.push(`scrolls sideways: ${document.documentElement.scrollWidth} of ${width}`);
  for (const element of document.body.querySelectorAll("*")) {
    if (element.closest(".skip, script, svg") || !element.getClientRects().length || isForReadersAlone(element)) continue;
    const box = element.getBoundingClientRect();
    const name = `${element.tagName.toLowerCase()} ${JSON.stringify((element.textContent ?? "").trim().slice(0, 40))}`;
    if (box.right > width + 1 || box.left < -1) found.push(`${name} leaves the screen`);
    const style = getComputedStyle(element);
    const hides = !element.matches("input") && ["hidden", "clip"].includes(style.overflowX) || style.textOverflow === "ellipsis";
    if (hides && element.scrollWidth > element.clientWidth + 1) found.push(`${name} is cut off`);
    if (element.matches("select") && element.scrollWidth > element.clientWidth + 1) found.push(`the value of ${element.name} is cut off`);
    const isTarget = element.matches("a, button, select, input:not([type=hidden])") && !element.closest("p, li p, main li");
    if (isTarget && width < 500 && box.height < 24) found.push(`${name} is too low to be touched: ${box.height}`);
  }
  return found;

  /** Whether it is there for screen readers and not for the eye. */
  function isForReadersAlone(element) {
    for (let at = element; at; at = at.parentElement) if (getComputedStyle(at).clipPath !== "none") return true;
    return false;
  }
}

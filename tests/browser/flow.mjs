// From the start page to the first setting that is changed, as a shop owner does it on a phone: by
// touch with pictures, and once by the keyboard alone.

import { mkdirSync } from "node:fs";
import { join } from "node:path";

/** Links an account by touch; gives the session and the seconds it took. With a folder, each step is a picture. */
export async function byTouch(browser, publicUrl, language, folder, script = true) {
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    hasTouch: true,
    isMobile: true,
    javaScriptEnabled: script,
    locale: language,
  });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const began = Date.now();
  let number = 0;
  const picture = async (name) => {
    if (!folder) return;
    mkdirSync(folder, { recursive: true });
    number += 1;
    await page.screenshot({ path: join(folder, `${language}-${number}-${name}.png`), fullPage: true });
  };
  await page.goto(`${publicUrl}/`);
  await picture("start");
  await page.tap("a.button");
  await picture("line");
  await page.tap("button[value=link]");
  await page.waitForURL(/\/attach\/callback/);
  await picture("linked");
  await page.tap("a.button.wide");
  await page.waitForURL(/\/overview$/);
  await picture("overview");
  await page.tap("nav a[href$='/settings']");
  const minutes = String(Number(await page.inputValue("#s-minutes")) - 5);
  await page.fill("#s-minutes", minutes);
  await page.tap("button[value=save]");
  await page.waitForURL(/done=saved/);
  await picture("settings");
  const saved = await page.inputValue("#s-minutes");
  if (saved !== minutes) throw new Error(`the setting is ${saved} after it was saved as ${minutes}`);
  const bot = /\/console\/(U\w+)\//.exec(page.url())[1];
  const session = await context.storageState();
  await context.close();
  return { bot, session, seconds: (Date.now() - began) / 1000 };
}

/** The same by the keyboard alone: each place is reached by Tab, and used by Enter or Space. */
export async function byKeyboard(browser, publicUrl) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en" });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  await page.goto(`${publicUrl}/`);
  await page.keyboard.press("Tab");
  await seen(page, "a.skip");
  await reach(page, "a.button");
  await page.keyboard.press("Enter");
  await page.waitForURL(/authorize/);
  await reach(page, "button[value=link]");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/attach\/callback/);
  await reach(page, "a.button.wide");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/overview$/);
  await reach(page, "nav a[href$='/settings']");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/settings$/);
  await reach(page, "input[name=s-remind]");
  await page.keyboard.press("Space");
  await reach(page, "#s-days");
  await page.keyboard.press("Control+A");
  await page.keyboard.type("14");
  await reach(page, "button[value=save]");
  await page.keyboard.press("Enter");
  await page.waitForURL(/done=saved/);
  const state = [await page.inputValue("#s-days"), await page.isChecked("input[name=s-remind]")];
  if (state[0] !== "14" || state[1]) throw new Error(`what the keyboard has set is ${state}`);
  for (const [place, key] of [["chats", "Enter"], ["permissions", "Enter"], ["interference", "Enter"], ["data", "Enter"]]) {
    await reach(page, `nav a[href$='/${place}']`);
    await page.keyboard.press(key);
    await page.waitForURL(new RegExp(`/${place}$`));
  }
  await reach(page, "#leave-name");
  await page.keyboard.type("another name");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#leave-wrong");
  await context.close();
}

/** Presses Tab until the element has the focus, and sees that it shows it. */
async function reach(page, selector) {
  for (let presses = 0; presses < 80; presses += 1) {
    if (await page.evaluate((selector) => document.activeElement?.matches(selector), selector)) return seen(page, selector);
    await page.keyboard.press("Tab");
  }
  throw new Error(`${selector} is not reached by Tab at ${page.url()}`);
}

/** The focus is seen: there is an outline, and it is on the screen. */
async function seen(page, selector) {
  const problem = await page.evaluate((selector) => {
    const element = document.activeElement;
    if (!element.matches(selector)) return `the focus is on ${element.outerHTML.slice(0, 80)}`;
    const box = element.getBoundingClientRect();
    if (box.bottom < 0 || box.top > innerHeight || box.right < 0) return "the focus is off the screen";
    const style = getComputedStyle(element);
    return style.outlineStyle === "none" && style.boxShadow === "none" ? "the focus is not shown" : null;
  }, selector);
  if (problem) throw new Error(`${selector} at ${page.url()}: ${problem}`);
}

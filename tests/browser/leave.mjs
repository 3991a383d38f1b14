// An admin signs in by a link, links the account once more, signs out, signs in by linking, and unlinks the account:
// `node leave.mjs PUBLIC-URL SIGN-IN-LINK BOT NAME`.

import { launch } from "./chromium.mjs";

const [publicUrl, link, bot, name] = process.argv.slice(2);
const browser = await launch();
const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "ja" });
context.setDefaultTimeout(20_000);
const page = await context.newPage();

async function linkAgain() {
  await page.goto(`${publicUrl}/`);
  await page.click("a.button");
  await page.check(`input[value="${bot}"]`);
  await page.click("button[value=link]");
  await page.waitForURL(/\/attach\/callback/);
  await page.click("a.button.wide");
  await page.waitForURL(/\/overview$/);
}

await page.goto(link);
await page.click("main form button");
await page.waitForURL(/\/overview$/);
await linkAgain();
await page.goto(`${publicUrl}/console/accounts`);
await page.click("form[action$='/sign-out'] button");
await page.waitForURL(`${publicUrl}/`);
await linkAgain();
await page.goto(`${publicUrl}/console/${bot}/data`);
await page.fill("#leave-name", name);
await page.click("form[action$='/leave'] button");
await page.waitForLoadState("networkidle");
await browser.close();

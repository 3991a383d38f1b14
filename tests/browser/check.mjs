// The pages in a real browser: `node check.mjs PATH-OF-DEV [FOLDER-FOR-PICTURES]`.

import { launch } from "./chromium.mjs";
import { byKeyboard, byTouch } from "./flow.mjs";
import { LANGUAGES, look } from "./pages.mjs";
import { Line, start, until } from "./stack.mjs";

const [binary, pictures] = process.argv.slice(2);
const stack = await start(binary);
const browser = await launch();
let failed = 0;

function check(name, problem) {
  if (problem) failed += 1;
  console.log(problem ? `not ok: ${name}: ${problem}` : `ok: ${name}`);
}

async function step(name, work) {
  try {
    await work();
    check(name);
  } catch (error) {
    check(name, error.message);
  }
}

const line = new Line(stack.line_url);
// Each account has a limit of messages: it is drawn.
for (const bot of (await line.state()).bots) await line.post(`bots/${bot.bot_id}/quota`, { limit: 200 });
let admin;
for (const language of LANGUAGES) {
  await step(`a shop owner links an account and changes a setting, ${language}`, async () => {
    admin = await byTouch(browser, stack.public_url, language, pictures);
    if (admin.seconds > 120) throw new Error(`it took ${admin.seconds} seconds`);
    console.log(`   ${admin.seconds.toFixed(1)} seconds of the machine's`);
  });
}
await step("the same without any script", () => byTouch(browser, stack.public_url, "ja", undefined, false));
await step("all of it by the keyboard alone", () => byKeyboard(browser, stack.public_url));

const at = (path) => `${stack.public_url}/console/${admin.bot}/${path}`;
await step("the account's pages have something to show", () => fill());

const open = (url) => (page) => page.goto(url);
const places = [
  { name: "start", open: open(`${stack.public_url}/`) },
  { name: "start for one account", open: open(`${stack.public_url}/?basic_search_id=@381sakur`) },
  { name: "wrong link", open: open(`${stack.public_url}/attach?basic_search_id=381sakur`) },
  { name: "not linked", open: open(`${stack.public_url}/attach/callback?state=none&error=access_denied`) },
  { name: "linked", open: open(await linked()) },
  { name: "accounts", open: open(`${stack.public_url}/console/accounts`) },
  { name: "sign in by a link", open: open(`${stack.public_url}/console/sign-in?link=none`) },
  { name: "another account", open: open(`${stack.public_url}/console/U00000000000000000000000000000000/overview`) },
  { name: "no such page", open: open(`${stack.public_url}/console/nowhere`) },
  ...["overview", "settings", "chats", "permissions", "interference", "data"].map((name) => ({ name, open: open(at(name)) })),
  { name: "chat", open: async (page) => { await page.goto(at("chats")); await page.click("main table a"); } },
  { name: "settings with mistakes", open: mistakes },
  { name: "leaving with a wrong name", open: async (page) => { await page.goto(at("data")); await page.fill("#leave-name", "x"); await page.click("button.danger"); await page.waitForSelector("#leave-wrong"); } },
];
const { findings, looks } = await look(browser, places, admin.session);
for (const finding of findings) check("page", finding);
check(`${places.length} pages, ${looks} looks: nothing found`, findings.length ? `${findings.length} findings` : undefined);

await step("an account that is suspended while its screen is open, and resumed", suspended);

await browser.close();
stack.stop();
console.log(`${failed ? "failed" : "passed"}: ${failed} problems`);
process.exit(failed ? 1 : 0);

/** Chats, one of them the staff's. */
async function fill() {
  const { users } = await line.state();
  const own = users.filter((user) => user.bot === admin.bot);
  for (const user of own) await line.says(admin.bot, user.user_id, "予約する");
  await line.post(`chats/${admin.bot}/${own[0].user_id}/take`);
  const context = await browser.newContext({ storageState: admin.session });
  const page = await context.newPage();
  await until("a chat of each user", async () => {
    await page.goto(at("chats"));
    return (await page.locator("main tbody tr").count()) >= own.length;
  });
  await context.close();
}

/** The address of a page that says that an account is linked. It can be loaded again. */
async function linked() {
  const context = await browser.newContext({ locale: "en" });
  const page = await context.newPage();
  await page.goto(`${stack.public_url}/`);
  await page.click("a.button");
  await page.click("button[value=link]");
  await page.waitForURL(/\/attach\/callback/);
  const cookies = (await context.cookies()).filter((cookie) => cookie.name.includes("attach"));
  admin.session.cookies.push(...cookies);
  const url = page.url();
  // A page that is loaded again a little later signs nobody in.
  await line.post("clock", { advance_s: 120 });
  await context.close();
  return url;
}

/** The form of the settings, sent with values that do not fit. */
async function mistakes(page) {
  await page.goto(at("settings"));
  await page.fill("#s-minutes", "soon");
  await page.fill("#s-name", "x".repeat(41));
  await page.click("button[value=save]");
  await page.waitForSelector(".wrong");
  if ((await page.inputValue("#s-minutes")) !== "soon") throw new Error("what was typed is lost");
}

/** The notice and nothing else, and then the page again. */
async function suspended() {
  const context = await browser.newContext({ locale: "ja", storageState: admin.session });
  const page = await context.newPage();
  await page.goto(at("settings"));
  await page.fill("#s-days", "21");
  await line.post(`bots/${admin.bot}/suspend`);
  await until("the notice", async () => {
    const other = await context.newPage();
    await other.goto(at("overview"));
    const isLocked = (await other.locator("a, form, input, nav, footer").count()) === 0;
    const text = await other.locator("main").innerText();
    await other.close();
    return isLocked && text.includes("ご利用いただけません");
  });
  await page.click("button[value=save]");
  await page.waitForSelector("main .mark.warn");
  if (await page.locator("a, form, input").count()) throw new Error("a form that was open can still be sent");
  await line.post(`bots/${admin.bot}/resume`);
  await until("the page again", async () => {
    await page.goto(at("settings"));
    return (await page.locator("#s-days").count()) === 1;
  });
  if ((await page.inputValue("#s-days")) === "21") throw new Error("a setting was saved while the account was suspended");
  await context.close();
}

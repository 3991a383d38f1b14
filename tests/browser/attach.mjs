// Links an account of a bundle that runs, and says which as JSON: `node attach.mjs PUBLIC-URL`.

import { launch } from "./chromium.mjs";
import { byTouch } from "./flow.mjs";

const browser = await launch();
const { bot, seconds } = await byTouch(browser, process.argv[2], "ja");
await browser.close();
console.log(JSON.stringify({ bot, seconds }));

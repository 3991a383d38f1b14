// Puts the pictures of a run side by side, a strip for each language: `node strip.mjs FOLDER INTO`.
// The folder is what check.mjs was given for its pictures.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { launch } from "./chromium.mjs";

import { LANGUAGES } from "./pages.mjs";

const [folder, into] = process.argv.slice(2);
const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1250, height: 532 } });
for (const language of LANGUAGES) {
  const names = readdirSync(folder).filter((name) => name.startsWith(`${language}-`)).sort();
  const images = names.map((name) => `<img src="data:image/png;base64,${readFileSync(join(folder, name)).toString("base64")}">`);
  await page.setContent(`<style>body{margin:0;display:flex;gap:10px;padding:10px;background:#8a9992}
    img{width:236px;height:512px;object-fit:cover;object-position:top;border-radius:8px}</style>${images.join("")}`);
  await page.waitForFunction(() => [...document.images].every((image) => image.complete));
  await page.screenshot({ path: join(into, `first-setting-${language}.png`) });
}
await browser.close();

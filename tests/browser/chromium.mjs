// Chromium, as the distribution has it.

import { chromium } from "playwright-core";

// As root without a sandbox; and nothing that Chromium does by itself in the background.
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: QUIET });
}

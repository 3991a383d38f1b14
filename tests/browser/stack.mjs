// The bundle on this machine, and LINE's emulator, as a person uses them.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Starts `cargo dev` from its binary on free ports; ends with `stop`. */
export async function start(binary) {
  const ports = ["--port", "--line-port", "--dynamodb-port", "--sqs-port"].flatMap((name) => [name, "0"]);
  const process = spawn(binary, [...ports, "--json"], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: process.stdout });
  const ready = await new Promise((resolve, reject) => {
    lines.once("line", (line) => resolve(JSON.parse(line)));
    process.once("exit", (code) => reject(new Error(`${binary} ended with ${code} before it was ready`)));
  });
  return { ...ready, stop: () => process.kill() };
}

/** LINE's side: what an account's owner, its staff and its users do. */
export class Line {
  constructor(url) {
    this.url = url;
  }

  async state() {
    return (await fetch(`${this.url}/_emulator/state`)).json();
  }

  async post(path, body) {
    const answer = await fetch(`${this.url}/_emulator/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body ?? {}),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.text();
  }

  /** A user writes to an account. */
  says(bot, chat, text) {
    return this.post("events", { bot, chat, events: [{ type: "message", message: { type: "text", text } }] });
  }
}

/** Waits until `look` gives something, at most 20 seconds. */
export async function until(what, look) {
  for (const end = Date.now() + 20_000; Date.now() < end; ) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${what} does not come`);
}

// Keeps the page up to date and lets its buttons work without loading it again.
// Without this script everything works too, by ordinary forms.
"use strict";

const live = () => document.querySelectorAll("[data-live]");
const atEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < 80;
const parse = (text) => new DOMParser().parseFromString(text, "text/html");
const toEnd = () => document.querySelectorAll("[data-follow]").forEach((box) => { box.scrollTop = box.scrollHeight; });

let looking = false;
let again = false;

// Fetches the page and takes over its live parts. What is open stays open, and shut what is shut; where the reader has
// scrolled away from the end, the place is kept.
async function look() {
  if (looking) { again = true; return; }
  looking = true;
  try {
    const answer = await fetch(location.href);
    if (!answer.ok) return;
    const fresh = parse(await answer.text());
    for (const part of live()) replace(part, fresh.getElementById(part.id));
    trace();
  } catch {
    // The emulator is away; the stream of changes tells when it is back.
  } finally {
    looking = false;
    if (again) { again = false; look(); }
  }
}

function replace(part, fresh) {
  if (!fresh || fresh.innerHTML === part.dataset.seen) return;
  // A half-filled date picker is not taken from under the hand.
  if (part.contains(document.activeElement) && document.activeElement.matches("input")) return;
  const seen = fresh.innerHTML;
  for (const old of part.querySelectorAll("details[id]")) {
    const same = fresh.querySelector("#" + CSS.escape(old.id));
    if (same) same.open = old.open;
  }
  fill(fresh);
  const end = atEnd(part);
  const place = part.scrollTop;
  swap(part, [...document.adoptNode(fresh).childNodes]);
  part.dataset.seen = seen;
  if (part.hasAttribute("data-follow")) part.scrollTop = end ? part.scrollHeight : place;
}

// Leaves alone what has not changed, so that a screen reader reads out only what is new.
function swap(part, fresh) {
  const old = [...part.childNodes];
  let same = 0;
  while (same < old.length && same < fresh.length && old[same].isEqualNode(fresh[same])) same += 1;
  old.slice(same).forEach((node) => node.remove());
  part.append(...fresh.slice(same));
}

// What became of each event, by the address of its trace. When the receiver settles an event,
// nothing changes here: so each is asked for a few times, and the newest again when something does
// change. What is settled is kept, and is in a fresh part before that is shown.
const traces = new Map();
const sleep = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });
const verdict = (trace) => trace?.querySelector("[data-word]");

function trace() {
  const addresses = new Set([...document.querySelectorAll("[data-trace]")].map((place) => place.dataset.trace));
  let more = 10;
  for (const address of addresses) {
    const known = traces.get(address);
    if (!known) follow(address);
    else if (!known.settled && !known.again && more-- > 0) followUp(address, known);
  }
}

// That there is no trace is shown only when none has come for some time.
async function follow(address) {
  const known = {};
  traces.set(address, known);
  let trace = null;
  for (const pause of [100, 300, 600, 1000, 2000, 4000, 8000, 16000]) {
    trace = await ask(address, pause);
    if (known.settled) return;
  }
  if (trace && !known.trace) show(address, trace);
}

async function followUp(address, known) {
  known.again = true;
  for (const pause of [300, 1500]) await ask(address, pause);
  known.again = false;
}

async function ask(address, pause) {
  const known = traces.get(address);
  await sleep(pause);
  const trace = known.settled ? null : await read(address);
  const word = verdict(trace)?.dataset.word;
  if (known.settled || !word) return null;
  if (word !== "none") show(address, trace);
  known.settled = word !== "none" && !("open" in verdict(trace).dataset);
  return trace;
}

async function read(address) {
  try {
    return parse(await (await fetch(address)).text()).getElementById("trace");
  } catch {
    return null;
  }
}

function show(address, trace) {
  if (traces.get(address).trace?.isEqualNode(trace)) return;
  traces.get(address).trace = trace;
  fill(document, address);
}

function fill(root, only) {
  for (const place of root.querySelectorAll("[data-trace]")) {
    const trace = traces.get(place.dataset.trace)?.trace;
    if (!trace || (only && place.dataset.trace !== only)) continue;
    place.replaceChildren(...trace.cloneNode(true).childNodes);
    sum(place.closest("details"));
  }
}

// Puts the verdicts of an entry's events on its line, each once.
function sum(entry) {
  const badges = new Map();
  for (const place of entry?.querySelectorAll("[data-trace]") ?? []) {
    const badge = verdict(place);
    if (badge) badges.set(badge.dataset.word, [...badges.get(badge.dataset.word) ?? [], badge]);
  }
  entry?.querySelector(".verdicts").replaceChildren(...[...badges.values()].map((same) => {
    const badge = same[0].cloneNode(true);
    if (same.length > 1) badge.append(" ×" + same.length);
    return badge;
  }));
}

// Lets a clock go on from the moment at which it was shown.
function tick() {
  for (const clock of document.querySelectorAll("[data-wall]")) {
    clock.since ??= Date.now();
    const wall = Number(clock.dataset.wall) + Date.now() - clock.since;
    clock.textContent = new Date(wall).toISOString().slice(0, 19).replace("T", " ");
  }
}

function complain(sentence) {
  const problem = document.getElementById("problem");
  if (!problem) return;
  const ends = [...document.querySelectorAll("[data-follow]")].some(atEnd);
  problem.textContent = sentence && sentence[0].toUpperCase() + sentence.slice(1) + ".";
  problem.hidden = !sentence;
  if (ends) toEnd();
}

async function act(form, button) {
  const buttons = form.querySelectorAll("button");
  const body = new URLSearchParams(new FormData(form, button));
  buttons.forEach((button) => { button.disabled = true; });
  if (form.hasAttribute("data-clear")) form.reset();
  complain("");
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { accept: "application/json" } });
    if (!answer.ok) complain((await answer.json()).message);
  } catch {
    complain("the emulator does not answer");
  } finally {
    buttons.forEach((button) => { button.disabled = false; });
    // A disabled button loses the focus; whoever works by keyboard wants to press it again.
    if (document.activeElement === document.body) button?.focus();
    look();
  }
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-act]")) return;
  event.preventDefault();
  act(event.target, event.submitter);
});

// A link of a rich menu leads away by itself; the tap is reported beside it.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-tap]");
  if (!link) return;
  const body = new URLSearchParams({ area: link.dataset.area });
  fetch(link.dataset.tap, { method: "POST", body, keepalive: true, headers: { accept: "application/json" } });
});

// Enter sends, Shift+Enter breaks the line, and Enter that ends a Japanese conversion does neither.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  if (!event.target.matches("textarea")) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

live().forEach((part) => { part.dataset.seen = part.innerHTML; });
toEnd();
trace();
setInterval(tick, 1000);
const changes = new EventSource("/changes");
changes.onmessage = look;
changes.onopen = look;

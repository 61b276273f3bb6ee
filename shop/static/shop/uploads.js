// Photos into a job: dropped or chosen, sent in pieces over tus, three at a time, and again after
// whatever happens to the network. Without this script a plain form takes a few at once.
"use strict";

const PARALLEL = 3;
const GROUP = 20; // files that are looked at together before they are sent
const RETRIES_MS = [500, 1000, 3000, 5000]; // of one request that the server could not answer
const MOST_TRIES = 4; // of a file, each with these retries
const OFFLINE_MS = [500, 1000, 2000, 4000, 8000, 15000];
const POLL_MS = [1000, 2000, 3000, 5000];
const RATE_SECONDS = 30; // the remaining time is reckoned from what went out in so long
const MOST_LISTED = 200;
const PHOTO = /\.(jpe?g|png|hei[cf])$/i;
const JUNK = /^(\.|Thumbs\.db$|desktop\.ini$)/i;
const NO_ROOM = 507;

const root = document.querySelector("[data-uploads]");
const words = JSON.parse(document.getElementById("upload-words").textContent);
const language = document.documentElement.lang;
const plural = new Intl.PluralRules(language);
const counts = new Intl.NumberFormat(language);
const amounts = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
const natural = new Intl.Collator(language, { numeric: true });
const part = (name) => root.querySelector(`[data-part="${name}"]`);
const option = (name) => root.dataset[name];

function say(name, values = {}) {
  let text = words[name];
  if (typeof text === "object") text = text[plural.select(values.count)] ?? text.other;
  return text.replace(/\{(\w+)\}/g, (_all, key) =>
    typeof values[key] === "number" ? counts.format(values[key]) : values[key],
  );
}

function size(bytes) {
  if (bytes < 1e6) return `${counts.format(Math.ceil(bytes / 1e3))} kB`;
  return bytes < 1e9 ? `${amounts.format(bytes / 1e6)} MB` : `${amounts.format(bytes / 1e9)} GB`;
}

function duration(seconds) {
  if (seconds < 60) return say("seconds", { count: Math.max(1, Math.round(seconds)) });
  if (seconds < 5400) return say("minutes", { count: Math.round(seconds / 60) });
  return say("hours", { count: Math.round(seconds / 3600) });
}

// What is to be sent

const fresh = []; // not looked at yet
const ready = []; // to be sent, in order
const active = new Set();
const problems = []; // files that were refused or could not be sent
let nextPosition = Number(option("nextPosition"));
let all = { files: 0, bytes: 0 };
let over = { files: 0, bytes: 0, known: 0, refused: 0 };
let isPaused = false, isSifting = false, isOffline = false, offlineTries = 0;
let server = { done: 0, known: 0, refused: 0, waiting: 0, receiving: 0, is_over: true };
let hasSent = option("underWay") === "yes"; // there is something to tell

function add(found) {
  const target = { album: part("album").value, folder: part("folder").value.trim() };
  found.sort((a, b) => natural.compare(a.path, b.path));
  let added = 0;
  for (const { file, path } of found) {
    if (JUNK.test(file.name)) continue;
    const folder = path.split("/").slice(-2, -1)[0] ?? "";
    const entry = { file, path, sent: 0, tries: 0, position: nextPosition++ };
    entry.target = folder ? { folder } : target.album ? { album: target.album } : target;
    added += 1;
    all.files += 1;
    if (!PHOTO.test(file.name)) refuse(entry, say("no_photo"));
    else if (file.size > Number(option("mostBytes"))) {
      refuse(entry, say("too_large", { most: Math.floor(Number(option("mostBytes")) / 1e6) }));
    } else {
      all.bytes += file.size;
      fresh.push(entry);
    }
  }
  if (added) {
    hasSent = true;
    root.dataset.state = "";
  } else announce(say("empty"));
  go();
}

function refuse(entry, text) {
  over.files += 1;
  over.refused += 1;
  problems.push({ entry, text, isFinal: true });
}

function fail(entry, text) {
  over.files += 1;
  over.bytes += entry.file.size;
  problems.push({ entry, text, isFinal: false });
}

function retryFailed() {
  const again = problems.filter((problem) => !problem.isFinal);
  problems.splice(0, problems.length, ...problems.filter((problem) => problem.isFinal));
  for (const { entry } of again) {
    over.files -= 1;
    over.bytes -= entry.file.size;
    entry.tries = entry.sent = 0;
    ready.push(entry);
  }
  go();
}

const isUnderWay = () => fresh.length + ready.length + active.size > 0;

// Looking: what the job has already need not be sent. Only where the browser can hash.

async function sift() {
  if (isSifting || isPaused) return;
  isSifting = true;
  while (fresh.length && ready.length < GROUP && !isPaused) {
    const group = fresh.splice(0, ready.length || active.size ? GROUP : PARALLEL);
    const known = await knownOf(group);
    for (const entry of group) {
      if (known.has(entry.sha256)) {
        over.files += 1;
        over.bytes += entry.file.size;
        over.known += 1;
      } else ready.push(entry);
    }
    fill();
  }
  isSifting = false;
  if (!isUnderWay()) poll();
  draw();
}

async function knownOf(group) {
  if (!window.crypto?.subtle) return new Set();
  for (const entry of group) entry.sha256 = await digest(entry.file);
  try {
    const asked = group.map((entry) => entry.sha256).filter(Boolean);
    const answer = await fetch(option("known"), {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf() },
      body: JSON.stringify(asked),
    });
    return new Set((await answer.json()).known);
  } catch {
    return new Set(); // Then they are sent, and recognised by the server.
  }
}

async function digest(file) {
  try {
    const bytes = await window.crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
  } catch {
    return ""; // Unreadable; sending it will tell.
  }
}

// Signing in again gives another one.
const csrf = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? option("csrf");

// Sending

function fill() {
  while (!isPaused && !isOffline && active.size < PARALLEL && ready.length) send(ready.shift());
  if (ready.length < GROUP / 2) sift();
  draw();
}

function send(entry) {
  active.add(entry);
  entry.upload ??= uploadOf(entry);
  entry.upload
    .findPreviousUploads()
    .then((previous) => {
      // Of this very object there is an address; of one before the page was loaded, perhaps.
      if (!entry.upload.url && previous.length) entry.upload.resumeFromPreviousUpload(previous[0]);
      if (active.has(entry)) entry.upload.start();
    })
    .catch((error) => stop(entry, error));
}

function uploadOf(entry) {
  const { file, path, target } = entry;
  const metadata = { filename: file.name, batch: option("batch"), position: `${entry.position}` };
  for (const [name, value] of Object.entries(target)) if (value) metadata[name] = value;
  if (entry.sha256) metadata.sha256 = entry.sha256;
  return new window.tus.Upload(file, {
    endpoint: option("endpoint"),
    chunkSize: Number(option("pieceBytes")),
    retryDelays: RETRIES_MS,
    removeFingerprintOnSuccess: true,
    metadata,
    fingerprint: async () =>
      [option("endpoint"), path, file.size, file.lastModified, ...Object.values(target)].join("|"),
    onBeforeRequest: (request) => request.setHeader("X-CSRFToken", csrf()),
    onShouldRetry: (error) => {
      const status = error.originalResponse?.getStatus() ?? 0;
      return status === 409 || status === 423 || (status >= 500 && status !== NO_ROOM);
    },
    onProgress: (sent) => progress(entry, sent),
    onSuccess: () => {
      active.delete(entry);
      over.files += 1;
      over.bytes += file.size;
      offlineTries = 0;
      entry.upload = null;
      fill();
      poll();
    },
    onError: (error) => stop(entry, error),
  });
}

function stop(entry, error) {
  if (!active.delete(entry)) return; // was paused meanwhile
  const answer = error.originalResponse;
  const status = answer?.getStatus() ?? 0;
  const isFromUs = Boolean(answer?.getHeader("Tus-Resumable"));
  if (!answer) {
    if (error.originalRequest) {
      ready.unshift(entry);
      waitForNetwork();
    } else fail(entry, say("unreadable"));
  } else if (isFromUs && status === NO_ROOM) {
    ready.unshift(entry);
    pause(answer.getBody());
  } else if (isFromUs && status >= 400 && status < 500 && status !== 409 && status !== 423) {
    over.bytes += entry.file.size;
    refuse(entry, answer.getBody());
  } else if (!isFromUs && status < 500) {
    ready.unshift(entry);
    pause(say("signed_out"));
  } else if (++entry.tries < MOST_TRIES) ready.push(entry);
  else fail(entry, say("trouble"));
  fill();
}

function waitForNetwork() {
  if (isOffline) return;
  isOffline = true;
  note(say("offline"));
  window.setTimeout(backOnline, OFFLINE_MS[Math.min(offlineTries++, OFFLINE_MS.length - 1)]);
}

function backOnline() {
  if (!isOffline) return;
  isOffline = false;
  note("");
  fill();
}

function pause(text = say("paused")) {
  isPaused = true;
  for (const entry of active) entry.upload.abort();
  ready.unshift(...active);
  active.clear();
  note(text);
  draw();
}

function go() {
  isPaused = false;
  if (!isOffline) note("");
  fill();
  if (!isUnderWay()) poll();
}

// How far it is

let went = [];

function progress(entry, sent) {
  const more = sent - entry.sent;
  if (entry.sent && more > 0) went.push([performance.now(), more]);
  entry.sent = sent;
  draw();
}

function secondsLeft(bytes) {
  const since = performance.now() - RATE_SECONDS * 1000;
  went = went.filter(([at]) => at > since);
  if (went.length < 2) return null;
  const seconds = (performance.now() - went[0][0]) / 1000;
  const rate = went.reduce((sum, [, more]) => sum + more, 0) / Math.max(seconds, 1);
  return bytes / rate;
}

// Processing: one small question, ever more seldom while nothing changes.

let pollTimer = 0, quiet = 0;

function poll() {
  if (!pollTimer) pollTimer = window.setTimeout(look, POLL_MS[Math.min(quiet, POLL_MS.length - 1)]);
}

async function look() {
  let now = null;
  try {
    const query = new URLSearchParams({ batch: option("batch"), refused: server.refused ?? 0 });
    const answer = await fetch(`${option("progress")}?${query}`);
    now = answer.ok && !answer.redirected ? await answer.json() : null;
  } catch {
    now = null; // Offline, say.
  }
  pollTimer = 0;
  if (now) {
    quiet = (now.done ?? 0) === server.done ? quiet + 1 : 0;
    if (now.refusals.length) listRefusals(now.refusals);
    server = { done: 0, known: 0, refused: 0, waiting: 0, receiving: 0, ...now };
    draw();
  }
  if (isUnderWay() || !now || !server.is_over) poll();
  else finish();
}

let refusals = [];

function listRefusals(found) {
  refusals = found;
}

function finish() {
  announce(summary());
  root.dataset.state = "over";
  draw();
}

function summary() {
  const known = over.known + server.known;
  const refused = over.refused + server.refused;
  const failed = problems.filter((problem) => !problem.isFinal).length;
  const told = [say("ready", { count: server.done })];
  if (known) told.push(say("known", { count: known }));
  if (refused) told.push(say("refused", { count: refused }));
  if (failed) told.push(say("failed", { count: failed }));
  return told.join(" ");
}

// Drawing: what moves, not a row for each of a thousand files

let isDrawing = false;

function draw() {
  if (isDrawing) return;
  isDrawing = true;
  window.setTimeout(() => {
    isDrawing = false;
    drawNow();
  }, 100);
}

const note = (text) => {
  part("note").textContent = text;
  part("note").hidden = !text;
};
const announce = (text) => (part("said").textContent = text);

function drawNow() {
  const isOn = isUnderWay();
  if (isOn) root.dataset.state = isPaused ? "paused" : "sending";
  else if (root.dataset.state !== "over" && hasSent) root.dataset.state = "processing";
  part("work").hidden = !hasSent;
  const sent = [...active, ...ready].reduce((sum, entry) => sum + entry.sent, over.bytes);
  part("bar").max = Math.max(all.bytes, 1);
  part("bar").value = isOn ? sent : Math.max(all.bytes, 1);
  part("total").textContent = all.files
    ? say("sending", { done: over.files, all: all.files, sent: size(sent), size: size(all.bytes) })
    : "";
  const left = isOn && !isPaused ? secondsLeft(all.bytes - sent) : null;
  part("left").textContent = left === null ? "" : say("left", { time: duration(left) });
  part("pause").textContent = say(isPaused ? "go_on" : "pause");
  part("pause").hidden = !isOn;
  part("retry").hidden = problems.every((problem) => problem.isFinal);
  drawActive();
  drawProblems();
  drawProcessing(isOn);
}

function drawActive() {
  const rows = [...active].map((entry) => {
    entry.row ??= rowOf(entry);
    entry.row.querySelector("progress").value = entry.sent;
    return entry.row;
  });
  part("active").replaceChildren(...rows);
}

function rowOf(entry) {
  const row = part("row").content.firstElementChild.cloneNode(true);
  row.querySelector("[data-name]").textContent = entry.file.name;
  const bar = row.querySelector("progress");
  bar.max = Math.max(entry.file.size, 1);
  bar.setAttribute("aria-label", entry.file.name);
  return row;
}

let drawnProblems = -1;

function drawProblems() {
  const listed = [...problems.map(({ entry, text }) => [entry.file.name, text]), ...refusals];
  if (listed.length === drawnProblems) return;
  drawnProblems = listed.length;
  const rows = listed.slice(0, MOST_LISTED).map(([name, text]) => {
    const row = document.createElement("li");
    const strong = document.createElement("strong");
    strong.textContent = name;
    row.append(strong, ` ${text}`);
    return row;
  });
  part("problems").replaceChildren(...rows);
  part("problems-part").hidden = !listed.length;
  const more = listed.length - rows.length;
  part("more").textContent = more > 0 ? say("more", { count: more }) : "";
}

function drawProcessing(isOn) {
  const through = server.done + server.known + server.refused;
  const count = through + server.waiting + server.receiving;
  part("processing").textContent = count ? say("processing", { ready: through, all: count }) : "";
  part("result").textContent = root.dataset.state === "over" ? summary() : "";
  part("result-part").hidden = root.dataset.state !== "over";
  part("all-sent").hidden = isOn || root.dataset.state !== "processing" || !all.files;
}

// Dropped and chosen

async function filesOf(transfer) {
  // All entries at once: after the first wait the browser takes them away.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files].map((file) => ({ file, path: file.name }));
  const found = [];
  for (const entry of entries) await walk(entry, "", found);
  return found;
}

async function walk(entry, before, found) {
  const path = `${before}${entry.name}`;
  if (entry.isFile) {
    const file = await new Promise((done) => entry.file(done, () => done(null)));
    if (file) found.push({ file, path });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    // A hundred at a time; the last answer is empty.
    const some = await new Promise((done) => reader.readEntries(done, () => done([])));
    if (!some.length) return;
    for (const inner of some) await walk(inner, `${path}/`, found);
  }
}

const chosen = (input) => {
  const found = [...input.files].map((file) => ({
    file,
    path: file.webkitRelativePath || file.name,
  }));
  input.value = "";
  add(found);
};

function listen() {
  const drop = part("drop");
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.dataset.over = "yes";
    });
  }
  drop.addEventListener("dragleave", () => delete drop.dataset.over);
  drop.addEventListener("drop", async (event) => {
    event.preventDefault();
    delete drop.dataset.over;
    announce(say("reading"));
    add(await filesOf(event.dataTransfer));
  });
  // A file that misses the zone must not take the place of the page.
  for (const name of ["dragover", "drop"]) {
    document.addEventListener(name, (event) => event.preventDefault());
  }
  for (const name of ["files", "folders"]) {
    part(name).addEventListener("change", () => chosen(part(name)));
  }
  part("choose-files").addEventListener("click", () => part("files").click());
  part("choose-folder").addEventListener("click", () => part("folders").click());
  part("pause").addEventListener("click", () => (isPaused ? go() : pause()));
  part("retry").addEventListener("click", retryFailed);
  part("album").addEventListener("change", offerName);
  window.addEventListener("online", backOnline);
  window.addEventListener("beforeunload", (event) => {
    if (isUnderWay()) event.preventDefault();
  });
}

function offerName() {
  part("folder-part").hidden = Boolean(part("album").value);
}

listen();
offerName();
part("plain").hidden = part("files").hidden = true;
part("choose-files").hidden = false;
part("choose-folder").hidden = !("webkitdirectory" in part("folders"));
for (const element of root.querySelectorAll("[data-script]")) element.hidden = false;
if (hasSent) poll();
draw();

// The texts of a notification: placeholders by a press, the marked place under the cursor, and the
// length of an SMS. Without this script they are typed and counted by hand.
"use strict";

const trigger = document.getElementById("id_trigger");
const channel = document.getElementById("id_channel");
const list = document.getElementById("placeholders");

let last = document.querySelector("[data-text] textarea");
for (const input of document.querySelectorAll("[data-text] textarea, [data-text] input")) {
  input.addEventListener("focus", () => (last = input));
}

// Placeholders

function insert(words) {
  const { selectionStart: from, selectionEnd: until } = last;
  last.focus();
  last.setRangeText(words, from, until, "end");
  last.dispatchEvent(new Event("input", { bubbles: true }));
}

for (const code of list?.querySelectorAll("code") ?? []) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "placeholder";
  button.textContent = code.textContent;
  button.addEventListener("click", () => {
    const isSubject = last.tagName === "INPUT";
    if (isSubject && "bodyOnly" in code.dataset) {
      last = last.closest("[data-text]").querySelector("textarea");
    }
    insert(code.dataset.insert);
  });
  code.replaceWith(button);
}
const hint = list?.querySelector("[data-hint]");
if (hint) hint.textContent += ` ${hint.dataset.hint}`;

function offer() {
  for (const item of list?.querySelectorAll("[data-triggers]") ?? []) {
    item.hidden = !item.dataset.triggers.split(" ").includes(trigger.value);
  }
}
trigger?.addEventListener("change", offer);
if (trigger) offer();

// The length of an SMS: as comms/sms.py counts, of the text before its placeholders are replaced.

const BASIC =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
  "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const ESCAPED = "\f^{}\\[~]|€";

function size(text) {
  const characters = [...text];
  const isGsm = characters.every((c) => BASIC.includes(c) || ESCAPED.includes(c));
  const widths = characters.map((c) => (isGsm ? (ESCAPED.includes(c) ? 2 : 1) : c.length));
  const units = widths.reduce((sum, width) => sum + width, 0);
  if (units <= (isGsm ? 160 : 70)) return { units, segments: units ? 1 : 0 };
  const room = isGsm ? 153 : 67;
  let segments = 1;
  let used = 0;
  for (const width of widths) {
    if (used + width > room) [segments, used] = [segments + 1, 0];
    used += width;
  }
  return { units, segments };
}

function measure() {
  for (const card of document.querySelectorAll("[data-text]")) {
    const shown = card.querySelector(".sms-size");
    const { units, segments } = size(card.querySelector("textarea").value);
    shown.hidden = channel.value !== "sms";
    shown.textContent = shown.dataset.sms
      .replace("{units}", String(units))
      .replace("{segments}", String(segments));
  }
}
if (channel) {
  channel.addEventListener("change", measure);
  document.addEventListener("input", measure);
  measure();
}

// The first place that was refused is selected, so that one types over it.

function select(problem) {
  const input = problem.closest(".field").querySelector("textarea, input");
  const lines = input.value.split("\n");
  const before = lines.slice(0, Number(problem.dataset.line) - 1);
  const start = before.reduce((sum, line) => sum + line.length + 1, 0);
  const from = start + Number(problem.dataset.column) - 1;
  input.focus();
  input.setSelectionRange(from, from + Number(problem.dataset.length));
}
const problems = document.querySelectorAll(".problems [data-line]");
if (problems.length) select(problems[0]);
for (const problem of problems) problem.addEventListener("click", () => select(problem));

// Loads the page again at the moment from which it would read differently, such as the end of the
// last day to order. The server says in how many seconds; this device's clock is not asked.
"use strict";

const LONGEST_JITTER_SECONDS = 4; // Not every visitor in the same second.

const seconds = Number(document.querySelector("main").dataset.changesInSeconds);
const wait = (seconds + Math.random() * LONGEST_JITTER_SECONDS) * 1000;
const loaded = Date.now();

function reload() {
  if (navigator.onLine) {
    window.location.reload();
  } else {
    window.addEventListener("online", () => window.location.reload(), { once: true });
  }
}

// Timers stand still while a device sleeps; whoever comes back must not find the old page.
function reloadIfDue() {
  if (document.visibilityState === "visible" && Date.now() - loaded >= wait) reload();
}

window.setTimeout(reload, wait);
document.addEventListener("visibilitychange", reloadIfDue);
window.addEventListener("pageshow", reloadIfDue);

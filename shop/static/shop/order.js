// While an order waits for the provider's confirmation: looks again, ever more seldom, and loads
// the page when the order's status has changed. Without this script there is a link to look again.
"use strict";

const WAITS_SECONDS = [2, 3, 4, 6, 8, 12, 20, 30, 60, 60];

const status = (root) => root.querySelector("[data-order-status]")?.dataset.orderStatus;
const first = status(document);

async function hasChanged() {
  try {
    const response = await fetch(window.location.href, { cache: "no-store" });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return response.ok && status(page) !== first;
  } catch {
    return false; // Offline, say. The next look may have more luck.
  }
}

async function look(waits) {
  if (waits.length === 0) return;
  await new Promise((resolve) => window.setTimeout(resolve, waits[0] * 1000));
  if (document.visibilityState === "visible" && (await hasChanged())) {
    window.location.reload();
  } else {
    look(waits.slice(1));
  }
}

look(WAITS_SECONDS);

// A slip's QR code leads here with the code behind the “#”, which no browser sends to a server. It
// is taken out of the address before anything else happens, and posted like a typed one.
"use strict";

const form = document.getElementById("code-form");
const field = document.getElementById("code");
const GROUPS = /^([0-9A-Z]{4})-?([0-9A-Z]{4})-?([0-9A-Z]{5})$/i;
const JOB_GROUPS = /^([0-9A-Z]{4})-?([0-9A-Z]{4})$/i; // the code of a prepay job

function takeFromAddress() {
  const scanned = window.location.hash.slice(1);
  // Anything else is a place on this page, or a link that somebody broke.
  if (!GROUPS.test(scanned) && !JOB_GROUPS.test(scanned)) return;
  window.history.replaceState(null, "", window.location.pathname + window.location.search);
  field.value = scanned;
  form.requestSubmit();
}

// In groups, as on the slip, once it is complete. The server reads it either way.
function writeInGroups() {
  const plain = field.value.replace(/[\s-]+/g, "").toUpperCase();
  if (GROUPS.test(plain)) field.value = plain.replace(GROUPS, "$1-$2-$3");
  if (JOB_GROUPS.test(plain)) field.value = plain.replace(JOB_GROUPS, "$1-$2");
}

field.addEventListener("change", writeInGroups);
window.addEventListener("hashchange", takeFromAddress);
takeFromAddress();

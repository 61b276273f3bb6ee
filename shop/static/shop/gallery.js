// Leafs through the photos with the arrow keys, and counts what is ticked for a package. Without
// it links lead on, and the server counts.
"use strict";

const EDITED = "input, select, textarea, [contenteditable]";

document.addEventListener("keydown", (event) => {
  const relation = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  const isMeant = !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (!relation || !isMeant || event.target.closest(EDITED)) return;
  document.querySelector(`main a[rel="${relation}"]`)?.click();
});

for (const form of document.querySelectorAll("form[data-choose]")) {
  const wanted = Number(form.dataset.choose);
  const boxes = [...form.querySelectorAll('input[name="photo"]')];
  const words = form.querySelector("[data-words]");
  const button = form.querySelector("button");

  const count = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    words.textContent = words.dataset.words.replace("%of", wanted).replace("%n", chosen);
    for (const box of boxes) box.disabled = !box.checked && chosen >= wanted;
    button.disabled = chosen !== wanted;
  };

  form.addEventListener("change", count);
  // A page that comes back from the browser's memory keeps its ticks.
  window.addEventListener("pageshow", count);
  count();
}

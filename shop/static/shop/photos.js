// Choosing photos: by click, with Shift all up to it, and by keyboard. Without this script the
// boxes and buttons work as they are.
"use strict";

for (const form of document.querySelectorAll("form[data-photos]")) {
  const boxes = [...form.querySelectorAll('input[name="photo"]')];
  const everything = form.querySelector("[data-all]");
  const chosen = form.querySelector("[data-chosen]");
  const wholePage = form.querySelector("[data-choose-page]");
  let last = null;

  const columns = () => {
    const top = boxes[0].closest("li").offsetTop;
    const next = boxes.findIndex((box) => box.closest("li").offsetTop !== top);
    return next === -1 ? boxes.length : next;
  };

  const count = () => {
    const number = boxes.filter((box) => box.checked).length;
    if (chosen) {
      chosen.hidden = everything.checked || number === 0;
      chosen.textContent = `${number} ✓`;
    }
  };

  const chooseUpTo = (box) => {
    const [from, to] = [boxes.indexOf(last ?? box), boxes.indexOf(box)].sort((a, b) => a - b);
    for (const other of boxes.slice(from, to + 1)) other.checked = box.checked;
  };

  form.addEventListener("click", (event) => {
    // A click on the picture comes a second time, from the box that it ticks, and then without Shift.
    const frame = event.target.closest(".photo-frame");
    if (frame && event.target.matches("img") && event.shiftKey) {
      const box = frame.querySelector("input");
      if (!box) return;
      event.preventDefault();
      box.checked = !box.checked;
      chooseUpTo(box);
      last = box;
      box.focus();
      count();
    } else if (boxes.includes(event.target)) {
      if (event.shiftKey) chooseUpTo(event.target);
      last = event.target;
      count();
    }
  });

  form.addEventListener("keydown", (event) => {
    const place = boxes.indexOf(event.target);
    if (place === -1) return;
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns(), ArrowUp: -columns() };
    if (event.key in steps) {
      event.preventDefault();
      boxes[Math.min(boxes.length - 1, Math.max(0, place + steps[event.key]))].focus();
    } else if (event.key === "a" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      for (const box of boxes) box.checked = true;
      count();
    } else if (event.key === "Escape") {
      for (const box of boxes) box.checked = false;
      count();
    }
  });

  if (wholePage) {
    wholePage.hidden = false;
    wholePage.addEventListener("click", () => {
      const all = boxes.every((box) => box.checked);
      for (const box of boxes) box.checked = !all;
      count();
    });
  }
  everything?.addEventListener("change", count);
  count();
}

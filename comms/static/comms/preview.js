// A changed choice is shown at once; without this script there is a button.
"use strict";

for (const form of document.querySelectorAll("form[data-auto-submit]")) {
  form.querySelector("button[type=submit]").hidden = true;
  form.addEventListener("change", (event) => {
    // Customers are those of a job: with another job the choice among them is void.
    if (event.target.name === "job") form.elements.customer.disabled = true;
    form.submit();
  });
}

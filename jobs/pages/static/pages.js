// What makes pages more comfortable; without it they are pages that one loads again.
"use strict";

// A batch page follows its batch.
const state = document.getElementById("state");
if (state && ["running", "queued"].includes(state.textContent)) {
  const source = new EventSource(state.dataset.events);
  source.onmessage = (event) => {
    const batch = JSON.parse(event.data);
    document.getElementById("done").value = batch.pairs_done;
    document.getElementById("count").textContent = batch.pairs_done;
    if (batch.state !== state.textContent) {
      source.close();
      location.reload();
    }
  };
}

// A file that is dropped on a text becomes its text.
for (const area of document.querySelectorAll("[data-drop]")) {
  area.addEventListener("dragover", (event) => event.preventDefault());
  area.addEventListener("drop", async (event) => {
    const [file] = event.dataTransfer.files;
    if (!file) return;
    event.preventDefault();
    area.value = await file.text();
  });
}

// A batch that is being written is counted: one question at a time, after a pause.
for (const area of document.querySelectorAll("[data-plan]")) {
  const shown = document.getElementById("plan");
  const [fault, rows, pairs, time] = ["[data-fault]", "tbody", "[data-pairs]", "[data-time]"].map(
    (part) => shown.querySelector(part),
  );
  let waiting = 0;
  let asking = false;
  const count = async () => {
    if (asking) return;
    asking = true;
    const text = area.value;
    try {
      const answer = await fetch(area.dataset.plan, { method: "POST", body: text });
      const found = await answer.json();
      shown.hidden = false;
      time.hidden = true;
      fault.hidden = answer.ok;
      fault.textContent = answer.ok ? "" : found.detail;
      if (answer.ok) {
        rows.replaceChildren(
          ...found.counts.map(({ step, left }) => {
            const row = document.createElement("tr");
            const name = document.createElement("th");
            name.scope = "row";
            name.textContent = step;
            const number = row.insertCell();
            number.className = "number";
            number.textContent = left;
            row.prepend(name);
            return row;
          }),
        );
        pairs.textContent =
          `${found.pairs_total} pairs: ${found.sses} SSEs in ${found.composites} composites.`;
      }
    } catch {
      shown.hidden = true; // The button does the same.
    }
    asking = false;
    if (area.value !== text) later();
  };
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(count, 500);
  };
  area.addEventListener("input", later);
}

// A sheet is printed from its page.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// A form that takes long says so, and is not sent twice.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", () => {
    document.body.classList.add("waiting");
    setTimeout(() => {
      for (const button of form.querySelectorAll("button")) button.disabled = true;
    }, 0);
  });
}
addEventListener("pageshow", () => {
  document.body.classList.remove("waiting");
  for (const button of document.querySelectorAll("form[method=post] button")) button.disabled = false;
});

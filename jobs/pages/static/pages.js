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
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

// A file that is chosen for a list becomes its text.
for (const chosen of document.querySelectorAll("[data-into]")) {
  chosen.addEventListener("change", async () => {
    const area = document.getElementById(chosen.dataset.into);
    area.value = await chosen.files[0].text();
    chosen.value = "";
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

// A form that is being filled in is read by the server after a pause, one question at a time: what
// it would show comes back as its page, and is shown here, but for the field that one is in.
for (const form of document.querySelectorAll("form[data-live]")) {
  let waiting = 0;
  let asking = false;
  const sent = () => JSON.stringify([...new FormData(form)].filter(([, one]) => one.trim));
  const show = (page) => {
    for (const fresh of page.querySelectorAll("form[data-live] [id]")) {
      const mine = document.getElementById(fresh.id);
      if (!mine) continue;
      if (fresh.matches(".faults, #plan, #alert")) {
        if (mine.textContent !== fresh.textContent) mine.replaceChildren(...fresh.childNodes);
      } else if (fresh.matches("input, select, textarea")) {
        if (fresh.hasAttribute("aria-invalid")) mine.setAttribute("aria-invalid", "true");
        else mine.removeAttribute("aria-invalid");
        if (mine === document.activeElement || mine.type === "file") continue;
        mine.value = fresh.value;
        if (mine.type === "checkbox") mine.checked = fresh.checked;
      } else if (fresh.open) mine.open = true;
    }
  };
  const ask = async () => {
    if (asking) return;
    asking = true;
    let known = sent();
    const body = new FormData(form);
    body.append("live", "yes");
    try {
      const answer = await fetch(form.dataset.live, { method: "POST", body });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (sent() === known) {
        show(page);
        known = sent();
      }
    } catch {
      // The buttons do the same.
    }
    asking = false;
    if (sent() !== known) later();
  };
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 500);
  };
  form.addEventListener("input", later);
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

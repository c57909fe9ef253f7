// A batch page follows its batch; without this script it is a page that one loads again.
"use strict";
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

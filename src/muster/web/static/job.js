// A job's page says where the job stands, every two seconds; when the job has ended the page is loaded anew.
"use strict";
(() => {
  const job = document.getElementById("job"), EVERY_MS = 2000, LATER_MS = 8000;
  const at = (id) => document.getElementById(id), FORM = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });
  async function look() {
    const answer = await fetch(job.dataset.state, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (answer.status === 401 || answer.status === 403) return location.reload();
    if (!answer.ok) throw new Error(answer.status);
    const now = await answer.json();
    if (!now.open || now.state + (now.stopping ? " stopping" : "") !== job.dataset.now) return location.reload();
    at("share").value = now.share;
    at("percent").textContent = FORM.format(now.share);
    if (at("message").textContent !== now.message) at("message").textContent = now.message;
    at("elapsed").textContent = now.elapsed;
    at("silent").hidden = !now.silent;
    return setTimeout(again, EVERY_MS);
  }
  const again = () => look().catch(() => setTimeout(again, LATER_MS)); // the server may be starting anew
  setTimeout(again, EVERY_MS / 2);
})();

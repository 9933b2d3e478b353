// What is entered is kept on the phone first, under an id that is made here, and sent until the book has it.
"use strict";
(() => {
  const status = document.getElementById("unsent"), told = document.getElementById("told"), words = status.dataset;
  const person = document.body.dataset.person, PREFIX = "muster-entry:", OWN = `${PREFIX}${person}:`;
  const WAIT_MS = 30000, AGAIN_MS = 5000, FRESH_MS = 15000, BATCH = 50;
  const LANG = document.documentElement.lang, NUMBERS = LANG === "ar" ? "ru" : LANG; // 29 400,5, as on the server's pages
  let sending = null;

  // UUID, version 7 (RFC 9562): time first, then 74 random bits. crypto.randomUUID is not everywhere, and is version 4.
  function newId(ms) {
    const bytes = new Uint8Array(16);
    if (window.crypto && crypto.getRandomValues) crypto.getRandomValues(bytes);
    else for (let i = 0; i < 16; i++) bytes[i] = Math.floor(Math.random() * 256);
    for (let i = 5, rest = ms; i >= 0; i--, rest = Math.floor(rest / 256)) bytes[i] = rest % 256;
    bytes[6] = 0x70 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }

  // One key for each entry: two tabs of the same phone never write over each other.
  const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).sort();
  const own = () => keys().filter((key) => key.startsWith(OWN)).map((key) => JSON.parse(localStorage.getItem(key)));
  const keep = (entry) => localStorage.setItem(OWN + entry.id, JSON.stringify(entry));
  const drop = (id) => localStorage.removeItem(OWN + id);

  function tell(text, kind) {
    told.textContent = text;
    told.className = `said ${kind || ""}`;
    told.hidden = !text;
    if (text) told.scrollIntoView({ block: "nearest" });
  }

  function show() {
    const entries = own(), waiting = entries.filter((entry) => !entry.refused);
    status.querySelector("b").textContent = new Intl.NumberFormat(NUMBERS).format(waiting.length);
    status.classList.toggle("waiting", waiting.length > 0);
    const queue = document.getElementById("queue");
    if (!queue) return;
    const items = entries.map((entry) => item(entry));
    if (keys().length > entries.length) items.push(line(words.others));
    queue.querySelector("ul").replaceChildren(...items);
    queue.hidden = items.length === 0;
  }

  // 2026-11-27 13:30, by the clock of the phone: the same in every language, as on the server's pages (there in UTC).
  function clock(when) {
    const at = new Date(when), local = new Date(at.getTime() - at.getTimezoneOffset() * 60000);
    return local.toISOString().slice(0, 16).replace("T", " ");
  }

  function line(text) {
    const li = document.createElement("li");
    li.append(text);
    return li;
  }

  function item(entry) {
    const li = line(`${entry.title} · \u2066${clock(entry.occurred)}\u2069 · `);
    const state = document.createElement("b");
    state.textContent = entry.refused ? words.refused : words.waits;
    li.append(state);
    for (const row of entry.rows.concat((entry.refused || []).map((fault) => `${fault.what} ${fault.do}`))) {
      const bdi = document.createElement("bdi");
      bdi.textContent = row;
      li.append(document.createElement("br"), bdi);
    }
    if (entry.refused) {
      const button = document.createElement("button");
      button.textContent = words.drop;
      button.addEventListener("click", () => { drop(entry.id); show(); });
      li.append(document.createElement("br"), button);
    }
    return li;
  }

  const token = () => (document.cookie.match(/(?:^|; )csrftoken=([^;]*)/) || [])[1] || "";

  async function post(entries, asked) {
    const stop = new AbortController(), timer = setTimeout(() => stop.abort(), WAIT_MS);
    try {
      return await fetch(words.sync, {
        method: "POST", signal: stop.signal, credentials: "same-origin",
        headers: { "Content-Type": "application/json", "Accept": "application/json", "X-CSRFToken": decodeURIComponent(token()) },
        body: JSON.stringify({ person, asked, entries: entries.map(({ id, form, occurred, fields }) => ({ id, form, occurred, fields })) }),
      });
    } finally { clearTimeout(timer); }
  }

  // Shows what the book says of the day once more, now that it has what was sent; not under somebody's fingers.
  async function renew() {
    const before = document.getElementById("book");
    if (!before || before.contains(document.activeElement)) return;
    const answer = await fetch(location.pathname, { credentials: "same-origin" });
    const after = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("book");
    if (!after) return;
    before.replaceWith(document.adoptNode(after));
    clocks();
  }

  // Sends all that waits; an entry goes from the phone only when the book says that it has it.
  async function flush() {
    for (let sent = false; ; sent = true) {
      const waiting = own().filter((entry) => !entry.refused).slice(0, BATCH);
      if (!waiting.length) return sent && renew();
      const fresh = waiting.length === 1 && Date.now() - Date.parse(waiting[0].occurred) < FRESH_MS;
      const answer = await post(waiting, fresh);
      if (answer.status === 401 || answer.status === 403) return tell(words.again, "warning");
      if (!answer.ok) return;
      for (const outcome of (await answer.json()).outcomes) {
        const entry = waiting.find((each) => each.id === outcome.id);
        if (outcome.status !== "refused") drop(outcome.id);
        else keep({ ...entry, refused: outcome.faults });
        if (fresh && outcome.status === "refused") tell(outcome.faults.map((fault) => `${fault.what} ${fault.do}`).join(" "), "error");
        else tell(words[outcome.status] || words.sent, words[outcome.status] ? "warning" : ""); // disputed, asked
      }
      show();
    }
  }

  function send() {
    sending = sending || flush().catch(() => {}).finally(() => { sending = null; show(); });
    return sending;
  }

  // A number in digits of any script the pages have, as the book reads it; a comma before three digits is no clear number.
  function western(text) {
    const told = text.trim().replace(/[\u0660-\u0669]/g, (sign) => sign.charCodeAt(0) - 0x660).replace(/[\u06f0-\u06f9]/g, (sign) => sign.charCodeAt(0) - 0x6f0).replace("\u066b", ".");
    return /^\d+,(\d{1,2}|\d{4,})$/.test(told) ? told.replace(",", ".") : told;
  }

  // What a row comes to, in kilograms (litres, pieces), as it is typed.
  function reckon(row) {
    const input = row.querySelector("input[name^='n-']"), select = row.querySelector("select[name^='unit-']"), output = row.querySelector("output");
    const much = Number(western(input.value)), option = select.selectedOptions[0], larger = ["g", "ml"].includes(output.dataset.unit);
    const sum = much * Number(option && option.dataset.size) / (larger ? 1000 : 1);
    const number = new Intl.NumberFormat(NUMBERS, { maximumFractionDigits: 3 }).format(sum);
    const text = document.documentElement.dir === "rtl" ? `\u2066${number}\u2069` : number;
    output.textContent = input.value && Number.isFinite(sum) && output.dataset.unit ? `= ${text} ${output.dataset.name}` : "";
  }

  function entered(form) {
    const fields = {}, rows = [];
    for (const [name, value] of new FormData(form)) if (!["csrfmiddlewaretoken", "id", "form"].includes(name) && value !== "") fields[name] = value;
    for (const name of Object.keys(fields).filter((name) => name.startsWith("unit-") || name.startsWith("what-"))) {
      if (!(name.replace(/^(unit|what)-/, "n-") in fields)) delete fields[name];
    }
    for (const name of Object.keys(fields).filter((name) => name.startsWith("n-"))) {
      const row = name.slice(2);
      rows.push(`${fields[`what-${row}`]}: ${fields[name]} ${fields[`unit-${row}`]}`);
    }
    return { fields, rows };
  }

  function take(event) {
    event.preventDefault();
    const form = event.target, now = new Date(), { fields, rows } = entered(form);
    if (!rows.length && form.dataset.entry !== "put-right") return tell(words.nothing, "error");
    const entry = { id: newId(now.getTime()), form: form.dataset.entry, title: document.querySelector("h1").textContent.trim(), occurred: now.toISOString(), fields, rows };
    try { keep(entry); } catch (full) { return tell(words.full, "error"); }
    form.reset();
    form.querySelectorAll("output").forEach((output) => { output.textContent = ""; });
    tell(`${words.kept} ${rows.join("; ")}`);
    show();
    send();
  }

  const clocks = () => document.querySelectorAll("time[datetime] bdi").forEach((each) => { each.textContent = clock(each.parentNode.dateTime); });
  clocks();
  document.querySelectorAll("form[data-entry]").forEach((form) => {
    form.addEventListener("submit", take);
    form.addEventListener("input", (event) => { const row = event.target.closest("fieldset"); if (row && row.querySelector("output")) reckon(row); });
  });
  window.addEventListener("online", send);
  window.addEventListener("storage", show);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
  // the event alone does not do: a phone can be online without anything getting through
  setInterval(() => { if (!document.hidden && own().some((entry) => !entry.refused)) send(); }, AGAIN_MS);
  show();
  send();

  // The forms are fetched while there is a signal, so that they are there when there is none.
  const fetchPages = () => words.pages.split(" ").forEach((page) => fetch(page, { credentials: "same-origin" }).catch(() => {}));
  const atStart = location.pathname === words.pages.split(" ")[0];
  if ("serviceWorker" in navigator) {
    const worker = navigator.serviceWorker;
    if (!worker.controller) worker.addEventListener("controllerchange", fetchPages, { once: true });
    else if (atStart) fetchPages();
    worker.register(words.worker).catch(() => {});
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => {});
  }
})();

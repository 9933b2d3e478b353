"use strict";
// Sorting, filtering and the map's choices. Everything said here also stands in the page without this script.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const THIN = "\u202f", AT_ONCE = 100, FIRST = data.first, WHOLE = -1;
  const one = (id) => document.getElementById(id);
  const make = (tag, words, attributes = {}) => {
    const node = document.createElement(tag);
    if (words !== undefined) node.textContent = words;
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  };

  // Numbers as people read them: the same rules as words.py.
  const count = (n) => String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, THIN);
  const quantity = (n) => {
    const size = Math.abs(n);
    if (size < 5e-7) return "0";
    if (size >= 1e9) return `${quantity(n / 1e9)} billion`;
    if (size >= 100) return count(n);
    return String(+n.toFixed(size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.01 ? 3 : 6));
  };
  const percent = (whole) => (whole === 0.5 ? `under 1${THIN}%` : `${whole}${THIN}%`);
  const people = (n) => `${n < 999950 ? count(n) : +(n / 1e6).toFixed(1) + " million"} ${Math.round(n) === 1 ? "person" : "people"}`;
  const nameOf = (kind, code) => (code === -1 ? "after the plan" : code === -2 ? "never" : data.names[kind][code]);

  // ---- Tables that sort and filter ----
  class Sheet {
    constructor(id) {
      this.id = id;
      this.table = one(id);
      this.columns = data.columns[id];
      this.values = data.tables[id];
      this.size = this.values[this.columns[0][0]].length;
      this.sorting = null;
      this.most = FIRST;
      this.choices = [];
      this.order = Array.from({ length: this.size }, (_, row) => row);
      this.heads();
      this.filters();
      this.more = one(`${id}-more`);
      this.more.addEventListener("click", () => { this.most += AT_ONCE; this.show(); });
      this.show();
    }
    written([key, kind], row) {
      const value = this.values[key][row];
      if (value === null) return "";
      if (kind === "count") return count(value);
      if (kind === "percent") return percent(value);
      if (kind === "amount") return `${quantity(value)}${THIN}${data.units.resource[this.values.resource[row]]}`;
      return nameOf(kind, value);
    }
    heads() {
      [...this.table.tHead.rows[0].cells].forEach((cell, at) => {
        const button = make("button", cell.textContent, { type: "button" });
        cell.dataset.head = cell.textContent; // what is printed: buttons are not repeated on every page
        cell.replaceChildren(button);
        button.addEventListener("click", () => this.sort(at));
      });
    }
    sort(at) {
      const [key, kind] = this.columns[at];
      const up = this.sorting?.at === at ? !this.sorting.up : true;
      this.sorting = { at, up };
      const values = this.values[key], named = !["count", "percent", "amount", "period"].includes(kind);
      const later = (value) => (kind === "period" && value < 0 ? Infinity : value);
      const compare = named
        ? (a, b) => nameOf(kind, values[a]).localeCompare(nameOf(kind, values[b]), "en")
        : (a, b) => later(values[a]) - later(values[b]) || 0;
      this.order.sort((a, b) => (up ? compare(a, b) : compare(b, a)) || a - b);
      [...this.table.tHead.rows[0].cells].forEach((cell, each) => {
        if (each === at) cell.setAttribute("aria-sort", up ? "ascending" : "descending");
        else cell.removeAttribute("aria-sort");
      });
      this.most = FIRST;
      this.show();
    }
    filters() {
      const form = document.querySelector(`[data-filters="${this.id}"]`);
      if (!form) return;
      form.hidden = false;
      form.addEventListener("submit", (event) => event.preventDefault());
      for (const select of form.querySelectorAll("select")) {
        const key = select.id.slice(this.id.length + 1);
        const columns = this.columns.filter(([name, kind]) => (key === "place" ? kind === "place" : name === key)).map(([name]) => name);
        const kind = key;
        const present = [...new Set(columns.flatMap((name) => this.values[name]))];
        const options = present.map((code) => [code, nameOf(kind, code)]);
        options.sort((a, b) => (kind === "period" ? a[0] - b[0] : a[1].localeCompare(b[1], "en")));
        for (const [code, words] of options) select.append(make("option", words, { value: code }));
        this.choices.push({ columns, select });
        select.addEventListener("change", () => { this.most = FIRST; this.show(); });
      }
    }
    choose(key, code) {
      const select = one(`${this.id}-${key}`);
      select.value = String(code);
      select.dispatchEvent(new Event("change"));
    }
    show() {
      const wanted = this.choices.filter(({ select }) => select.value !== "").map(({ columns, select }) => [columns, Number(select.value)]);
      const rows = this.order.filter((row) => wanted.every(([columns, code]) => columns.some((name) => this.values[name][row] === code)));
      const body = document.createDocumentFragment();
      for (const row of rows.slice(0, this.most)) {
        const line = make("tr");
        if (this.values.met_floor && this.values.met_floor[row] < 100) line.className = "low";
        this.columns.forEach((column, at) => {
          const attributes = at ? (column[2] ? { class: column[2] } : {}) : { scope: "row" };
          line.append(make(at ? "td" : "th", this.written(column, row), attributes));
        });
        body.append(line);
      }
      this.table.tBodies[0].replaceChildren(body);
      const shown = Math.min(this.most, rows.length);
      one(`${this.id}-shown`).textContent = rows.length ? `${count(shown)} of ${count(rows.length)} rows.` : "No row fits these choices.";
      this.more.hidden = shown === rows.length;
    }
  }
  const sheets = {};
  for (const id of Object.keys(data.columns)) if (one(id)) sheets[id] = new Sheet(id);

  // ---- The map ----
  const form = one("map-controls"), map = one("map");
  if (!form) return;
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  const periods = data.names.period, needs = data.map.need;
  const state = { need: WHOLE, measure: "floor", period: WHOLE, place: null };

  const cell = (place, need, period) => {
    const at = ((place * needs.length + need) * periods.length + period) * 2;
    const code = parseInt(data.map[state.measure].slice(at, at + 2), 16);
    return code === 255 ? null : code === 254 ? 0.5 : code;
  };
  const span = (chosen, length) => (chosen === WHOLE ? Array.from({ length }, (_, each) => each) : [chosen]);
  const least = (place, chosen = state.need) => {
    let found = null;
    for (const need of span(chosen, needs.length)) for (const period of span(state.period, periods.length)) {
      const value = cell(place, need, period);
      if (value !== null && (found === null || value < found)) found = value;
    }
    return found;
  };
  const levelOf = (value) => (value === null ? "level-none" : data.levels.find(([most]) => value < most)[1]);
  const placeName = (place) => data.names.place[data.map.place[place]];
  const needName = (need) => (need === WHOLE ? "the need met least" : data.names.need[needs[need]]);
  const measureName = () => (state.measure === "floor" ? "survival floor" : "full norm");
  const when = () => (state.period === WHOLE ? "Whole plan, each place at its worst" : periods[state.period]);
  const spots = data.map.key.map((key) => map && map.querySelector(`[data-key="${CSS.escape(key)}"]`));
  const labels = data.map.key.map((key) => document.querySelectorAll(`[data-label="${CSS.escape(key)}"]`));

  const paint = () => {
    const found = data.map.key.map((_, place) => least(place));
    found.forEach((value, place) => {
      const said = value === null ? "nobody needs it then" : `${percent(value)} of the ${measureName()}`;
      const words = `${placeName(place)}: ${said} (${needName(state.need)}, ${when()})`;
      const spot = spots[place];
      if (spot) {
        spot.setAttribute("class", `area ${levelOf(value)}`);
        spot.setAttribute("aria-label", words);
        spot.querySelector("title").textContent = words;
      }
      for (const label of labels[place]) {
        label.textContent = value === null ? "" : value === 0.5 ? "<1" : value;
      }
    });
    const known = found.filter((value) => value !== null), low = Math.min(...known);
    const worst = data.map.key.findIndex((_, place) => found[place] === low);
    const below = state.period === WHOLE ? Math.max(0, ...data.below[state.measure]) : data.below[state.measure][state.period];
    const said = known.length
      ? `${when()}: ${needName(state.need)}, in per cent of the ${measureName()}, for the group that is worst off. Lowest: ${placeName(worst)}, ${percent(low)}. ` +
        `Below the ${measureName()} in any need: ${people(below)}${state.period === WHOLE ? " when they are most" : ""}.`
      : `${when()}: nobody needs it then.`;
    one("map-says").textContent = said[0].toUpperCase() + said.slice(1);
    one("map-status").textContent = said;
    one("period-name").textContent = state.period === WHOLE ? "Whole plan" : periods[state.period];
    one("period").setAttribute("aria-valuetext", state.period === WHOLE ? "Whole plan" : periods[state.period]);
    paintFlows();
    panel();
  };

  // ---- Dispatches on the map ----
  const sent = data.tables.dispatches;
  const paintFlows = () => {
    if (!map || !one("show-flows")) return;
    const shown = one("show-flows").checked;
    map.classList.toggle("show-flows", shown);
    const note = one("widest");
    note.hidden = !shown;
    if (!shown) return;
    const wanted = one("flow-resource").value, drawn = new Set(data.flows.map((pair) => pair.join(" "))), sums = new Map();
    for (let row = 0; row < sent.from.length; row += 1) {
      if (state.period !== WHOLE && sent.period[row] !== state.period) continue;
      if (wanted && data.names.resource[sent.resource[row]] !== wanted) continue;
      const pair = `${sent.from[row]} ${sent.to[row]}`;
      if (!drawn.has(pair)) continue;
      if (!sums.has(pair)) sums.set(pair, { tonnes: 0, parts: new Map() });
      const sum = sums.get(pair), resource = nameOf("resource", sent.resource[row]);
      sum.tonnes += sent.tonnes[row];
      sum.parts.set(resource, (sum.parts.get(resource) || 0) + sent.tonnes[row]);
    }
    const most = Math.max(1e-9, ...[...sums.values()].map((sum) => sum.tonnes));
    for (const path of map.querySelectorAll("[data-flow]")) {
      const [from, to] = data.flows[Number(path.dataset.flow)], sum = sums.get(`${from} ${to}`);
      path.style.display = sum && sum.tonnes > 0 ? "" : "none";
      if (!sum) continue;
      path.setAttribute("stroke-width", (1 + 11 * Math.sqrt(sum.tonnes / most)).toFixed(1));
      const parts = [...sum.parts].filter(([, t]) => t > 0).sort((a, b) => b[1] - a[1]).map(([name, t]) => `${name} ${quantity(t)}${THIN}t`);
      path.querySelector("title").textContent = `${nameOf("place", from)} → ${nameOf("place", to)}: ${quantity(sum.tonnes)}${THIN}t (${parts.join(", ")}; ${when()})`;
    }
    note.textContent = sums.size ? `Lines: tonnes sent; the widest is ${quantity(most)}${THIN}t` : "Nothing is sent then";
  };

  // ---- One place ----
  const panel = () => {
    const box = one("panel"), old = map && map.querySelector(".chosen");
    if (old) old.remove();
    box.hidden = state.place === null;
    if (state.place === null) return;
    const spot = spots[state.place], code = data.map.place[state.place], claims = data.tables.claims;
    if (spot) {
      const ring = spot.cloneNode(false);
      for (const name of ["data-key", "tabindex", "role", "aria-label"]) ring.removeAttribute(name);
      ring.setAttribute("class", "chosen");
      spot.parentNode.append(ring);
    }
    const rows = new Map();
    for (let row = 0; row < claims.place.length; row += 1) {
      if (claims.place[row] !== code || (state.period !== WHOLE && claims.period[row] !== state.period)) continue;
      const key = `${claims.group[row]} ${claims.need[row]}`, column = `met_${state.measure}`;
      if (!rows.has(key) || claims[column][row] < claims[column][rows.get(key)]) rows.set(key, row);
    }
    const table = make("table"), head = table.createTHead().insertRow();
    table.append(make("caption", `${when()}, for each person a day`));
    for (const [words, style] of [["Need", ""], ["Met", "n"], [`Has, of the ${state.measure}`, "n"]]) head.append(make("th", words, { scope: "col", class: style }));
    for (const group of new Set([...rows.values()].map((row) => claims.group[row]))) {
      const body = table.createTBody();
      body.insertRow().append(make("th", nameOf("group", group), { scope: "rowgroup", colspan: 3, class: "group" }));
      for (const row of [...rows.values()].filter((each) => claims.group[each] === group)) {
        const line = body.insertRow(), unit = data.units.need[claims.need[row]], met = claims[`met_${state.measure}`][row];
        if (met < 100) line.className = "low";
        line.append(make("th", nameOf("need", claims.need[row]), { scope: "row" }), make("td", percent(met), { class: "n floor" }));
        line.append(make("td", `${quantity(claims.had[row])} of ${quantity(claims[state.measure][row])}${THIN}${unit}`, { class: "n" }));
      }
    }
    const wrap = make("div", undefined, { class: "scroll", role: "region", "aria-label": "What the place gets", tabindex: "0" });
    wrap.append(table);
    const parts = [make("h3", placeName(state.place)), rows.size ? wrap : make("p", "No claims of this place stand in this page for that time; met.csv has all.")];
    const why = [...rows.values()].map((row) => claims.why[row]).find((each) => each >= 0);
    if (why !== undefined) {
      const list = make("ul");
      for (const words of data.why[why]) list.append(make("li", words));
      parts.push(make("p", "What stands in the way:"), list);
    }
    const button = make("button", "Show only this place in the tables", { type: "button" });
    button.addEventListener("click", () => {
      for (const sheet of [sheets.claims, sheets.dispatches]) if (sheet && [...one(`${sheet.id}-place`).options].some(({ value }) => value === String(code))) sheet.choose("place", code);
      one("claims").scrollIntoView();
    });
    parts.push(button);
    box.replaceChildren(...parts);
  };
  const choose = (place) => {
    state.place = place;
    one("place").value = place === null ? "" : String(place);
    spots.forEach((spot, each) => spot && spot.setAttribute("tabindex", each === (place ?? first) ? "0" : "-1"));
    panel();
  };
  const reachable = data.map.key.map((_, place) => place).filter((place) => spots[place]).sort((a, b) => placeName(a).localeCompare(placeName(b), "en"));
  const first = reachable[0];
  if (map && reachable.length) {
    map.setAttribute("role", "group");
    map.setAttribute("aria-label", "Map of places; arrow keys go from place to place");
    for (const place of reachable) {
      const spot = spots[place];
      spot.setAttribute("role", "button");
      spot.setAttribute("tabindex", place === first ? "0" : "-1");
      spot.addEventListener("click", () => choose(place));
      spot.addEventListener("focus", () => choose(place));
      spot.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        if (!step) return;
        event.preventDefault();
        const at = (reachable.indexOf(place) + step + reachable.length) % reachable.length;
        spots[reachable[at]].focus();
      });
    }
  }
  one("need").addEventListener("change", (event) => { state.need = Number(event.target.value); paint(); });
  one("period").addEventListener("input", (event) => { state.period = Number(event.target.value) - 1; paint(); });
  one("place").addEventListener("change", (event) => choose(event.target.value === "" ? null : Number(event.target.value)));
  for (const id of ["show-flows", "flow-resource"]) if (one(id)) one(id).addEventListener("change", paintFlows);
  for (const radio of form.elements.measure) radio.addEventListener("change", () => { state.measure = radio.value; paint(); });
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((each) => { each.open = true; }));
  paint();
})();

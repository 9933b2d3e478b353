// The slider of a map: what the server draws of a period takes the place of what is shown; each period is asked for once.
"use strict";
(() => {
  const form = document.getElementById("map-choice"), slider = form.elements.at, PAUSE_MS = 120;
  const known = new Map();
  let waiting = null;
  const address = () => `?${new URLSearchParams(new FormData(form))}`;
  const named = () => document.querySelector(`#map-shown [data-at="${slider.value}"]`).textContent;
  function drawn(where) {
    if (!known.has(where)) {
      known.set(where, fetch(where).then((answer) => {
        if (!answer.ok || answer.redirected) throw new Error(answer.status);
        return answer.text();
      }).then((text) => new DOMParser().parseFromString(text, "text/html").getElementById("map-shown")));
    }
    return known.get(where);
  }
  function show() {
    const where = address();
    drawn(where).then((part) => {
      if (where !== address()) return; // the slider has moved on
      document.getElementById("map-shown").replaceWith(part.cloneNode(true));
      history.replaceState(null, "", where);
      document.getElementById("map-said").textContent = document.getElementById("when").textContent;
    }).catch(() => location.assign(where));
  }
  function moved() {
    slider.setAttribute("aria-valuetext", named());
    clearTimeout(waiting);
    waiting = setTimeout(show, PAUSE_MS);
  }
  slider.addEventListener("input", moved);
  form.elements.need.addEventListener("change", moved);
  form.querySelector("button").hidden = true;
})();

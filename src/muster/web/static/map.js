// The slider of a map says in words where it stands; htmx fetches what it shows, so the button is not needed.
"use strict";
(() => {
  const form = document.getElementById("map-choice"), slider = form.elements.at;
  slider.addEventListener("input", () => {
    slider.setAttribute("aria-valuetext", document.querySelector(`#map-shown [data-at="${slider.value}"]`).textContent);
  });
  form.querySelector("button").hidden = true;
})();

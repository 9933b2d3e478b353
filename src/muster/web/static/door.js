// Pages that were kept for one person are not shown to the next: they go at logout, and when a login is asked for.
"use strict";
const forget = () => ("caches" in window ? caches.delete("muster-pages") : Promise.resolve());
const leaving = document.querySelector("form[data-logout]");
if (leaving) leaving.addEventListener("submit", (event) => {
  event.preventDefault();
  forget().catch(() => {}).then(() => leaving.submit());
});
else forget().catch(() => {});

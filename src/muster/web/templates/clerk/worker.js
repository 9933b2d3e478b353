// Keeps the pages and files of the store on the phone: pages from the network first, files from the phone first.
const FILES = "muster-files-{{ version }}", PAGES = "muster-pages";
const KEPT = [{% for file in kept %}"{{ file|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const START = "{{ start|escapejs }}", PATIENCE_MS = 6000;

self.addEventListener("install", (event) => event.waitUntil(
  caches.open(FILES).then((cache) => cache.addAll(KEPT)).then(() => self.skipWaiting())));

self.addEventListener("activate", (event) => event.waitUntil(caches.keys()
  .then((names) => Promise.all(names.filter((name) => name.startsWith("muster-files-") && name !== FILES).map((name) => caches.delete(name))))
  .then(() => self.clients.claim())));

self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (KEPT.includes(url.pathname)) event.respondWith(caches.match(request).then((kept) => kept || fetch(request)));
  else if (url.pathname.startsWith(START) && !url.pathname.endsWith("/worker.js")) event.respondWith(page(request));
});

async function page(request) {
  const cache = await caches.open(PAGES);
  const kept = await cache.match(request.url, { ignoreVary: true });
  const fresh = fetch(request).then((answer) => {
    if (answer.ok && !answer.redirected && answer.type === "basic") cache.put(request.url, answer.clone());
    return answer;
  });
  if (!kept) return fresh;
  const late = new Promise((resolve) => setTimeout(() => resolve(kept), PATIENCE_MS));
  return Promise.race([fresh.catch(() => kept), late]);
}

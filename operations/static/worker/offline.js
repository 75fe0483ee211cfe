/** Keeps the worker's page itself on the phone (service worker), so that it opens without signal. The network is always asked first. */

const CACHE = "citygrid-worker-1";
const KEPT = /^\/(worker$|static\/|api\/v1\/(geometry|classes)$)/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

/** Keeps what is not kept yet of these paths. */
async function keep(paths) {
  const cache = await caches.open(CACHE);
  const keepOne = async (path) => (await cache.match(path)) || cache.add(path);
  await Promise.allSettled(paths.filter((one) => KEPT.test(one)).map(keepOne));
}

self.addEventListener("message", (event) => event.waitUntil(keep(event.data.keep)));

async function fromNetworkOrCache(request, key) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(key, answer.clone());
    return answer;
  } catch (failure) {
    const kept = await cache.match(key);
    if (kept) return kept;
    throw failure;
  }
}

self.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (event.request.method !== "GET" || !KEPT.test(pathname)) return;
  // The page is kept without the token that is in its address.
  event.respondWith(fromNetworkOrCache(event.request, pathname));
});

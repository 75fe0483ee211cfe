/** Keeps the worker's page itself on the phone (service worker), so that it opens without signal. The network is always asked first. */

const CACHE = "citygrid-worker-1";
const KEPT = /^\/(worker$|static\/|api\/v1\/(geometry|classes)$)/;
const CELLS = "/api/v1/geometry";
const AGAIN_MS = [2000, 5000, 15_000, 30_000];

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

/** What an answer is kept under, or null where it is not to be kept: the page without the token in its address, the cells with the part of the city that was asked for. */
function keyOf(address) {
  const { pathname, search } = new URL(address, location.origin);
  if (!KEPT.test(pathname)) return null;
  return pathname === CELLS ? pathname + search : pathname;
}

/** Keeps an answer; of the cells the newest part only, because a phone holds one district's. */
async function put(cache, key, answer) {
  await cache.put(key, answer);
  if (!key.startsWith(CELLS)) return;
  const others = (await cache.keys()).map(({ url }) => keyOf(url)).filter((other) => other?.startsWith(CELLS) && other !== key);
  await Promise.all(others.map((other) => cache.delete(other)));
}

/** Keeps what is not kept yet of these addresses, and tries again where an answer does not come, or breaks off. */
async function keep(addresses) {
  const cache = await caches.open(CACHE);
  const keepOne = async (key) => {
    if (await cache.match(key)) return;
    const answer = await fetch(key);
    if (answer.ok) await put(cache, key, answer);
  };
  let keys = addresses.map(keyOf).filter(Boolean);
  for (const pause of [0, ...AGAIN_MS]) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    const tried = await Promise.allSettled(keys.map(keepOne));
    keys = keys.filter((_, i) => tried[i].status === "rejected");
    if (!keys.length) return;
  }
}

self.addEventListener("message", (event) => event.waitUntil(keep(event.data.keep)));

async function fromNetworkOrCache(request, key) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    if (answer.ok) await put(cache, key, answer.clone());
    return answer;
  } catch (failure) {
    const kept = await cache.match(key);
    if (kept) return kept;
    throw failure;
  }
}

self.addEventListener("fetch", (event) => {
  const key = keyOf(event.request.url);
  if (event.request.method === "GET" && key) event.respondWith(fromNetworkOrCache(event.request, key));
});

// The service worker: keeps the files of the page, so that it works without a network.

/** Names the files of this build; another build has another one. Both are put here by the build. */
declare const VERSION: string;
/** Files that are kept as the page is first seen. The others are kept once they are used. */
declare const FILES: readonly string[];

/** What is used here of a service worker's events; the types of pages and of service workers exclude each other. */
interface KeptEvent {
  readonly request: Request;
  waitUntil(done: Promise<unknown>): void;
  respondWith(response: Promise<Response>): void;
}

/** What is used here of a service worker. */
interface ServiceWorkerScope {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate' | 'fetch', listener: (event: KeptEvent) => void): void;
}

const scope = self as unknown as ServiceWorkerScope;
const cacheName = `lrfind ${VERSION}`;

scope.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(cacheName)
      .then((cache) =>
        cache.addAll(
          FILES.map((file) => new Request(file, { cache: isNamedByContent(file) ? 'force-cache' : 'no-cache' })),
        ),
      )
      .then(() => scope.skipWaiting()),
  );
});

scope.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      // Of other pages of the same address nothing is touched.
      .then((names) => names.filter((name) => name.startsWith('lrfind ') && name !== cacheName))
      .then((names) => Promise.all(names.map((name) => caches.delete(name))))
      .then(() => scope.clients.claim()),
  );
});

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || !request.url.startsWith(scope.registration.scope)) return;
  event.respondWith(answer(request));
});

/** Whether a file never changes, so that what the browser has of it is right. */
function isNamedByContent(file: string): boolean {
  return file.startsWith('parts/');
}

async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(cacheName);
  const kept = await cache.match(request, { ignoreSearch: true });
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone());
  return response;
}

// The page: hands what is chosen to its worker, which starts then, and shows what that tells.
import { announcer } from 'lrfind/live-page/announcer.js';
import { render } from 'preact';
import { App } from './app.js';
import { workerClient } from './worker-client.js';

const main = document.querySelector('main') as HTMLElement;
const place = document.createElement('div');
const announce = announcer(main);
main.append(place);
// A file that misses its place must not take the place of the page.
for (const type of ['dragover', 'drop']) document.addEventListener(type, (event) => event.preventDefault());

main.querySelector('.loading')?.remove();
render(<App worker={workerClient()} announce={announce} />, place);

// After the page itself, whose files come first.
addEventListener('load', () => void navigator.serviceWorker?.register('offline.js').catch(() => {}));

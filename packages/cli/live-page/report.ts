/**
 * Puts a report into the page, with a link that saves it: it needs the command no more.
 *
 * @param html of the report's page
 * @param whole whether the report is all that the page shows, so that its heading is the page's
 */
export function addReport(parent: Element, html: string, whole: boolean): void {
  // Its style and its policy are the page's own already.
  const body = html.slice(html.indexOf('<main>'), html.lastIndexOf('</main>'));
  const content = new DOMParser().parseFromString(body, 'text/html').querySelector('main');
  if (!content) return;
  const [heading, ...others] = content.childNodes;
  const save = saveLink(html);
  if (whole) document.title = heading?.textContent ?? document.title;
  parent.replaceChildren(...(whole && heading ? [heading, save, ...others] : [save, ...others]));
  // The script finds the charts of the report as it begins.
  const script = document.createElement('script');
  script.src = 'report.js';
  document.head.append(script);
  if (!whole) return;
  // What had the focus may be gone.
  (heading as HTMLElement).tabIndex = -1;
  if (document.activeElement === document.body) (heading as HTMLElement).focus({ preventScroll: true });
}

function saveLink(html: string): Element {
  const line = document.createElement('p');
  line.className = 'save';
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([html], { type: 'text/html' }));
  link.download = 'lrfind-report.html';
  link.textContent = 'Save the report';
  line.append(link);
  return line;
}

/** Milliseconds between two announcements: more often nobody could listen. */
const PAUSE = 5000;

/**
 * Tells screen readers how far the work is, politely and now and then.
 *
 * @param parent gets the element that is read out
 * @returns a function that takes what there is to say, and whether it must be said at once
 */
export function announcer(parent: Element): (text: string, now?: boolean) => void {
  const element = document.createElement('p');
  element.setAttribute('role', 'status');
  element.className = 'said';
  parent.append(element);
  let said = Number.NEGATIVE_INFINITY;
  return (text, now = false) => {
    if (!now && performance.now() - said < PAUSE) return;
    said = performance.now();
    if (element.textContent !== text) element.textContent = text;
  };
}

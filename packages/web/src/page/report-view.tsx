import { addReport } from 'lrfind/live-page/report.js';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** The content of a report, with a link that saves it. */
export function ReportView({ html }: { html: string }) {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (element.current) addReport(element.current, html, false);
  }, [html]);
  return <div class="report" ref={element} />;
}

// Runs in the reader's browser, as it is: shows the values of a figure where the pointer or the slider is.
for (const chart of document.querySelectorAll('.chart')) if (chart.querySelector('.reader')) readValues(chart);
openForPrint();

function readValues(chart) {
  const { titles, group: firstGroup, groups, texts, drawings } = JSON.parse(chart.querySelector('script').textContent);
  const stage = chart.querySelector('.stage');
  const pictures = [...chart.querySelectorAll('.drawing')];
  const tip = chart.querySelector('.tip');
  const rows = [...chart.querySelectorAll('.tip-row')];
  const names = rows.map((row) => row.querySelector('.tip-name').textContent);
  const reader = chart.querySelector('.reader');
  const slider = reader.querySelector('input');
  const chooser = reader.querySelector('select');
  const group = () => chooser?.value ?? firstGroup;
  const read = (line, stop) => (groups[line] === group() ? texts[line][stop] : null);

  // Wide and narrow are both in the page; the style shows one of them.
  function shown() {
    const found = pictures.findIndex((picture) => getComputedStyle(picture).display !== 'none');
    return { picture: pictures[found] ?? pictures[0], drawing: drawings[found] ?? drawings[0] };
  }

  function title(stop) {
    return chooser ? `${titles[stop]}, ${group()}` : titles[stop];
  }

  function say(stop) {
    const values = names.flatMap((name, line) => (read(line, stop) === null ? [] : [`${name} ${read(line, stop)}`]));
    slider.value = stop;
    slider.setAttribute('aria-valuetext', [title(stop), ...values].join(', '));
  }

  /** Shows a stop; the box stands beside the line in the panel that is pointed at. */
  function show(stop, pointed) {
    say(stop);
    const { picture, drawing } = shown();
    const { width, panels, panelOf, y } = drawing;
    picture.querySelectorAll('.cross line').forEach((line, panel) => {
      line.setAttribute('x1', panels[panel].x[stop]);
      line.setAttribute('x2', panels[panel].x[stop]);
    });
    picture.querySelectorAll('.cross circle').forEach((circle, line) => {
      const visible = read(line, stop) !== null && y[line][stop] !== null;
      circle.style.display = visible ? '' : 'none';
      if (!visible) return;
      circle.setAttribute('cx', panels[panelOf[line]].x[stop]);
      circle.setAttribute('cy', y[line][stop]);
    });
    tip.querySelector('.tip-title').textContent = title(stop);
    rows.forEach((row, line) => {
      row.hidden = read(line, stop) === null;
      row.querySelector('.tip-value').textContent = read(line, stop) ?? '';
    });
    // On the side of the line where there is more room.
    const share = (100 * (pointed ?? panels[panelOf[groups.indexOf(group())]] ?? panels[0]).x[stop]) / width;
    tip.style.left = share > 50 ? 'auto' : `calc(${share}% + 0.75rem)`;
    tip.style.right = share > 50 ? `calc(${100 - share}% + 0.75rem)` : 'auto';
    tip.style.maxWidth = `min(${Math.max(share, 100 - share)}% - 1rem, 26rem)`;
    tip.hidden = false;
    stage.classList.add('reading');
  }

  function hide() {
    tip.hidden = true;
    stage.classList.remove('reading');
  }

  function point(event) {
    const { picture, drawing } = shown();
    const { left, top, width } = picture.getBoundingClientRect();
    const scale = drawing.width / width;
    const across = (event.clientX - left) * scale;
    const down = (event.clientY - top) * scale;
    const distance = ({ left: from, right: to, top: high, bottom: low }) =>
      Math.max(from - across, across - to, 0) + Math.max(high - down, down - low, 0);
    const panel = drawing.panels.reduce((best, each) => (distance(each) < distance(best) ? each : best));
    const line = drawing.panelOf.indexOf(drawing.panels.indexOf(panel));
    if (chooser) chooser.value = groups[line];
    const near = (stop) => Math.abs(panel.x[stop] - across);
    show(
      panel.x.reduce((best, _, stop) => (near(stop) < near(best) ? stop : best), 0),
      panel,
    );
  }

  const moved = () => show(Number(slider.value));
  const focused = () => reader.contains(document.activeElement);
  stage.addEventListener('pointermove', point);
  stage.addEventListener('pointerdown', point);
  stage.addEventListener('pointerleave', (event) => {
    if (event.pointerType === 'mouse' && !focused()) hide();
  });
  slider.addEventListener('input', moved);
  chooser?.addEventListener('change', moved);
  reader.addEventListener('focusin', moved);
  reader.addEventListener('focusout', (event) => {
    if (!reader.contains(event.relatedTarget)) hide();
  });
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') hide();
  });
  // Between wide and narrow the places are others.
  addEventListener('resize', () => {
    if (!tip.hidden) moved();
  });
  say(Number(slider.value));
  reader.hidden = false;
}

/** Paper has no way to open what is folded. */
function openForPrint() {
  let opened = [];
  addEventListener('beforeprint', () => {
    opened = [...document.querySelectorAll('details:not([open])')];
    for (const details of opened) details.open = true;
  });
  addEventListener('afterprint', () => {
    for (const details of opened) details.open = false;
  });
}

// Runs in the reader's browser as it is: shows the values of a chart at the pointer or the slider.
for (const chart of document.querySelectorAll('.chart')) if (chart.querySelector('.reader')) showValues(chart);

function showValues(chart) {
  const { titles, group: firstGroup, groups, texts, drawings } = JSON.parse(chart.querySelector('script').textContent);
  const stage = chart.querySelector('.stage');
  const elements = [...chart.querySelectorAll('.drawing')];
  const tooltip = chart.querySelector('.tooltip');
  const rows = [...chart.querySelectorAll('.tooltip-row')];
  const names = rows.map((row) => row.querySelector('.tooltip-name').textContent);
  const reader = chart.querySelector('.reader');
  const slider = reader.querySelector('input');
  const chooser = reader.querySelector('select');
  const group = () => chooser?.value ?? firstGroup;
  const read = (line, stop) => (groups[line] === group() ? texts[line][stop] : null);

  // The page has a wide and a narrow drawing; the style shows one of them.
  function shown() {
    const found = elements.findIndex((element) => getComputedStyle(element).display !== 'none');
    return { element: elements[found] ?? elements[0], drawing: drawings[found] ?? drawings[0] };
  }

  function title(stop) {
    return chooser ? `${titles[stop]}, ${group()}` : titles[stop];
  }

  function describe(stop) {
    const values = names.flatMap((name, line) => (read(line, stop) === null ? [] : [`${name} ${read(line, stop)}`]));
    slider.value = stop;
    slider.setAttribute('aria-valuetext', [title(stop), ...values].join(', '));
  }

  /** Shows a stop; the tooltip is beside the crosshair in the panel at the pointer. */
  function show(stop, pointedPanel) {
    describe(stop);
    const { element, drawing } = shown();
    const { width, panels, panelOf, y } = drawing;
    element.querySelectorAll('.crosshair line').forEach((line, panel) => {
      line.setAttribute('x1', panels[panel].x[stop]);
      line.setAttribute('x2', panels[panel].x[stop]);
    });
    element.querySelectorAll('.crosshair circle').forEach((circle, line) => {
      const visible = read(line, stop) !== null && y[line][stop] !== null;
      circle.style.display = visible ? '' : 'none';
      if (!visible) return;
      circle.setAttribute('cx', panels[panelOf[line]].x[stop]);
      circle.setAttribute('cy', y[line][stop]);
    });
    tooltip.querySelector('.tooltip-title').textContent = title(stop);
    rows.forEach((row, line) => {
      row.hidden = read(line, stop) === null;
      row.querySelector('.tooltip-value').textContent = read(line, stop) ?? '';
    });
    // On the side of the crosshair with more room.
    const share = (100 * (pointedPanel ?? panels[panelOf[groups.indexOf(group())]] ?? panels[0]).x[stop]) / width;
    tooltip.style.left = share > 50 ? 'auto' : `calc(${share}% + 0.75rem)`;
    tooltip.style.right = share > 50 ? `calc(${100 - share}% + 0.75rem)` : 'auto';
    tooltip.style.maxWidth = `min(${Math.max(share, 100 - share)}% - 1rem, 26rem)`;
    tooltip.hidden = false;
    stage.classList.add('reading');
  }

  function hide() {
    tooltip.hidden = true;
    stage.classList.remove('reading');
  }

  function point(event) {
    const { element, drawing } = shown();
    const { left, top, width } = element.getBoundingClientRect();
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

  const showSelected = () => show(Number(slider.value));
  const focused = () => reader.contains(document.activeElement);
  stage.addEventListener('pointermove', point);
  stage.addEventListener('pointerdown', point);
  stage.addEventListener('pointerleave', (event) => {
    if (event.pointerType === 'mouse' && !focused()) hide();
  });
  slider.addEventListener('input', showSelected);
  chooser?.addEventListener('change', showSelected);
  reader.addEventListener('focusin', showSelected);
  reader.addEventListener('focusout', (event) => {
    if (!reader.contains(event.relatedTarget)) hide();
  });
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') hide();
  });
  // The wide and the narrow drawing have different positions.
  addEventListener('resize', () => {
    if (!tooltip.hidden) showSelected();
  });
  describe(Number(slider.value));
  reader.hidden = false;
}

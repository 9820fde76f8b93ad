// Runs in the reader's browser, as it is: shows the values of a figure where the pointer or the slider is.
for (const chart of document.querySelectorAll('.chart')) readValues(chart);
openForPrint();

function readValues(chart) {
  const { titles, texts, places } = JSON.parse(chart.querySelector('script').textContent);
  const stage = chart.querySelector('.stage');
  const drawings = [...chart.querySelectorAll('.drawing')];
  const tip = chart.querySelector('.tip');
  const rows = [...chart.querySelectorAll('.tip-row')];
  const reader = chart.querySelector('.reader');
  const slider = reader.querySelector('input');
  const named = rows.map((row) => row.children[1].textContent);

  // Wide and narrow are both in the page; the style shows one of them.
  const shown = () =>
    Math.max(
      0,
      drawings.findIndex((drawing) => getComputedStyle(drawing).display !== 'none'),
    );

  function say(stop) {
    const values = named.flatMap((name, i) => (texts[i][stop] === null ? [] : [`${name} ${texts[i][stop]}`]));
    slider.value = stop;
    slider.setAttribute('aria-valuetext', [titles[stop], ...values].join(', '));
  }

  function show(stop) {
    say(stop);
    const which = shown();
    const { width, x, y } = places[which];
    const cross = drawings[which].querySelector('.cross');
    const line = cross.querySelector('line');
    line.setAttribute('x1', x[stop]);
    line.setAttribute('x2', x[stop]);
    cross.querySelectorAll('circle').forEach((circle, i) => {
      circle.setAttribute('cx', x[stop]);
      circle.setAttribute('cy', y[i][stop] ?? 0);
      circle.style.display = y[i][stop] === null ? 'none' : '';
    });
    tip.querySelector('.tip-title').textContent = titles[stop];
    rows.forEach((row, i) => {
      row.hidden = texts[i][stop] === null;
      row.lastElementChild.textContent = texts[i][stop] ?? '';
    });
    // On the side of the line where there is more room.
    const share = (100 * x[stop]) / width;
    tip.style.left = share > 50 ? 'auto' : `calc(${share}% + 0.75rem)`;
    tip.style.right = share > 50 ? `calc(${100 - share}% + 0.75rem)` : 'auto';
    tip.style.maxWidth = `calc(${Math.max(share, 100 - share)}% - 1rem)`;
    tip.hidden = false;
    stage.classList.add('reading');
  }

  function hide() {
    tip.hidden = true;
    stage.classList.remove('reading');
  }

  function point(event) {
    const which = shown();
    const { left, width } = drawings[which].getBoundingClientRect();
    const { width: drawn, x } = places[which];
    const there = ((event.clientX - left) * drawn) / width;
    show(x.reduce((best, place, i) => (Math.abs(place - there) < Math.abs(x[best] - there) ? i : best), 0));
  }

  stage.addEventListener('pointermove', point);
  stage.addEventListener('pointerdown', point);
  stage.addEventListener('pointerleave', (event) => {
    if (event.pointerType === 'mouse' && document.activeElement !== slider) hide();
  });
  slider.addEventListener('input', () => show(Number(slider.value)));
  slider.addEventListener('focus', () => show(Number(slider.value)));
  slider.addEventListener('blur', hide);
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') hide();
  });
  // Between wide and narrow the places are others.
  addEventListener('resize', () => {
    if (!tip.hidden) show(Number(slider.value));
  });
  say(Number(slider.value));
  reader.hidden = false;
}

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

// SPDX-License-Identifier: Apache-2.0
'use strict';
(() => {
  const SVG = 'http://www.w3.org/2000/svg';
  const ROLES = ['desktop', 'widget', 'egress'];
  const BANDS = { desktop: 'People cut off', widget: 'Widgets', egress: 'Exits' };
  const NOUNS = { desktop: 'desktop', widget: 'widget', egress: 'egress' };
  const MANY_LABELS = 40; // More active links than this: rates only where one points.
  const MANY_FLOWS = 150; // More than this: nothing moves, so that old machines keep up.
  const MAX_ROWS = 500;
  const SILENCE = 20000; // The server ticks every 5 s.

  const $ = (id) => document.getElementById(id);
  const svg = $('map');
  let graph = { version: -1, nodes: [], links: [] };
  let shape = '';
  let places = new Map();
  let upright = false; // Bands from top to bottom, for narrow screens.
  const nodeElements = new Map();
  const linkElements = new Map();
  const rateElements = new Map();
  const camera = { x: 0, y: 0, k: 1 };
  let pointed = null;

  // ---- The stream: one graph after another, and a tick when nothing changes. ----

  let source = null;
  let heard = 0;

  function connect() {
    if (source) source.close();
    heard = Date.now();
    source = new EventSource('v1/events');
    source.addEventListener('graph', (event) => {
      alive();
      show(JSON.parse(event.data));
    });
    source.addEventListener('tick', alive);
    source.onerror = () => {
      status('off', 'lost netstate, trying again');
      if (source.readyState === EventSource.CLOSED) heard = Date.now() - SILENCE + 2000;
    };
  }

  function alive() {
    heard = Date.now();
    status('on', 'live');
  }

  function status(kind, text) {
    $('live').className = 'live ' + kind;
    $('live-text').textContent = text;
  }

  setInterval(() => {
    if (Date.now() - heard > SILENCE) {
      status('off', 'lost netstate, trying again');
      connect();
    }
  }, 1000);

  // ---- What a graph says. ----

  const linkId = (link) => link.helper + ' ' + link.helped;
  const short = (node) => node.tag || '#' + node.id.slice(0, 5);

  function rate(bytes) {
    const units = ['B/s', 'kB/s', 'MB/s', 'GB/s'];
    let value = bytes;
    let unit = 0;
    while (value >= 999.5 && unit < 3) { value /= 1000; unit++; }
    return (unit === 0 || value >= 99.95 ? value.toFixed(0) : value.toFixed(1)) + ' ' + units[unit];
  }

  function show(next) {
    graph = next;
    graph.byId = new Map(graph.nodes.map((node) => [node.id, node]));
    graph.working = new Set();
    for (const link of graph.links) {
      if (link.state === 'active') { graph.working.add(link.helper); graph.working.add(link.helped); }
    }
    const newShape = graph.nodes.map((n) => n.id + n.role).join() + '|' + graph.links.map(linkId).join();
    if (newShape !== shape) {
      shape = newShape;
      arrange();
    }
    figures();
    draw();
    rows();
    document.body.dataset.version = graph.version;
  }

  function figures() {
    const count = (role) => graph.nodes.filter((node) => node.role === role).length;
    const sum = (role) => graph.links
      .filter((link) => link.state === 'active' && graph.byId.get(link.helped).role === role)
      .reduce((total, link) => total + link.bytesPerSecond, 0);
    const helped = graph.nodes.filter((n) => n.role === 'desktop' && graph.working.has(n.id)).length;
    const desktops = count('desktop');
    $('n-helped').textContent = desktops > helped ? helped + ' of ' + desktops : helped;
    $('n-widgets').textContent = count('widget');
    $('n-exits').textContent = count('egress');
    $('n-rate').textContent = rate(Math.max(sum('desktop'), sum('widget')));
    document.title = (helped ? helped + ' helped · ' : '') + 'Tollway · who helps whom';
  }

  // ---- Where things stand: a band for each role, ordered so that few lines cross. ----

  function ordered() {
    const order = {};
    const at = new Map();
    const number = (role) => order[role].forEach((node, i) => at.set(node.id, (i + 0.5) / order[role].length));
    const peers = new Map(graph.nodes.map((node) => [node.id, []]));
    for (const link of graph.links) {
      peers.get(link.helper).push(link.helped);
      peers.get(link.helped).push(link.helper);
    }
    for (const role of ROLES) {
      order[role] = graph.nodes.filter((node) => node.role === role);
      number(role);
    }
    for (let sweep = 0; sweep < 10; sweep++) {
      for (const role of sweep % 2 ? ROLES : [...ROLES].reverse()) {
        const wish = new Map(order[role].map((node) => {
          const around = peers.get(node.id);
          const mean = around.reduce((total, id) => total + at.get(id), 0) / around.length;
          return [node.id, around.length ? mean : at.get(node.id)];
        }));
        order[role].sort((a, b) => wish.get(a.id) - wish.get(b.id));
        number(role);
      }
    }
    return order;
  }

  function arrange() {
    const box = svg.getBoundingClientRect();
    upright = box.width < 640 && box.height > box.width;
    const along = upright ? box.height : box.width; // Across the bands.
    const across = (upright ? box.width : box.height) - (upright ? 24 : 76);
    const start = upright ? 12 : 50;
    const order = ordered();
    const weights = ROLES.map((role) => Math.max(1, Math.sqrt(order[role].length / 6)));
    const total = weights.reduce((a, b) => a + b, 0);
    places = new Map();
    let edge = 0;
    $('bands').replaceChildren();
    ROLES.forEach((role, band) => {
      const width = along * weights[band] / total;
      const middle = edge + width / 2;
      edge += width;
      const nodes = order[role];
      if (nodes.length > 0) bandTitle(role, upright, middle, width);
      const room = width * 0.62;
      const gap = Math.max(15, Math.min(104, Math.sqrt(room * across / Math.max(1, nodes.length))));
      const roomy = Math.floor(across / (upright ? 58 : 62)); // As many fit in one row with their names.
      let lanes = Math.max(1, nodes.length <= roomy ? nodes.length : Math.floor(across / gap));
      const columns = Math.ceil(nodes.length / lanes);
      lanes = Math.ceil(nodes.length / Math.max(1, columns));
      const laneGap = Math.min(112, across / Math.max(1, lanes));
      const columnGap = columns > 1 ? Math.min(gap * 1.2, room / (columns - 1)) : Infinity;
      const radius = Math.max(5, Math.min(21, Math.min(laneGap, columnGap) * 0.29));
      const space = upright ? laneGap : columns > 1 ? columnGap : 150;
      const named = space >= 56 && (upright ? columnGap : laneGap) - 2 * radius >= 22;
      nodes.forEach((node, i) => {
        const lane = Math.floor(i / columns);
        const column = i % columns;
        const a = middle + (columns > 1 ? (column - (columns - 1) / 2) * columnGap : 0);
        const b = start + across / 2 + (lane - (lanes - 1) / 2) * laneGap
          + (columns > 1 && column % 2 ? laneGap * 0.24 : 0) - (columns > 1 ? laneGap * 0.12 : 0);
        places.set(node.id, { x: upright ? b : a, y: upright ? a : b, r: radius, space: named ? space : 0 });
      });
    });
    if (camera.k === 1) look(0, 0, 1);
  }

  function bandTitle(role, upright, middle, width) {
    const title = make('text', upright ? 'band left' : 'band');
    title.textContent = BANDS[role];
    title.setAttribute('x', upright ? 12 : middle);
    title.setAttribute('y', upright ? middle - width / 2 + 18 : 26);
    $('bands').append(title);
  }

  // ---- Drawing: elements stay with their node, so that what moves can be followed. ----

  function make(name, className) {
    const element = document.createElementNS(SVG, name);
    if (className) element.setAttribute('class', className);
    return element;
  }

  function keep(elements, ids, create) {
    for (const [id, element] of elements) {
      if (!ids.has(id)) { element.remove(); elements.delete(id); }
    }
    for (const id of ids) if (!elements.has(id)) elements.set(id, create(id));
  }

  function draw() {
    const nothing = graph.nodes.length === 0;
    $('empty').hidden = !nothing || listing() || graph.version < 0;
    const active = graph.links.filter((link) => link.state === 'active').length;
    svg.classList.toggle('busy', active > MANY_LABELS || upright);
    svg.classList.toggle('calm', active > MANY_FLOWS);
    keep(nodeElements, new Set(graph.nodes.map((node) => node.id)), createNode);
    const ids = new Set(graph.links.map(linkId));
    keep(linkElements, ids, createLink);
    keep(rateElements, ids, () => $('rates').appendChild(make('text', 'rate')));
    graph.nodes.forEach(drawNode);
    graph.links.forEach(drawLink);
    light();
  }

  function createNode(id) {
    const group = make('g', 'node');
    group.dataset.id = id;
    group.tabIndex = 0;
    group.setAttribute('role', 'img');
    group.append(make('circle', 'disc'), make('use'), make('text'));
    $('nodes').append(group);
    const point = () => { pointed = id; light(); };
    const leave = () => { if (pointed === id) { pointed = null; light(); } };
    group.addEventListener('pointerenter', point);
    group.addEventListener('pointerleave', leave);
    group.addEventListener('focus', point);
    group.addEventListener('blur', leave);
    return group;
  }

  function drawNode(node) {
    const group = nodeElements.get(node.id);
    const place = places.get(node.id);
    const [disc, icon, label] = group.children;
    group.setAttribute('class', ['node', 'role-' + node.role,
      graph.working.has(node.id) ? 'working' : '', node.reporting ? '' : 'ghost',
      place.space ? '' : 'small'].join(' '));
    group.dataset.tag = node.tag;
    group.setAttribute('aria-label', NOUNS[node.role] + ' ' + short(node));
    group.style.transform = 'translate(' + place.x.toFixed(1) + 'px,' + place.y.toFixed(1) + 'px)';
    disc.setAttribute('r', place.r);
    const size = place.r * 1.24;
    icon.setAttribute('href', '#i-' + node.role);
    for (const [name, value] of [['x', -size / 2], ['y', -size / 2], ['width', size], ['height', size]]) {
      icon.setAttribute(name, value);
    }
    const fits = place.space ? Math.max(4, Math.floor((place.space - 4) / 7)) : 16;
    const name = [...short(node)];
    label.textContent = name.length > fits ? name.slice(0, fits - 1).join('') + '…' : name.join('');
    label.setAttribute('class', node.tag ? '' : 'unnamed');
    label.setAttribute('y', place.r);
  }

  function createLink(id) {
    const group = make('g', 'link');
    group.dataset.id = id;
    group.append(make('path', 'base'), make('path', 'flow'), make('path', 'hit'));
    $('links').append(group);
    group.addEventListener('pointerenter', () => { pointed = id; light(); });
    group.addEventListener('pointerleave', () => { if (pointed === id) { pointed = null; light(); } });
    return group;
  }

  function drawLink(link) {
    const group = linkElements.get(linkId(link));
    const from = places.get(link.helper);
    const to = places.get(link.helped);
    const active = link.state === 'active';
    group.setAttribute('class', 'link ' + link.state);
    // Wider by the power of ten: 1.5 at a kilobyte a second, 6 at a gigabyte.
    group.style.setProperty('--w', Math.max(1.5, Math.min(6, 0.75 * Math.log10(link.bytesPerSecond + 1) - 0.75)).toFixed(2));
    const bend = upright ? [0, (to.y - from.y) / 2] : [(to.x - from.x) / 2, 0];
    const curve = ['M', from.x, from.y, 'C', from.x + bend[0], from.y + bend[1],
      to.x - bend[0], to.y - bend[1], to.x, to.y]
      .map((part) => (typeof part === 'number' ? part.toFixed(1) : part)).join(' ');
    const [base, flow, hit] = group.children;
    for (const path of [base, flow, hit]) path.setAttribute('d', curve);
    // The rate stands near the one who is helped: there lines are fewest.
    const label = rateElements.get(linkId(link));
    const t = 0.74;
    const ends = [(1 - t) ** 3 + 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t ** 2 + t ** 3];
    const middle = 1.5 * (1 - t) * t * (1 - 2 * t); // What the bend adds along the main direction.
    label.setAttribute('class', active ? 'rate' : 'rate none');
    label.textContent = rate(link.bytesPerSecond);
    label.setAttribute('x', from.x * ends[0] + to.x * ends[1] + middle * (upright ? 0 : to.x - from.x));
    label.setAttribute('y', from.y * ends[0] + to.y * ends[1] + middle * (upright ? to.y - from.y : 0));
  }

  // ---- The lens: what is pointed at or searched for is lit, the rest steps back. ----

  function light() {
    const lit = new Set();
    const word = $('search').value.trim().toLowerCase();
    if (pointed !== null && (nodeElements.has(pointed) || linkElements.has(pointed))) {
      lit.add(pointed);
      for (const link of graph.links) {
        const id = linkId(link);
        if (id === pointed || link.helper === pointed || link.helped === pointed) {
          lit.add(id).add(link.helper).add(link.helped);
        }
      }
    } else if (word) {
      for (const node of graph.nodes) if (matches(node, word)) lit.add(node.id);
      for (const link of graph.links) {
        if (lit.has(link.helper) && lit.has(link.helped)) lit.add(linkId(link));
      }
    }
    svg.classList.toggle('lens', lit.size > 0 || word !== '');
    for (const elements of [nodeElements, linkElements, rateElements]) {
      for (const [id, element] of elements) element.classList.toggle('lit', lit.has(id));
    }
    tip();
  }

  function matches(node, word) {
    return [node.tag, node.key || '', node.id, node.role].some((text) => text.toLowerCase().includes(word));
  }

  function tip() {
    const box = $('tip');
    const lines = pointed === null ? null : nodeLines(pointed) || linkLines(pointed);
    box.hidden = lines === null;
    if (lines === null) return;
    box.replaceChildren(...lines.map(([name, text]) => {
      const element = document.createElement(name);
      element.textContent = text;
      return element;
    }));
    const target = (nodeElements.get(pointed) || rateElements.get(pointed)).getBoundingClientRect();
    const stage = svg.getBoundingClientRect();
    let x = target.right - stage.left + 10;
    if (x + box.offsetWidth > stage.width - 8) x = target.left - stage.left - box.offsetWidth - 10;
    const y = Math.max(8, Math.min(target.top - stage.top, stage.height - box.offsetHeight - 8));
    box.style.left = Math.max(8, x) + 'px';
    box.style.top = y + 'px';
  }

  function nodeLines(id) {
    const node = graph.byId.get(id);
    if (!node) return null;
    const mine = graph.links.filter((link) => link.helper === id || link.helped === id);
    const active = mine.filter((link) => link.state === 'active');
    const of = (links) => links.reduce((total, link) => total + link.bytesPerSecond, 0);
    const lines = [['b', short(node)], ['span', NOUNS[node.role] + (node.reporting ? '' : ', known from its peers only')]];
    const helps = active.filter((link) => link.helper === id);
    const by = active.filter((link) => link.helped === id);
    if (helps.length) lines.push(['span', 'helps ' + helps.length + ' · ' + rate(of(helps))]);
    if (by.length) lines.push(['span', 'helped by ' + by.length + ' · ' + rate(of(by))]);
    if (mine.length > active.length) lines.push(['span', (mine.length - active.length) + ' standing by']);
    if (mine.length === 0) lines.push(['span', 'no connections']);
    if (node.key) lines.push(['code', node.key]);
    return lines;
  }

  function linkLines(id) {
    const link = graph.links.find((one) => linkId(one) === id);
    if (!link) return null;
    return [
      ['b', short(graph.byId.get(link.helper)) + ' helps ' + short(graph.byId.get(link.helped))],
      ['span', link.state === 'active' ? 'active · ' + rate(link.bytesPerSecond) : 'idle, stands by'],
      ['span', link.confirmed ? 'reported by both ends' : 'reported by one end'],
    ];
  }

  // ---- The list: the same links as a table. ----

  const listing = () => !$('list').hidden;

  function rows() {
    if (!listing()) return;
    const word = $('search').value.trim().toLowerCase();
    const wanted = graph.links.filter((link) => !word
      || matches(graph.byId.get(link.helper), word) || matches(graph.byId.get(link.helped), word));
    const linked = new Set(graph.links.flatMap((link) => [link.helper, link.helped]));
    const alone = graph.nodes.filter((node) => !linked.has(node.id) && (!word || matches(node, word)));
    wanted.sort((a, b) => (a.state === b.state ? b.bytesPerSecond - a.bytesPerSecond : a.state === 'active' ? -1 : 1));
    const lines = wanted.map((link) => [graph.byId.get(link.helped), graph.byId.get(link.helper), link])
      .concat(alone.map((node) => (node.role === 'desktop' ? [node, null, null] : [null, node, null])));
    $('rows').replaceChildren(...lines.slice(0, MAX_ROWS).map(([helped, helper, link]) => {
      const row = document.createElement('tr');
      row.append(who(helped), who(helper), cell(link ? link.state : 'alone', link ? link.state : 'idle'),
        cell(link && link.state === 'active' ? rate(link.bytesPerSecond) : '', 'num'),
        cell(link ? (link.confirmed ? 'both ends' : 'one end') : '', ''));
      return row;
    }));
    $('more').hidden = lines.length > 0 && lines.length <= MAX_ROWS;
    $('more').textContent = lines.length === 0 ? (word ? 'Nothing matches.' : 'Nothing reported yet.')
      : 'and ' + (lines.length - MAX_ROWS) + ' more: search to narrow the list';
  }

  function cell(text, className) {
    const element = document.createElement('td');
    element.textContent = text;
    element.className = className;
    return element;
  }

  function who(node) {
    const element = cell(node ? short(node) : '–', '');
    if (node) {
      const role = document.createElement('small');
      role.textContent = NOUNS[node.role] + (node.reporting ? '' : ', not reporting');
      element.append(role);
    }
    return element;
  }

  // ---- Hands on: pan, zoom, search, list, colours. ----

  function look(x, y, k) {
    camera.x = x; camera.y = y; camera.k = k;
    $('world').style.transform = 'translate(' + x + 'px,' + y + 'px) scale(' + k + ')';
    $('world').style.setProperty('--k', Math.max(1, k));
    svg.classList.toggle('near', k >= 2);
    $('fit').hidden = x === 0 && y === 0 && k === 1;
  }

  svg.addEventListener('wheel', (event) => {
    event.preventDefault();
    const box = svg.getBoundingClientRect();
    const k = Math.max(0.5, Math.min(8, camera.k * Math.exp(-event.deltaY / 400)));
    const px = event.clientX - box.left;
    const py = event.clientY - box.top;
    look(px - (px - camera.x) * k / camera.k, py - (py - camera.y) * k / camera.k, k);
  }, { passive: false });

  let drag = null;
  svg.addEventListener('pointerdown', (event) => {
    drag = { x: event.clientX - camera.x, y: event.clientY - camera.y };
  });
  window.addEventListener('pointermove', (event) => {
    if (!drag) return;
    svg.classList.add('dragging');
    look(event.clientX - drag.x, event.clientY - drag.y, camera.k);
  });
  window.addEventListener('pointerup', () => { drag = null; svg.classList.remove('dragging'); });
  $('fit').addEventListener('click', () => look(0, 0, 1));

  $('search').addEventListener('input', () => { light(); rows(); });

  $('view').addEventListener('click', () => {
    $('list').hidden = listing();
    $('view').textContent = listing() ? 'Map' : 'List';
    $('view').setAttribute('aria-pressed', String(listing()));
    svg.style.visibility = listing() ? 'hidden' : 'visible';
    draw();
    rows();
  });

  const THEMES = { auto: 'Auto', light: 'Light', dark: 'Dark' };
  function theme(name) {
    document.documentElement.dataset.theme = name;
    $('theme').textContent = THEMES[name];
    $('theme').title = name === 'auto' ? 'Colours: as the system has them' : 'Colours: ' + name;
  }
  function stored(write) {
    try {
      if (write) localStorage.setItem('tollway-theme', write);
      return localStorage.getItem('tollway-theme');
    } catch (forbidden) {
      return null; // Some browsers keep nothing for a page like this: the choice lasts until reload.
    }
  }
  $('theme').addEventListener('click', () => {
    const names = Object.keys(THEMES);
    const next = names[(names.indexOf(document.documentElement.dataset.theme) + 1) % names.length];
    theme(next);
    stored(next);
  });
  if (Object.hasOwn(THEMES, stored() || '')) theme(stored());

  let resizing = 0;
  new ResizeObserver(() => {
    cancelAnimationFrame(resizing);
    resizing = requestAnimationFrame(() => {
      svg.classList.add('still');
      arrange();
      draw();
      requestAnimationFrame(() => svg.classList.remove('still'));
    });
  }).observe(svg);

  show(graph);
  connect();
})();

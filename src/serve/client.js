// @ts-check
// The preview's script: keeps an open page equal to its sources, and shows over it what is wrong with them.
// It is served by `fascicle serve` and stands in no published page.

(() => {
  'use strict';

  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const { base = '/', token = '' } = script.dataset;
  const shows = { digest: script.dataset.digest ?? '', frame: script.dataset.frame ?? '' };
  const own = base + '__fascicle/';
  const memory = 'fascicle:' + location.pathname;
  const here = decodeURIComponent(location.pathname);
  let round = '';

  // A reload keeps the place and what was unfolded.

  const keyOf = (/** @type {Element} */ details) =>
    details.id || 'n' + Array.from(document.querySelectorAll('details')).indexOf(/** @type {HTMLDetailsElement} */ (details));

  const remember = () => {
    const open = Array.from(document.querySelectorAll('details[open]'), keyOf);
    sessionStorage.setItem(memory, JSON.stringify({ x: scrollX, y: scrollY, open }));
  };

  const restore = () => {
    const text = sessionStorage.getItem(memory);
    if (!text) return;
    sessionStorage.removeItem(memory);
    const { x, y, open } = /** @type {{x: number, y: number, open: string[]}} */ (JSON.parse(text));
    for (const details of document.querySelectorAll('details')) {
      if (open.includes(keyOf(details))) details.open = true;
    }
    scrollTo({ left: x, top: y, behavior: 'instant' });
  };

  const reload = () => {
    remember();
    location.reload();
  };

  // Style sheets take the place of the old ones when they have arrived, so that the page is never without.

  /** @param {HTMLLinkElement} old @param {string} href */
  const exchange = (old, href) => {
    const fresh = /** @type {HTMLLinkElement} */ (old.cloneNode());
    fresh.href = href;
    fresh.addEventListener('load', () => old.remove());
    fresh.addEventListener('error', () => fresh.remove());
    old.after(fresh);
  };

  const sheets = (/** @type {Document} */ page) =>
    Array.from(page.querySelectorAll('link[rel~="stylesheet"]'), (link) => /** @type {HTMLLinkElement} */ (link));

  const restyle = async () => {
    const answer = await fetch(location.href, { cache: 'no-cache' });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const now = page.querySelector('script[data-frame]')?.getAttribute('data-frame');
    if (now !== shows.frame) return reload();
    shows.digest = page.querySelector('script[data-digest]')?.getAttribute('data-digest') ?? shows.digest;
    const [old, fresh] = [sheets(document), sheets(page)];
    old.forEach((link, at) => {
      const href = fresh[at]?.getAttribute('href');
      if (href && href !== link.getAttribute('href')) exchange(link, href);
    });
  };

  // Files that keep their names change without a change in the page.

  /** @param {string[]} files */
  const replaceFiles = (files) => {
    const changed = new Set(files.map((file) => new URL(base + file, location.href).pathname));
    const uses = (/** @type {string} */ address) => changed.has(new URL(address, location.href).pathname);
    for (const link of sheets(document).filter((link) => uses(link.href))) {
      exchange(link, link.href.split('?')[0] + '?' + Date.now());
    }
    const rest = /** @type {NodeListOf<HTMLImageElement | HTMLScriptElement>} */ (document.querySelectorAll('img[src], script[src]'));
    if (Array.from(rest).some((element) => uses(element.src))) reload();
  };

  // The panel lives in a shadow of its own: the page's styles do not reach it, nor its styles the page.

  const host = document.createElement('fascicle-preview');
  const shadow = host.attachShadow({ mode: 'open' });
  const sheet = document.createElement('link');
  sheet.rel = 'stylesheet';
  sheet.href = own + 'panel.css';
  const bar = document.createElement('p');
  bar.className = 'bar';
  const list = document.createElement('div');
  list.className = 'list';
  list.tabIndex = 0;
  const panel = document.createElement('aside');
  panel.setAttribute('aria-label', 'Preview');
  panel.append(bar, list);
  shadow.append(sheet, panel);
  /** What the reader chose; none before the first choice. @type {boolean | null} */
  let chosen = null;

  const part = (/** @type {string} */ tag, /** @type {string} */ text, /** @type {string} */ name = '') => {
    const element = document.createElement(tag);
    element.textContent = text;
    element.className = name;
    return element;
  };

  const link = (/** @type {string} */ text, /** @type {string} */ href) => {
    const element = /** @type {HTMLAnchorElement} */ (part('a', text));
    element.href = href;
    return element;
  };

  const count = (/** @type {number} */ number, /** @type {string} */ word) => `${number} ${word}${number === 1 ? '' : 's'}`;

  /**
   * @typedef {{path: string, edit: string | null, draft: boolean, overdue: boolean}} Page
   * @typedef {{round: number, errors: number, warnings: number, page: Page | null}} State
   * @param {State} state
   */
  const show = async (state) => {
    round = String(state.round);
    host.dataset.round = round;
    if (here.startsWith(own)) return;
    const wrong = state.errors + state.warnings > 0;
    const { page } = state;
    const notes = [];
    if (page?.draft) notes.push(part('span', 'Draft', 'note'));
    if (page?.overdue) notes.push(part('span', 'Review overdue', 'note'));
    if (!wrong && notes.length === 0) {
      host.remove();
      chosen = null;
      return;
    }
    if (wrong) {
      const answer = await fetch(own + 'panel?page=' + encodeURIComponent(here), { cache: 'no-cache' });
      list.innerHTML = await answer.text();
    } else {
      list.textContent = '';
    }
    const open = chosen ?? state.errors > 0;
    const button = part('button', [state.errors && count(state.errors, 'error'), state.warnings && count(state.warnings, 'warning')].filter(Boolean).join(', '));
    button.className = state.errors > 0 ? 'error' : 'warning';
    button.setAttribute('aria-expanded', String(open));
    button.addEventListener('click', () => {
      chosen = list.hidden;
      list.hidden = !chosen;
      button.setAttribute('aria-expanded', String(chosen));
    });
    list.hidden = !open || !wrong;
    panel.classList.toggle('has-errors', state.errors > 0);
    const stale = state.errors > 0 ? [part('span', 'the last good page is shown', 'stale')] : [];
    const edit = page?.edit ? [link('Edit', page.edit)] : [];
    bar.replaceChildren(...(wrong ? [button] : []), ...notes, ...stale, ...edit, link('All of the preview', own));
    document.documentElement.append(host);
  };

  // Of the connections a browser allows to one place, only pages that are seen hold one.

  /** @type {EventSource | null} */
  let events = null;

  const listen = () => {
    if (events || document.visibilityState === 'hidden') return;
    const asked = new URLSearchParams({ token, page: here, digest: shows.digest, frame: shows.frame, round });
    events = new EventSource(own + 'events?' + asked.toString().replaceAll('+', '%20'));
    events.addEventListener('reload', reload);
    events.addEventListener('style', () => void restyle());
    events.addEventListener('files', (event) => replaceFiles(JSON.parse(event.data)));
    events.addEventListener('state', (event) => void show(JSON.parse(event.data)));
    events.addEventListener('error', () => {
      if (events?.readyState !== EventSource.CLOSED) {
        // The next stream starts from what the page shows by then.
        events?.close();
      }
      events = null;
      setTimeout(again, 500);
    });
  };

  const rest = () => {
    events?.close();
    events = null;
  };

  // A preview that was started anew has another token: the page is loaded again to learn it.
  const again = async () => {
    if (events || document.visibilityState === 'hidden') return;
    try {
      const answer = await fetch(location.href, { cache: 'no-cache' });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const now = page.querySelector('script[data-token]')?.getAttribute('data-token');
      if (now && now !== token) return reload();
      listen();
    } catch {
      setTimeout(again, 1000);
    }
  };

  document.addEventListener('visibilitychange', () => (document.visibilityState === 'hidden' ? rest() : listen()));
  addEventListener('pagehide', rest);
  addEventListener('pageshow', listen);
  restore();
  listen();
})();

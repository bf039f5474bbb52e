// @ts-check
// Everything here is an extra: without it the page reads, links and folds the same.
(() => {
  const page = document, root = page.documentElement;
  /** @param {string} s @param {ParentNode} [from] @returns {any[]} */
  const all = (s, from = page) => [...from.querySelectorAll(s)];
  /** @param {EventTarget} to @param {string} types @param {(e: any) => void} run */
  const on = (to, types, run) => types.split(" ").forEach(type => to.addEventListener(type, run));

  // Theme: stored by the reader's choice, "auto" follows the system.
  const radios = all(".theme input");
  /** @param {string | null} t */
  const show = t => {
    if (t == "light" || t == "dark") root.dataset.theme = t; else delete root.dataset.theme;
    for (const r of radios) r.checked = r.value == (root.dataset.theme || "auto");
  };
  try { show(localStorage.getItem("theme")) } catch { show(null) }
  for (const r of radios) on(r, "change", () => {
    show(r.value);
    try { localStorage.setItem("theme", r.value) } catch { /* shown, not kept */ }
  });

  // From a disk a folder is not a page: name the file.
  if (location.protocol == "file:") for (const a of all("a[href]")) {
    const [, path, rest] = a.getAttribute("href").match(/^([^?#]*)([^]*)$/);
    if (path.endsWith("/") && !/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(path)) a.setAttribute("href", path + "index.html" + rest);
  }

  // An address that names a question, or anything folded away, opens it.
  const open = () => {
    let id; try { id = decodeURIComponent(location.hash.slice(1)) } catch { return }
    /** @type {any} */
    const at = page.getElementById(id), d = id && at?.closest("details:not([open])");
    if (d) { d.open = true; at.scrollIntoView() }
  };
  on(window, "hashchange", open);
  open();

  // Folded menus close by Escape and by a link in them. On paper nothing is folded.
  for (const d of all(".menu, .toc > details")) {
    on(d, "keydown", e => { if (e.key == "Escape" && d.open) { d.open = false; d.firstElementChild.focus() } });
    on(d, "click", e => { if (e.target.closest("a")) d.open = false });
  }
  let shut = [];
  on(matchMedia("print"), "change", e => {
    if (e.matches) shut = all("main details:not([open])");
    for (const d of shut) d.open = e.matches;
  });

  // The contents show where the reader is.
  const links = new Map(all(".toc a").map(a => [decodeURIComponent(a.hash.slice(1)), a]));
  /** @type {any[]} */
  const heads = [...links.keys()].map(id => page.getElementById(id)).filter(h => h);
  const seen = new Set();
  let now;
  if (heads.length) {
    const watch = new IntersectionObserver(list => {
      for (const e of list) seen[e.isIntersecting ? "add" : "delete"](e.target);
      const head = heads.find(h => seen.has(h)) || heads.filter(h => h.getBoundingClientRect().top < 99).pop();
      const link = head && links.get(head.id);
      if (link == now) return;
      now?.removeAttribute("aria-current");
      link?.setAttribute("aria-current", "location");
      now = link;
    }, { rootMargin: "-64px 0px -55% 0px" });
    for (const h of heads) watch.observe(h);
  }

  // Where a table becomes cards it stays a table for those who listen.
  for (const table of all(".stack")) for (const [s, role] of [["thead, tbody", "rowgroup"], ["tr", "row"], ["th[scope=col]", "columnheader"], ["th[scope=row]", "rowheader"], ["td", "cell"]]) {
    table.setAttribute("role", "table");
    for (const e of all(s, table)) e.setAttribute("role", role);
  }

  // The map and its list light each other. A place that is too small for a finger brings the picture nearer first.
  for (const map of all(".map")) {
    const svg = map.querySelector("svg"), whole = map.querySelector(".whole"), box = svg?.viewBox.baseVal, full = svg?.getAttribute("viewBox");
    const region = e => e.target.closest("[data-region]");
    on(map, "pointerover focusin pointerout focusout", e => {
      const id = region(e)?.dataset.region;
      if (id) for (const m of all(`[data-region="${CSS.escape(id)}"]`, map)) m.classList.toggle("lit", /over|in$/.test(e.type));
    });
    if (!whole || !full || !matchMedia("(width < 48rem), (pointer: coarse)").matches) continue;
    const places = all("a", svg);
    const reach = () => {
      for (const a of places) {
        const { width, height } = a.getBoundingClientRect();
        a.dataset.to ??= a.getAttribute("href");
        if (width < 24 || height < 24) a.removeAttribute("href"); else a.setAttribute("href", a.dataset.to);
      }
    };
    /** @param {string} view */
    const look = view => { svg.setAttribute("viewBox", view); whole.hidden = view == full; reach() };
    on(svg, "click", e => {
      const place = region(e);
      if (!place || place.hasAttribute("href")) return;
      e.preventDefault();
      const { width, height } = place.getBBox(), { x, y } = new DOMPoint(e.clientX, e.clientY).matrixTransform(svg.getScreenCTM().inverse());
      // Narrow enough that the smaller side of the place measures 26 pixels.
      const w = Math.min(svg.clientWidth * Math.min(width, height) / 26, box.width / 2), h = w * box.height / box.width;
      look([x - w / 2, y - h / 2, w, h].join(" "));
    });
    on(whole, "click", () => look(full));
    reach();
  }

  // A link to a word of the glossary shows its meaning: on hover, on focus, and at the first tap.
  const hint = page.createElement("div");
  hint.id = "hint";
  hint.setAttribute("role", "tooltip");
  let about, timer;
  const hide = () => { about?.removeAttribute("aria-describedby"); about = null; hint.remove() };
  /** @param {HTMLAnchorElement} a */
  const explain = a => {
    if (a == about) return;
    hide();
    about = a;
    hint.textContent = a.dataset.hint || "";
    a.setAttribute("aria-describedby", "hint");
    page.body.append(hint);
    const r = a.getBoundingClientRect();
    hint.style.left = Math.max(8, Math.min(root.dir == "rtl" ? r.right - hint.offsetWidth : r.left, root.clientWidth - hint.offsetWidth - 8)) + scrollX + "px";
    hint.style.top = r.bottom + scrollY + 4 + "px";
  };
  /** @returns {HTMLAnchorElement | null} */
  const word = e => e.target.closest?.("[data-hint]");
  if (page.querySelector("[data-hint]")) {
    let touch = false;
    on(page, "pointerover pointerdown focusin", e => {
      if (e.pointerType) touch = e.pointerType == "touch";
      const a = word(e);
      clearTimeout(timer);
      if (a && !touch) explain(a);
      // A page that moves under a mouse at rest takes nothing from a word that has the focus. What the focus goes to
      // is not to be covered; a mouse has time to reach the meaning.
      else if (!a && e.target != hint && about && about != page.activeElement) e.pointerType ? timer = setTimeout(hide, 150) : hide();
    });
    on(page, "keydown", e => { touch = false; if (e.key == "Escape") hide() });
    on(page, "click", e => {
      const a = word(e);
      if (touch && a && a != about) { e.preventDefault(); explain(a) }
      else if (e.target != hint) hide();
    });
  }

  // Search: its scripts come when somebody wants it.
  const finds = all(".find[data-search]"), first = finds[0]?.dataset;
  let ready;
  const script = (src, async = false) => new Promise((done, failed) => {
    const made = Object.assign(page.createElement("script"), { src, async, onload: done, onerror: () => { made.remove(); failed() } });
    page.head.append(made);
  });
  // The first file of the index comes with them; should it fail, the engine asks again.
  const load = () => ready ??= (script((root.dataset.root || "./") + "search/index.js", true).catch(() => {}), Promise.all([first.search, first.dialog].map(src => script(src))));
  /** @param {HTMLAnchorElement} from */
  const find = from => load().then(() => window.fascicle.open(from), () => location.href = from.href);
  for (const f of finds) {
    f.role = "button";
    on(f, "pointerover", load);
    on(f, "click", e => { if (!e.ctrlKey && !e.metaKey) { e.preventDefault(); find(f) } });
    on(f, "keydown", e => { if (e.key == " ") { e.preventDefault(); find(f) } });
  }
  if (first) {
    on(page, "keydown", e => {
      const typing = e.target.closest?.("input:not([type=radio]), textarea, select, [contenteditable]");
      if (e.key == "/" && !typing && !e.ctrlKey && !e.metaKey || e.key.toLowerCase() == "k" && (e.ctrlKey || e.metaKey)) { e.preventDefault(); find(finds[0]) }
    });
    if (page.querySelector(".search-page")) load();
  }
})();

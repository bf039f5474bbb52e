// @ts-check
// The search as readers see it: in a dialog on every page, and on the page search/?q=. It asks `window.fascicle`, which
// search.js makes. Marks are made with the DOM: no text of a page or a query is ever read as HTML.
(() => {
  const words = WORDS, page = document, site = page.documentElement.dataset.root || "./";
  /** @param {string} key @param {Record<string, string | number>} parts */
  const say = (key, parts) => words[key].replace(/\{(\w+)\}/g, (_, name) => String(parts[name] ?? ""));
  /** @param {string} url */
  const address = url => site + (location.protocol == "file:" ? url.replace(/^([^?#]*\/|)(?=[?#]|$)/, "$1index.html") : url);
  /**
   * An element with attributes and children; texts become text nodes.
   * @param {string} tag @param {Record<string, any>} [attributes] @param {(Node | string | null | false)[]} inner @returns {any}
   */
  const make = (tag, attributes = {}, ...inner) => {
    const e = page.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) name.startsWith("on") ? e.addEventListener(name.slice(2), value) : e.setAttribute(name, value);
    e.append(.../** @type {Node[]} */ (inner.filter(i => i != null && i !== false)));
    return e;
  };
  /** @param {Marked[]} text */
  const marked = text => text.map(([s, hit]) => hit ? make("mark", {}, s) : s);
  // While a reader types, as many results as a screen shows: the others come, with the files of their texts, when the typing rests.
  const FIRST = 5, ALL = 10, REST = 300;
  let made = 0;

  /**
   * The field, its results and its filters.
   * @param {string} query @param {(query: string) => void} told
   */
  const searcher = (query, told) => {
    const n = ++made, id = "search-" + n;
    let turn = 0, current = -1, literal = false;
    /** @type {Record<string, string[]>} */
    let chosen = {};
    /** @type {HTMLElement[]} */
    let options = [];
    const field = make("input", { type: "search", id, role: "combobox", "aria-expanded": false, "aria-controls": id + "-list", "aria-autocomplete": "list", "aria-describedby": id + "-hint", autocomplete: "off", autocapitalize: "none", spellcheck: false, enterkeyhint: "search", value: query });
    const status = make("p", { role: "status" }), notes = make("div", { class: "found-notes" });
    const list = make("div", { role: "listbox", id: id + "-list", "aria-label": words.search, class: "found" });
    // Values to filter by, and how many pages have each, are asked for when they are looked at.
    const values = make("div"), filters = make("details", { class: "filters", hidden: "", ontoggle: () => { if (filters.open) ask() } }, make("summary", {}, words.search_filters), values);

    /** @param {number} to */
    const point = to => {
      options[current]?.setAttribute("aria-selected", "false");
      current = to;
      const option = options[to];
      if (!option) return field.removeAttribute("aria-activedescendant");
      option.setAttribute("aria-selected", "true");
      field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    };
    /** @param {string} url @param {string} kind @param {any[]} inner */
    const option = (url, kind, ...inner) => {
      const a = make("a", { role: "option", "aria-selected": false, tabindex: -1, href: address(url), class: kind, id: `${id}-${options.length}` }, ...inner);
      options.push(a);
      return a;
    };
    /** @param {Hit} hit */
    const why = hit => [
      hit.without.length > 0 && make("small", {}, say("search_without", { words: hit.without.join(", ") })),
      hit.reason && (hit.reason.type == "synonym" || hit.reason.type == "related") && make("small", {}, say("search_" + hit.reason.type, hit.reason)),
    ];
    /** @param {PageHit} hit */
    const group = hit => {
      const own = hit.sections.find(s => !s.heading), parts = hit.sections.filter(s => s.heading).slice(0, 3);
      return make("div", { role: "group", "aria-label": hit.title },
        option(own?.url ?? hit.url, "found-page", make("b", {}, hit.title), make("small", {}, [hit.kind.label, ...hit.crumbs].filter(Boolean).join(" › ")), own && make("span", {}, ...marked(own.text)), ...own ? why(own) : []),
        ...parts.map(s => option(s.url, "found-part", make("b", {}, s.heading), make("span", {}, ...marked(s.text)), ...why(s))));
    };
    /** @param {string} text @param {() => void} run */
    const button = (text, run) => make("button", { type: "button", onclick: run }, text);
    /** @param {string} text */
    const look = text => { field.value = text; field.focus(); ask() };

    /** @param {Answer} answer */
    const show = answer => {
      list.removeAttribute("aria-busy");
      options = [];
      point(-1);
      const results = answer.danger ? [option(answer.danger.url, "found-danger", make("b", {}, words.search_danger + ": " + answer.danger.title), make("span", {}, answer.danger.text))] : [];
      results.push(...answer.pages.map(group));
      list.replaceChildren(...results);
      field.setAttribute("aria-expanded", String(!!options.length));
      status.textContent = !answer.total ? say("search_none", { query: answer.query }) : answer.total == 1 ? words.search_one : say("search_many", { n: answer.total });
      const corrected = answer.corrected.map(({ from, to }) => make("p", {}, ...say("search_corrected", { to: "\0" }).split("\0").flatMap((s, i) => i ? [make("b", {}, to), s] : [s]), " ", button(say("search_literal", { from }), () => { literal = true; field.focus(); ask() })));
      const none = answer.total || !answer.query.trim() ? [] : [
        answer.nearest.length > 0 && make("p", {}, words.search_nearest, ...answer.nearest.flatMap(word => [" ", button(word, () => look(word))])),
        make("p", {}, make("a", { href: address("") }, words.search_map), " · ", make("a", { href: address("a-z/") }, words.a_to_z))];
      notes.replaceChildren(...corrected, ...none.filter(Boolean));
      // The filters stay as they are while they are used, so that nothing moves under a finger.
      if (values.contains(page.activeElement)) return;
      filters.hidden = !answer.filters && !Object.values(chosen).some(v => v.length);
      if (filters.open) values.replaceChildren(...answer.facets.filter(f => f.values.length > 1 || chosen[f.id]?.length).map(facet));
    };
    /** @param {Facet} f */
    const facet = f => make("fieldset", {}, make("legend", {}, f.label), ...f.values.sort((a, b) => b.count - a.count).slice(0, 8).map(v => {
      const box = make("input", { type: "checkbox", value: v.id, onchange: () => {
        const others = (chosen[f.id] || []).filter(x => x != v.id);
        chosen[f.id] = box.checked ? [...others, v.id] : others;
        ask();
      } });
      box.checked = !!chosen[f.id]?.includes(v.id);
      return make("label", { class: "chip" }, box, v.label, make("small", {}, String(v.count)));
    }));
    const ask = () => {
      const query = field.value, now = ++turn, picked = Object.fromEntries(Object.entries(chosen).filter(([, v]) => v.length));
      told(query);
      if (!query.trim()) return clear();
      list.setAttribute("aria-busy", "true");
      if (!options.length) status.textContent = words.search_waiting;
      const asked = { filters: picked, literal, stale: () => now != turn };
      window.fascicle.search(query, { ...asked, limit: FIRST, facets: filters.open }).then(
        answer => {
          if (now != turn) return;
          show(answer);
          if (answer.total > FIRST) setTimeout(() => { if (now == turn) more(query, asked) }, REST);
        },
        () => {
          if (now != turn) return;
          list.removeAttribute("aria-busy");
          status.textContent = words.search_failed;
        });
    };
    /** @param {string} query @param {{ stale: () => boolean }} asked */
    const more = (query, asked) => window.fascicle.search(query, { ...asked, limit: ALL }).then(
      answer => { if (!asked.stale()) list.append(...answer.pages.slice(FIRST).map(group)) }, () => { /* the first are shown */ });
    const clear = () => {
      turn++;
      list.removeAttribute("aria-busy");
      options = [];
      point(-1);
      chosen = {};
      filters.hidden = true;
      for (const e of [list, notes]) e.replaceChildren();
      field.setAttribute("aria-expanded", "false");
      status.textContent = "";
    };
    field.addEventListener("input", () => { literal = false; ask() });
    field.addEventListener("keydown", e => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
      if (step && options.length) point((current + step + options.length + (current < 0 && step < 0 ? 1 : 0)) % options.length);
      else if (e.key == "Enter" && options.length) options[Math.max(0, current)].click();
      else if (e.key == "Escape" && field.value) { field.value = ""; ask() }
      else return;
      e.preventDefault();
    });
    const box = make("search", { class: "searcher" }, make("label", { for: id }, words.search_label), field,
      make("small", { id: id + "-hint" }, words.search_hint), status, notes, filters, list);
    return { box, field, ask };
  };

  /** @type {{ dialog: HTMLDialogElement, field: HTMLInputElement } | undefined} */
  let opened;
  /** @type {HTMLElement | undefined} */
  let back;
  window.fascicle.open = from => {
    back = from;
    if (!opened) {
      const { box, field } = searcher("", () => {});
      const shut = make("button", { type: "button", class: "shut", "aria-label": words.search_close, onclick: () => dialog.close() }, "×");
      const dialog = make("dialog", { class: "search-dialog", "aria-label": words.search }, box, shut);
      dialog.addEventListener("click", e => { if (e.target == dialog) dialog.close() });
      dialog.addEventListener("close", () => back?.focus());
      page.body.append(dialog);
      opened = { dialog, field };
    }
    if (!opened.dialog.open) opened.dialog.showModal();
    opened.field.focus();
    opened.field.select();
    window.fascicle.load();
  };

  const place = page.querySelector(".search-page");
  if (place) {
    const { box, field, ask } = searcher(new URLSearchParams(location.search).get("q") || "", query => {
      try { history.replaceState(null, "", query ? "?q=" + encodeURIComponent(query) : location.pathname) } catch { /* a page from a disk has no history to write */ }
    });
    place.append(box);
    if (field.value) ask(); else field.focus();
  }
})();

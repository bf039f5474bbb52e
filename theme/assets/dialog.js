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
  const FIRST = 5, ALL = 10, REST = 300, CHIPS = 8;
  let made = 0;

  /**
   * The field, its results and its filters.
   * @param {string} query @param {Record<string, string[]>} chosen by facet, the values to filter by
   * @param {(query: string, chosen: Record<string, string[]>) => void} told
   */
  const searcher = (query, chosen, told) => {
    const n = ++made, id = "search-" + n;
    let turn = 0, current = -1, literal = false;
    /** @type {HTMLElement[]} */
    let options = [];
    const field = make("input", { type: "search", id, role: "combobox", "aria-expanded": false, "aria-controls": id + "-list", "aria-autocomplete": "list", "aria-describedby": id + "-hint", autocomplete: "off", autocapitalize: "none", spellcheck: false, enterkeyhint: "search", value: query });
    const status = make("p", { role: "status" }), notes = make("div", { class: "found-notes" });
    const list = make("div", { role: "listbox", id: id + "-list", "aria-label": words.search, class: "found" });
    // Values to filter by, and how many pages have each, are asked for when they are looked at.
    const values = make("div"), summary = make("summary", {}, words.search_filters);
    const filters = make("details", { class: "filters", hidden: "", ontoggle: () => { if (filters.open) ask() } }, summary, values);
    filters.open = Object.keys(chosen).length > 0;
    // Chips, sets of them and what stands in them are kept, so that nothing loses the focus or moves under a finger.
    /** @type {Map<string, any>} */
    const kept = new Map();
    /** @param {string} key @param {() => any} make */
    const keep = (key, make) => { if (!kept.has(key)) kept.set(key, make()); return kept.get(key) };
    const picked = () => Object.values(chosen).flat().length;

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
      // An address may say more than what this site can be filtered by.
      if (answer.facets.length) for (const id of Object.keys(chosen)) if (!answer.facets.some(f => f.id == id)) delete chosen[id];
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
      filters.hidden = !answer.filters && !picked();
      summary.textContent = words.search_filters + (picked() ? ` (${picked()})` : "");
      if (filters.open) choices(answer.facets.filter(f => f.values.length > 1 || chosen[f.id]));
      const names = Object.entries(chosen).flatMap(([id, values]) => values.map(v => kept.get(id + " " + v)?.childNodes[1].textContent ?? v));
      if (names.length) status.append(" · ", names.join(", "));
    };
    /** @param {any} box @param {any[]} inner what stands in it: where the focus is inside, what stays keeps its place */
    const fill = (box, inner) => {
      if (!box.contains(page.activeElement)) return box.replaceChildren(...inner);
      for (const old of [...box.children]) if (!inner.includes(old) && !old.contains(page.activeElement)) old.remove();
      for (const one of inner) if (one.parentNode != box) box.append(one);
    };
    /** @param {Facet[]} facets */
    const choices = facets => {
      const sets = facets.map(f => {
        const set = keep(f.id, () => make("fieldset", {}, make("legend", {}, f.id == "kind" ? words.search_kind : f.label))), mine = chosen[f.id] || [];
        const first = f.values.sort((a, b) => b.count - a.count).filter((v, i) => i < CHIPS || mine.includes(v.id));
        fill(set, [set.firstChild, ...first.map(v => {
          const chip = keep(f.id + " " + v.id, () => make("label", { class: "chip" }, make("input", { type: "checkbox", value: v.id, onchange: () => {
            const others = (chosen[f.id] || []).filter(x => x != v.id), now = chip.firstChild.checked ? [...others, v.id] : others;
            if (now.length) chosen[f.id] = now; else delete chosen[f.id];
            ask();
          } }), v.label, make("small", {})));
          chip.firstChild.checked = mine.includes(v.id);
          chip.lastChild.textContent = v.count;
          return chip;
        })]);
        return set;
      });
      const all = keep("", () => button(words.search_unfilter, () => { chosen = {}; summary.focus(); ask() }));
      fill(values, picked() ? [...sets, all] : sets);
    };
    const ask = () => {
      const query = field.value, now = ++turn;
      told(query, chosen);
      if (!query.trim()) return clear();
      list.setAttribute("aria-busy", "true");
      if (!options.length) status.textContent = words.search_waiting;
      const asked = { filters: { ...chosen }, literal, stale: () => now != turn };
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
      const { box, field } = searcher("", {}, () => {});
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
    const asked = new URLSearchParams(location.search), given = /** @type {Record<string, string[]>} */ ({});
    for (const id of new Set(asked.keys())) if (id != "q") given[id] = asked.getAll(id);
    const { box, field, ask } = searcher(asked.get("q") || "", given, (query, chosen) => {
      const list = [["q", query], ...Object.entries(chosen).flatMap(([id, values]) => values.map(v => [id, v]))].map(pair => pair.map(encodeURIComponent).join("="));
      try { history.replaceState(null, "", query ? "?" + list.join("&") : location.pathname) } catch { /* a page from a disk has no history to write */ }
    });
    place.append(box);
    if (field.value) ask(); else field.focus();
  }
})();

// Everything here is an extra: without it the page reads, links and folds the same.
(() => {
  const root = document.documentElement, all = (s, from = document) => from.querySelectorAll(s);

  // Theme: stored by the reader's choice, "auto" follows the system.
  let theme;
  try { theme = localStorage.getItem("theme") } catch { /* storage may be refused */ }
  const show = t => t === "light" || t === "dark" ? root.dataset.theme = t : delete root.dataset.theme;
  show(theme);
  for (const r of all('input[name="theme"]')) {
    r.checked = r.value === (root.dataset.theme || "auto");
    r.addEventListener("change", () => {
      show(r.value);
      try { localStorage.setItem("theme", r.value) } catch { /* shown, not kept */ }
    });
  }

  // From a disk a folder is not a page: name the file.
  if (location.protocol === "file:") for (const a of all("a[href]")) {
    const [, path, rest] = a.getAttribute("href").match(/^([^?#]*)(.*)$/s);
    if (path.endsWith("/") && !/^[a-z][a-z0-9+.-]*:|^\/\//i.test(path)) a.setAttribute("href", path + "index.html" + rest);
  }

  // An address that names a question opens it.
  const open = () => {
    let id; try { id = decodeURIComponent(location.hash.slice(1)) } catch { return }
    const at = id && document.getElementById(id), d = at && at.closest("details:not([open])");
    if (d) { d.open = true; at.scrollIntoView() }
  };
  addEventListener("hashchange", open);
  open();

  // Folded menus close by Escape and by a link in them.
  for (const d of all(".menu, .toc > details")) {
    d.addEventListener("keydown", e => { if (e.key === "Escape" && d.open) { d.open = false; d.firstElementChild.focus() } });
    d.addEventListener("click", e => { if (e.target.closest("a")) d.open = false });
  }
  let shut = [];
  addEventListener("beforeprint", () => { shut = [...all(".faq details:not([open])")]; for (const d of shut) d.open = true });
  addEventListener("afterprint", () => { for (const d of shut) d.open = false });

  // The contents show where the reader is.
  const links = new Map([...all(".toc a")].map(a => [decodeURIComponent(a.hash.slice(1)), a]));
  const heads = [...links.keys()].map(id => document.getElementById(id)).filter(Boolean);
  if (heads.length && "IntersectionObserver" in window) {
    const seen = new Set();
    let now;
    const watch = new IntersectionObserver(list => {
      for (const e of list) seen[e.isIntersecting ? "add" : "delete"](e.target);
      const head = heads.find(h => seen.has(h)) || heads.findLast(h => h.getBoundingClientRect().top < 100);
      const link = head && links.get(head.id);
      if (link === now) return;
      now?.removeAttribute("aria-current");
      link?.setAttribute("aria-current", "location");
      now = link;
    }, { rootMargin: "-64px 0px -55% 0px" });
    for (const h of heads) watch.observe(h);
  }

  // The map and its list light each other.
  for (const map of all(".map")) for (const [type, on] of [["pointerover", true], ["focusin", true], ["pointerout", false], ["focusout", false]])
    map.addEventListener(type, e => {
      const id = e.target.closest("[data-region]")?.dataset.region;
      if (id) for (const m of all(`[data-region="${CSS.escape(id)}"]`, map)) m.classList.toggle("lit", on);
    });
})();

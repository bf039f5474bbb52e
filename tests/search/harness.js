// Copied beside a built site, this page gives a test the search: __init loads it, __search answers with addresses.
// The engine and the first file of the index start together, as they do when a reader's search box gets the focus.
window.__init = async () => {
  const add = src => new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = src; script.onload = done; script.onerror = fail;
    document.head.append(script);
  });
  await Promise.all([add(window.__engine || "search.js"), add("search/index.js")]);
  await window.fascicle.load();
};
window.__search = async (text, limit) => (await window.fascicle.search(text, limit)).pages.map(page => page.url);

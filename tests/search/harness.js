// Copied beside a built site, this page gives a test the search: __init loads it, __search answers with addresses.
// The engine and the first file of the index start together, as they do when a reader's search box gets the focus.
const add = src => new Promise((done, fail) => {
  const script = document.createElement("script");
  script.src = src; script.onload = done; script.onerror = fail;
  document.head.append(script);
});
window.__init = async () => {
  await Promise.all([add("search.js"), add("search/index.js")]);
  await window.fascicle.load();
};
window.__search = async (text, limit) => (await window.fascicle.search(text, limit)).pages.map(page => page.url);

// With queries in a file beside it, the page answers them all by itself and shows the answers as JSON.
if (location.hash === "#all") (async () => {
  const out = document.createElement("pre");
  try {
    await add("queries.js");
    await window.__init();
    const answers = [];
    for (const query of window.queries) answers.push(await window.fascicle.search(query, 10));
    out.textContent = JSON.stringify(answers);
  } catch (fault) { out.textContent = String(fault && fault.stack || fault) }
  out.id = "answers";
  document.body.append(out);
})();

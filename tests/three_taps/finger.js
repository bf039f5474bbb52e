// A finger on a page: it taps what lies under a point, as a touch screen would, and says where each tap led.
addEventListener("message", async ({ data, source }) => {
  if (!data?.kind) return;
  let led = null;
  // The page's own listeners come first; what they did not stop would open another page.
  addEventListener("click", e => {
    const link = e.target.closest?.("a[href]");
    if (link && !e.defaultPrevented) led = typeof link.href == "string" ? link.href : new URL(link.href.baseVal, document.baseURI).href;
    e.preventDefault();
  });
  const tap = (x, y) => {
    const at = document.elementFromPoint(x, y);
    const where = { bubbles: true, cancelable: true, composed: true, clientX: x, clientY: y, view: window };
    for (const type of ["pointerdown", "pointerup"]) at?.dispatchEvent(new PointerEvent(type, { ...where, pointerType: "touch", isPrimary: true }));
    at?.dispatchEvent(new MouseEvent("click", where));
  };
  const wait = ms => new Promise(done => setTimeout(done, ms));
  /** A point of an element that nothing covers, the nearest to its middle. */
  const point = (element, own) => {
    const { left, top, width, height } = element.getBoundingClientRect(), steps = [0, 1, -1, 2, -2, 3, -3, 4, -4];
    for (const dy of steps) for (const dx of steps) {
      const x = left + width * (0.5 + dx / 10), y = top + height * (0.5 + dy / 10);
      const at = document.elementFromPoint(x, y);
      if (at && own(at)) return [x, y];
    }
  };
  const answer = { taps: 0, led: null, names: [] };
  // A link on the page: how far down it is, in screens, and whether it is the first of its kind.
  if (data.kind == "link") {
    const links = [...document.querySelectorAll("main a[href]")].filter(a => a.href.includes("/patterns/") && !/\/patterns\/(index\.html)?(#.*)?$/.test(a.href));
    answer.names = links.map(a => a.href);
    const link = links.find(a => data.patterns.some(id => a.href.includes(`/patterns/${id}/`)));
    if (link?.checkVisibility()) {
      answer.screens = link.getBoundingClientRect().top / innerHeight;
      link.scrollIntoView({ block: "center" });
      const at = point(link, e => link.contains(e));
      if (at) { answer.taps++; tap(...at) }
    }
  }
  // A place on the map: a small one comes nearer at the first tap and opens at the second.
  if (data.kind == "map") {
    for (const shape of document.querySelectorAll(`svg [data-region="${data.region}"]`)) {
      shape.scrollIntoView({ block: "center" });
      for (answer.taps = 0; !led && answer.taps < 3;) {
        const at = point(shape, e => e.closest("[data-region]") == shape);
        if (!at) break;
        answer.taps++;
        tap(...at);
        await wait(50);
      }
      if (led) break;
    }
  }
  // The search: open, type, and look at what a phone shows of the answer.
  if (data.kind == "search") {
    const field = document.querySelector("main .find"), { left, top, width, height } = field.getBoundingClientRect();
    answer.taps++;
    tap(left + width / 2, top + height / 2);
    let input;
    for (let turn = 0; turn < 200 && !(input = document.querySelector("dialog[open] input[type=search]")); turn++) await wait(20);
    if (input) {
      input.value = data.words;
      input.dispatchEvent(new InputEvent("input", { bubbles: true }));
      const list = () => [...document.querySelectorAll("dialog [role=option]")];
      for (let turn = 0; turn < 200 && !list().length; turn++) await wait(20);
      await wait(100);
      const seen = list().filter(o => { const r = o.getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight && point(o, e => o.contains(e)) });
      answer.names = seen.map(o => o.href);
      const option = seen.find(o => data.patterns.some(id => o.href.includes(`/patterns/${id}/`)));
      if (option) { answer.taps++; tap(...point(option, e => option.contains(e))) }
    }
  }
  answer.led = led;
  source.postMessage(answer, "*");
});

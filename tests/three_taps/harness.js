// Shows the pages of a journey one after another in a frame as wide as a phone, and writes down where the taps led.
(async () => {
  const answers = [];
  for (const { page, order } of window.journeys) {
    const frame = Object.assign(document.createElement("iframe"), { width: 360, height: 740, style: "border:0" });
    const answer = new Promise(told => addEventListener("message", e => { if (e.source == frame.contentWindow) told(e.data) }));
    frame.addEventListener("load", () => frame.contentWindow.postMessage(order, "*"));
    frame.src = page;
    document.body.append(frame);
    answers.push(await answer);
    frame.remove();
  }
  document.getElementById("answers").textContent = JSON.stringify(answers);
})();

// worker/rehearsal/pages/<theme>.ts -> [worker/rehearsal/pages/stage.ts] -> a page's inline script
// Pieces of page script that several makers put into their pages, as text: the pages themselves stay self-contained.
import { raw } from "./document.ts";

/** `rng(seed)` gives a function that returns numbers in [0, 1). */
export const rngScript = raw`
function rng(a) {
  return function () {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}`;

/** `stage(canvas, { size(w, h), step(dt, t), draw(ctx, w, h, t) })`: crisp on any screen, follows resizing, stops when hidden. */
export const stageScript = raw`
function stage(canvas, act) {
  const ctx = canvas.getContext("2d");
  let w = 0, h = 0, last = 0, time = 0, running = true;
  function fit() {
    const box = canvas.getBoundingClientRect();
    const scale = Math.min(2, window.devicePixelRatio || 1);
    if (box.width === w && box.height === h) return;
    w = box.width; h = box.height;
    canvas.width = Math.max(1, Math.round(w * scale));
    canvas.height = Math.max(1, Math.round(h * scale));
    ctx.setTransform(scale, 0, 0, scale, 0, 0);
    if (act.size) act.size(w, h);
    act.draw(ctx, w, h, time);
  }
  function frame(now) {
    const dt = Math.min(0.05, (now - last) / 1000 || 0.016);
    last = now;
    if (running && !document.hidden && w > 0) {
      time += dt;
      if (act.step) act.step(dt, time);
      act.draw(ctx, w, h, time);
    }
    requestAnimationFrame(frame);
  }
  fit();
  new ResizeObserver(fit).observe(canvas);
  requestAnimationFrame(frame);
  return {
    toggle: function () { running = !running; return running; },
    isRunning: function () { return running; },
    redraw: function () { act.draw(ctx, w, h, time); },
    point: function (event) {
      const box = canvas.getBoundingClientRect();
      return { x: event.clientX - box.left, y: event.clientY - box.top };
    },
  };
}`;

/** `ping(text)` tells a screen reader; the page has an element with the id "live". */
export const liveRegion = `<p id="live" role="status" aria-live="polite" style="position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)"></p>`;
export const pingScript = raw`
function ping(text) { document.getElementById("live").textContent = text; }`;

// @ts-check
// The search engine: reads the index files, ranks, cuts excerpts. It touches no page but for adding scripts.
// src/search/ writes the files, and src/search/rank.rs ranks by the same arithmetic; a test holds both together.
(() => {
  /** @typedef {{texts: string[], folds: string[], stems: number[], codes: string[]}} Shard */
  /** @typedef {{lists: Uint32Array[], weight: number, type: string, word: string, all?: boolean}} Alternative */
  /** @typedef {{word: string, rarity: number, list: Alternative[]}} Group */
  const self = /** @type {any} */ (window), digits = " !#$%&'()*+-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{}~";
  const STOP = 44, MORE = 16, HIT = 60, NEAR = 84, REACH = 60;
  const value = new Uint8Array(128);
  for (let i = 0; i < 91; i++) value[digits.charCodeAt(i)] = i;

  // Files: each script pushes its name, a line break and its text.
  /** @type {Map<string, Promise<string>>} */ const files = new Map();
  /** @type {Map<string, (text: string) => void>} */ const waiting = new Map();
  /** @type {Map<string, any>} */ const parsed = new Map();
  /** @param {string} text */
  const arrived = text => {
    const end = text.indexOf("\n"), name = text.slice(0, end), done = waiting.get(name);
    waiting.delete(name);
    if (done) done(text.slice(end + 1)); else files.set(name, Promise.resolve(text.slice(end + 1)));
  };
  const early = self.fascicleFiles || [];
  self.fascicleFiles = { push: arrived };
  early.forEach(arrived);
  /** @param {string} name @returns {Promise<string>} */
  const file = name => {
    let known = files.get(name);
    if (!known) files.set(name, known = new Promise((done, fail) => {
      waiting.set(name, done);
      const script = document.createElement("script");
      script.src = new URL((document.documentElement.dataset.root || "./") + "search/" + name + ".js", document.baseURI).href;
      script.onerror = () => { files.delete(name); fail(new Error("The search index cannot be loaded: " + name)) };
      script.onload = () => script.remove();
      document.head.append(script);
    }));
    return known;
  };

  /** @type {any} */ let core;
  /** @type {Promise<any> | undefined} */ let loading;
  const load = () => loading ||= file("index").then(text => {
    const c = JSON.parse(text), counts = numbers(c.units);
    c.first = new Uint32Array(counts.length + 1);
    counts.forEach((n, i) => c.first[i + 1] = c.first[i] + n);
    c.page = new Uint32Array(c.first[counts.length]);
    counts.forEach((n, i) => c.page.fill(i, c.first[i], c.first[i + 1]));
    c.run = new Uint16Array(counts.length);
    let at = 0;
    c.runs.forEach((/** @type {any[]} */ run, /** @type {number} */ i) => c.run.fill(i, at, at += run[0]));
    c.stops = new Set(c.stop.split(" "));
    c.score = new Float64Array(counts.length);
    c.found = new Float64Array(counts.length);
    c.best = new Uint32Array(counts.length);
    return core = c;
  }).catch(e => { loading = undefined; throw e });

  /** A file of the index, parsed once. @template T @param {string} ref @param {(text: string) => T} parse @returns {Promise<T>} */
  const part = async (ref, parse) => {
    let known = parsed.get(ref);
    if (!known) parsed.set(ref, known = parse(core.one ? ref : await file(ref)));
    return known;
  };

  /** @param {string} text */
  const numbers = text => {
    const list = [];
    for (let i = 0, high = 0; i < text.length; i++) {
      const d = value[text.charCodeAt(i)];
      if (d < STOP) { list.push(high * STOP + d); high = 0 } else high = high * MORE + d - STOP + 1;
    }
    return list;
  };
  /** Postings as unit << 6 | level << 1 | hit. @param {string} code */
  const postings = code => {
    const list = [];
    for (let i = 1, level = 0, hit = 1, next = 0, high = 0; i < code.length; i++) {
      const d = value[code.charCodeAt(i)];
      if (d >= NEAR) { level = d - NEAR + 1; hit = next = 0 }
      else if (d >= HIT) { level = d - HIT + 1; hit = 1; next = 0 }
      else if (d >= STOP) high = high * MORE + d - STOP + 1;
      else { next += high * STOP + d; list.push(next++ * 64 + level * 2 + hit); high = 0 }
    }
    return Uint32Array.from(list);
  };
  /** @param {string} text @returns {Shard} */
  const words = text => {
    /** @type {Shard} */ const shard = { texts: [], folds: [], stems: [], codes: [] };
    let before = "";
    if (text) for (const line of text.split("|")) {
      const comma = line.indexOf(","), data = line.slice(comma + 1);
      before = before.slice(0, value[line.charCodeAt(0)]) + line.slice(1, comma);
      shard.texts.push(before);
      shard.folds.push(fold(before));
      shard.stems.push(data[0] === "," ? shard.codes.length - 1 - numbers(data.slice(1))[0] : shard.codes.push(data) - 1);
    }
    return shard;
  };
  /** @param {string} text @returns {[string, number][]} */
  const spellings = text => {
    let before = "";
    return text.split("|").map(line => [before = before.slice(0, value[line.charCodeAt(0)]) + line.slice(2), value[line.charCodeAt(1)]]);
  };
  /** The last entry of a sorted list that does not lie behind a word. @param {[string, string][]} list @param {string} word */
  const place = (list, word) => {
    let low = 0, high = list.length;
    while (low < high) { const mid = low + high >> 1; if (list[mid][0] <= word) low = mid + 1; else high = mid }
    return Math.max(0, low - 1);
  };

  // Words, cut as src/search/words.rs cuts them.
  const LETTER = "[\\p{Alphabetic}\\p{N}\\p{M}]", RUN = new RegExp(LETTER + "+", "gu");
  const TAIL = new RegExp(`(?<=${LETTER})['\u2019](s|t|d|m|ll|re|ve)(?!${LETTER})`, "gu");
  const UNSPACED = /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]/u;
  /** @param {string} text */
  const plain = text => text.normalize("NFKC").replace(/[\u00ad\u200b-\u200d]/g, "").toLowerCase();
  /** @param {string} word */
  const fold = word => /^[\0-\x7f]*$/.test(word) ? word : word.normalize("NFKD").replace(/[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]/g, "");
  /** Words of a text with their places. @param {string} text @returns {[string, number, number][]} */
  const runs = text => {
    /** @type {[string, number, number][]} */ const list = [];
    for (const m of text.replace(TAIL, t => " ".repeat(t.length)).matchAll(RUN)) {
      if (UNSPACED.test(m[0]) && Intl.Segmenter) for (const s of new Intl.Segmenter(core.lang, { granularity: "word" }).segment(m[0])) list.push([s.segment, m.index + s.index, m.index + s.index + s.segment.length]);
      else list.push([m[0].length > 40 ? [...m[0]].slice(0, 40).join("") : m[0], m.index, m.index + m[0].length]);
    }
    return list;
  };

  /** How far two words are apart: letters swapped, doubled and vowels taken for each other weigh less. @param {string} a @param {string} b @param {number} most */
  const distance = (a, b, most) => {
    const m = b.length, far = most + 1;
    /** @type {number[]} */ let before = [], last = [0], row = [];
    const vowel = (/** @type {string} */ c) => "aeiouy".includes(c);
    for (let j = 1; j <= m; j++) last[j] = last[j - 1] + (b[j] === b[j - 1] || b[j - 2] === b[j - 1] ? 6 : 10);
    for (let i = 1; i <= a.length; i++) {
      const x = a[i - 1], drop = x === a[i - 2] || x === a[i] ? 6 : 10;
      row = [last[0] + drop];
      let least = row[0];
      for (let j = 1; j <= m; j++) {
        const y = b[j - 1], add = y === b[j - 2] || y === b[j] ? 6 : 10;
        let v = Math.min(last[j] + drop, row[j - 1] + add, last[j - 1] + (x === y ? 0 : vowel(x) && vowel(y) ? 8 : 10));
        if (i > 1 && j > 1 && x === b[j - 2] && a[i - 2] === y && x !== y) v = Math.min(v, before[j - 2] + 8);
        row[j] = v;
        if (v < least) least = v;
      }
      if (least > most) return far;
      before = last; last = row;
    }
    return last[m];
  };
  /** The words that may have been meant, nearest first. @param {string} word @param {number} most @returns {Promise<string[]>} */
  const nearest = async (word, most) => {
    const list = core.spelling, n = list.length, own = place(list, word);
    /** @type {[number, string][]} */ let found = [];
    /** @param {number[]} places */
    const look = async places => {
      for (const all of await Promise.all(places.map(i => part(list[i][1], spellings)))) for (const [other, pages] of all)
        if (Math.abs(other.length - word.length) * 6 <= most) {
          const d = distance(word, other, most);
          if (d <= most) found.push([d * 4 - pages, other]);
        }
      found.sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1));
    };
    if (n) await look([own]);
    found = found.filter(f => f[1][0] === word[0]);
    if (!found.length && n) await look([...Array(n).keys()]);
    return found.filter(f => f[0] <= found[0][0] + 6).slice(0, 4).map(f => f[1]);
  };
  /** @param {string} word */
  const patience = word => word.length < 4 ? 0 : word.length < 6 ? 10 : word.length < 8 ? 16 : 20;

  /** @param {string} word */
  const key = word => word.length > 3 && word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word;
  /** Phrases of the site that a query holds: first word, number of words, the other phrases of the group. @param {string[]} list */
  const meanings = list => {
    const keys = list.map(w => key(fold(w)));
    /** @type {[number, number, string[]][]} */ const out = [];
    core.index ||= core.synonyms.reduce((/** @type {Map<string, any[]>} */ map, /** @type {string[]} */ group) => {
      for (const phrase of group) { const k = key(phrase.split(" ")[0]); map.set(k, [...map.get(k) || [], [phrase.split(" ").map(key), group.filter(p => p !== phrase)]]) }
      return map;
    }, new Map());
    keys.forEach((k, i) => { for (const [phrase, others] of core.index.get(k) || []) if (phrase.every((/** @type {string} */ w, /** @type {number} */ j) => keys[i + j] === w)) out.push([i, phrase.length, others]) });
    return out;
  };

  /** The stems of a word: exact form first, then those that differ by accents. @param {string} word @returns {Promise<{code: string, weight: number, folds: string[]}[]>} */
  const stems = async word => {
    const w = fold(word), shard = await part(core.words[place(core.words, w)][1], words), out = [];
    let low = 0, high = shard.folds.length;
    while (low < high) { const mid = low + high >> 1; if (shard.folds[mid] < w) low = mid + 1; else high = mid }
    for (let i = low; shard.folds[i] === w; i++) out.push({ shard, stem: shard.stems[i], weight: shard.texts[i] === word ? 10 : 9 });
    return out.sort((a, b) => b.weight - a.weight).filter((s, i) => out.findIndex(o => o.stem === s.stem) === i).map(s => stem(s.shard, s.stem, s.weight));
  };
  /** @param {Shard} shard @param {number} at @param {number} weight */
  const stem = (shard, at, weight) => ({ code: shard.codes[at], weight, folds: shard.folds.filter((_, i) => shard.stems[i] === at) });
  /** Words that begin so, the most frequent first. @param {string} word */
  const completions = async word => {
    const w = fold(word), at = place(core.words, w), out = [];
    const next = core.words[at + 1];
    for (const i of next && next[0].startsWith(w) ? [at, at + 1] : [at]) {
      const shard = await part(core.words[i][1], words), seen = new Set();
      for (let j = 0; j < shard.folds.length; j++) if (shard.folds[j].startsWith(w) && !seen.has(shard.stems[j])) {
        seen.add(shard.stems[j]);
        out.push({ word: shard.texts[j], ...stem(shard, shard.stems[j], 10) });
      }
    }
    const rare = (/** @type {{code: string}} */ s) => value[s.code.charCodeAt(0)];
    return out.sort((a, b) => rare(a) - rare(b) || (a.word < b.word ? -1 : 1)).slice(0, 8);
  };

  /** @type {Map<string, Uint32Array>} */ const decoded = new Map();
  /** @param {string} code */
  const list = code => {
    let known = decoded.get(code);
    if (!known) { if (decoded.size > 400) decoded.clear(); decoded.set(code, known = postings(code)) }
    return known;
  };

  /** @param {string} query @param {boolean} literal */
  const understand = async (query, literal) => {
    const all = runs(plain(query.slice(0, 1000))).map(r => r[0]).slice(0, 32);
    const phrases = [...query.slice(0, 1000).matchAll(/["\u201c\u201e]([^"\u201c\u201d\u201e]+)["\u201c\u201d]/g)].map(m => runs(plain(m[1])).map(r => fold(r[0]))).filter(p => p.length > 1);
    const full = all.filter(w => !core.stops.has(w)), kept = full.length ? full : all;
    /** @type {Group[]} */ const groups = [];
    /** @type {{from: string, to: string}[]} */ const corrected = [];
    const marks = new Set();
    /** @param {{code: string, weight: number, folds: string[]}} s @param {number} share @param {string} type @param {string} word @returns {Alternative} */
    const alternative = (s, share, type, word) => {
      for (const f of s.folds) marks.add(f);
      return { lists: [list(s.code)], weight: Math.round(s.weight * share / 10), type, word };
    };
    const rarity = (/** @type {{code: string}[]} */ found) => Math.min(...found.map(s => value[s.code.charCodeAt(0)]));
    const others = literal ? [] : meanings(kept);
    await Promise.all([...kept, ...others.flatMap(o => o[2].flatMap(p => p.split(" ")))].map(stems));
    const seen = new Set();
    /** @type {(Group | undefined)[]} */ const byWord = [];
    for (let i = 0; i < kept.length; i++) {
      const word = kept[i];
      if (seen.has(word)) continue;
      seen.add(word);
      /** @type {Group} */ const group = { word, rarity: 0, list: [] };
      let found = await stems(word);
      for (const s of found) group.list.push(alternative(s, 10, "", word));
      if (!found.length && i === kept.length - 1 && word.length > 1) {
        const ends = await completions(word);
        ends.forEach((s, n) => group.list.push(alternative(s, n ? 8 : 10, "prefix", s.word)));
        found = ends;
      }
      if (!found.length && !literal) {
        let meant = patience(word) ? await nearest(fold(word), patience(word)) : [];
        if (!meant.length) meant = await apart(fold(word));
        for (const other of meant) {
          const s = await stems(other);
          found.push(...s);
          for (const one of s) group.list.push(alternative(one, 10, "corrected", other));
        }
        if (meant.length) corrected.push({ from: word, to: meant[0] });
      }
      if (found.length) group.rarity = rarity(found);
      byWord[i] = group;
      groups.push(group);
    }
    for (const [at, , phrases] of others) for (const phrase of phrases) {
      const group = byWord[at], parts = await Promise.all(phrase.split(" ").map(stems));
      if (!group || !parts.every(p => p.length)) continue;
      const made = parts.map(p => alternative(p[0], 6, "synonym", phrase));
      group.list.push({ ...made[0], lists: made.flatMap(m => m.lists), all: true });
      if (!group.rarity) group.rarity = Math.max(...parts.map(p => rarity(p)));
    }
    return { all, kept, phrases, corrected, marks, groups };
  };
  /** Two words written as one. @param {string} word @returns {Promise<string[]>} */
  const apart = async word => {
    for (let i = 3; word.length > 5 && i < word.length - 2; i++) {
      const [a, b] = [word.slice(0, i), word.slice(i)];
      if ((await stems(a)).length && (await stems(b)).length) return [a, b];
    }
    return [];
  };

  /** Calls `each` with unit, strength and whether the word stands there. @param {Alternative} one @param {(unit: number, value: number, hit: number) => void} each */
  const walk = (one, each) => {
    if (!one.all || one.lists.length === 1) {
      for (const p of one.lists[0]) each(p >>> 6, (p >>> 1 & 31) * one.weight, p & 1);
      return;
    }
    // A phrase counts where all of its words stand, as strong as the weakest.
    /** @type {Map<number, number>} */ let least = new Map();
    one.lists.forEach((l, n) => {
      const now = new Map();
      for (const p of l) if (p & 1) { const level = p >>> 1 & 31; if (!n) now.set(p >>> 6, level); else if (least.has(p >>> 6)) now.set(p >>> 6, Math.min(level, least.get(p >>> 6) || 0)) }
      least = now;
    });
    least.forEach((level, unit) => each(unit, level * one.weight, 1));
  };

  /** Pages by score; the first of them by their units. @param {Group[]} groups @param {Uint8Array | null} allowed @param {number} most */
  const rank = (groups, allowed, most) => {
    const { page, score, found, best, first } = core;
    /** @type {number[]} */ const touched = [];
    let total = 0;
    for (const group of groups) {
      total += group.rarity;
      /** @type {number[]} */ const own = [];
      for (const one of group.list) walk(one, (unit, value, hit) => {
        const p = page[unit], v = value * 2 + hit;
        if (allowed && !allowed[p]) return;
        if (!best[p]) own.push(p);
        if (v > best[p]) best[p] = v;
      });
      for (const p of own) {
        if (!score[p]) touched.push(p);
        score[p] += group.rarity * (best[p] >>> 1);
        if (best[p] & 1) found[p] += group.rarity;
        best[p] = 0;
      }
    }
    const share = (/** @type {number} */ p) => 1 + 0.15 * (found[p] / total);
    const order = (/** @type {number[]} */ a, /** @type {number[]} */ b) => b[1] - a[1] || a[0] - b[0];
    const top = touched.map(p => [p, 2 * score[p] * share(p)]).sort(order).slice(0, most);
    // Which unit of a page answers best: what its head says counts for each.
    const wanted = new Set(top.map(t => t[0]));
    /** @type {Map<number, {value: number, hit: number, by: Alternative}[]>} */ const units = new Map();
    groups.forEach((group, g) => {
      for (const one of group.list) walk(one, (unit, value, hit) => {
        if (!wanted.has(page[unit])) return;
        const row = units.get(unit) || [], known = row[g];
        if (!known || value * 2 + hit > known.value * 2 + known.hit) row[g] = { value, hit, by: one };
        units.set(unit, row);
      });
    });
    const ranked = top.map(([p]) => {
      const head = units.get(first[p]) || [];
      const parts = [];
      for (let unit = first[p]; unit < first[p + 1]; unit++) {
        const row = units.get(unit);
        if (!row) continue;
        let sum = 0;
        groups.forEach((group, g) => sum += group.rarity * Math.max(row[g]?.value || 0, head[g]?.value || 0));
        parts.push({ unit, sum, row });
      }
      parts.sort((a, b) => b.sum - a.sum || a.unit - b.unit);
      return { page: p, score: (score[p] + (parts[0] ? parts[0].sum : 0)) * share(p), parts, head };
    });
    const count = touched.length, result = ranked.sort((a, b) => b.score - a.score || a.page - b.page);
    const matched = new Uint8Array(score.length);
    for (const p of touched) { matched[p] = 1; score[p] = found[p] = 0 }
    return { count, matched, pages: result };
  };

  /** A text cut into what is marked and what is not, around its best place. @param {string} text @param {Set<string>} marks @returns {[string, boolean][]} */
  const excerpt = (text, marks) => {
    const hits = runs(text).filter(r => marks.has(fold(plain(r[0]))));
    let from = 0, most = 0;
    for (const [, start] of hits) {
      const inside = new Set(hits.filter(h => h[1] >= start && h[2] <= start + REACH * 2.5).map(h => h[0])).size;
      if (inside > most) { most = inside; from = start }
    }
    from = from < REACH ? 0 : text.lastIndexOf(" ", from - REACH / 2) + 1;
    let end = text.length <= from + REACH * 3.5 ? text.length : text.lastIndexOf(" ", from + REACH * 3);
    if (end <= from) end = Math.min(text.length, from + REACH * 3);
    /** @type {[string, boolean][]} */ const out = [];
    let at = from;
    const put = (/** @type {string} */ t, /** @type {boolean} */ marked) => { if (t) out.push([t, marked]) };
    for (const [, start, stop] of hits) if (start >= at && stop <= end) { put(text.slice(at, start), false); put(text.slice(start, stop), true); at = stop }
    put(text.slice(at, end), false);
    if (from && out.length) out.unshift(["… ", false]);
    if (end < text.length && out.length) out.push([" …", false]);
    return out;
  };

  /** @param {string} text */
  const texts = text => text.split("\x04").map(page => {
    const [title, url, ...units] = page.split("\x02");
    return { title, url, units: units.map(u => { const [heading, anchor, words] = u.split("\x03"); return { heading, anchor: anchor || slug(heading), text: words } }) };
  });
  /** As src/text.rs makes anchors. @param {string} text */
  const slug = text => text.normalize("NFC").toLowerCase().replace(/['\u2019]/g, "").replace(/[^\p{Alphabetic}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "");

  /** @param {string} text @returns {any[]} */
  const json = text => JSON.parse(text);
  /** Pages that the filters let through. @param {Record<string, string[]>} filters @param {any[]} facets */
  const passing = (filters, facets) => {
    /** @type {Uint8Array | null} */ let all = null;
    for (const id of Object.keys(filters)) if (filters[id] && filters[id].length) {
      const one = new Uint8Array(core.score.length), facet = facets.find(f => f[0] === id);
      if (id === "kind") core.run.forEach((/** @type {number} */ run, /** @type {number} */ p) => { if (filters[id].includes(core.kinds[core.runs[run][1]][0])) one[p] = 1 });
      else if (facet) for (const v of facet[2]) if (filters[id].includes(v[0])) each(v[2], p => one[p] = 1);
      if (all) for (let p = 0; p < one.length; p++) one[p] &= all[p];
      all = one;
    }
    return all;
  };
  /** @param {string} code @param {(page: number) => void} visit */
  const each = (code, visit) => { let next = 0; for (const n of numbers(code)) { visit(next + n); next += n + 1 } };
  /** @param {Uint8Array} matched @param {any[]} facets */
  const counts = (matched, facets) => {
    const kinds = core.kinds.map((/** @type {string[]} */ k) => ({ id: k[0], label: k[1], count: 0 }));
    matched.forEach((m, p) => { if (m) kinds[core.runs[core.run[p]][1]].count++ });
    const list = [{ id: "kind", label: "Kind", values: kinds.filter((/** @type {any} */ k) => k.count) }];
    for (const [id, label, values] of facets) {
      const counted = values.map((/** @type {string[]} */ v) => { let count = 0; each(v[2], p => count += matched[p]); return { id: v[0], label: v[1], count } });
      list.push({ id, label, values: counted.filter((/** @type {any} */ v) => v.count) });
    }
    return list;
  };
  /** The sign of danger that a query names. @param {string[]} said */
  const warn = said => {
    const keys = new Set(said.map(w => key(fold(w))));
    const sign = core.danger.find((/** @type {any[]} */ d) => d[0].some((/** @type {string} */ p) => p.split(" ").every(w => keys.has(key(w)))));
    return sign ? { url: sign[1], title: sign[2], text: sign[3] } : null;
  };

  /** @param {string} query @param {number | {limit?: number, filters?: Record<string, string[]>, literal?: boolean}} [options] */
  const search = async (query, options) => {
    const { limit = 10, filters = {}, literal = false } = typeof options === "number" ? { limit: options } : options || {};
    await load();
    const [asked, facets] = await Promise.all([understand(String(query), literal), core.facets ? part(core.facets, json) : []]);
    const { groups, marks, phrases } = asked, quoted = phrases.length > 0;
    const { count, matched, pages } = rank(groups, passing(filters, facets), quoted ? Math.max(limit, 40) : Math.max(limit, 50));
    const answer = {
      query, corrected: asked.corrected, total: count, danger: warn([...asked.all, ...asked.corrected.map(c => c.to)]),
      facets: counts(matched, facets), pages: /** @type {any[]} */ ([]), nearest: /** @type {string[]} */ ([]),
    };
    if (!count) {
      for (const word of asked.kept.filter(w => w.length > 3)) answer.nearest.push(...await nearest(fold(word), 30));
      return answer;
    }
    const loaded = await Promise.all(pages.slice(0, quoted ? 40 : limit).map(async r => ({ r, text: (await part(core.texts[r.page / core.per | 0], texts))[r.page % core.per] })));
    const kept = !quoted ? loaded : loaded.map(l => ({ ...l, sure: Math.min(...phrases.map(p => holds(l.text, p))) })).filter(l => l.sure).sort((a, b) => b.sure - a.sure);
    if (quoted) answer.total = kept.length;
    answer.pages = kept.slice(0, limit).map(({ r, text }) => result(r, text, groups, marks));
    return answer;
  };
  /** 2 where a phrase stands in a text, 1 where only a part of the text is here. @param {ReturnType<typeof texts>[0]} page @param {string[]} phrase */
  const holds = (page, phrase) => {
    const inside = (/** @type {string} */ t) => (" " + runs(plain(t)).map(r => fold(r[0])).join(" ") + " ").includes(" " + phrase.join(" ") + " ");
    if (inside(page.title) || page.units.some(u => inside(u.heading) || inside(u.text))) return 2;
    return page.units.some(u => u.text.endsWith("…")) ? 1 : 0;
  };
  /** @param {ReturnType<typeof rank>["pages"][0]} r @param {ReturnType<typeof texts>[0]} text @param {Group[]} groups @param {Set<string>} marks */
  const result = (r, text, groups, marks) => {
    const [, kind, crumb] = core.runs[core.run[r.page]], base = text.url;
    const parts = r.parts.filter(p => p.sum * 5 >= r.parts[0].sum * 3).slice(0, 3);
    const sections = parts.map(p => {
      const unit = text.units[p.unit - core.first[r.page]] || { heading: "", anchor: "", text: "" };
      const cells = groups.map((_, g) => p.row[g]?.hit ? p.row[g] : r.head[g]?.hit ? r.head[g] : p.row[g]);
      const way = cells.find(c => c && c.hit && c.by.type), at = way ? cells.indexOf(way) : -1;
      const reason = way ? { type: way.by.type, word: way.by.word, for: groups[at].word } : cells.some(c => c?.hit) ? null : { type: "related", word: "", for: groups.map(g => g.word).join(" ") };
      return {
        url: unit.anchor ? base.split("#")[0] + "#" + unit.anchor : base, heading: unit.heading, text: excerpt(unit.text, marks),
        without: groups.filter((_, g) => !cells[g]?.hit).map(g => g.word), reason,
      };
    });
    return { url: base, title: text.title, kind: { id: core.kinds[kind][0], label: core.kinds[kind][1] }, crumbs: crumb ? [crumb] : [], score: r.score, sections };
  };

  self.fascicle = Object.assign(self.fascicle || {}, { load, search });
})();

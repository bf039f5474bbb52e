// @ts-check
// The search engine: reads the files of the index, ranks, cuts excerpts. It touches no page but for adding scripts.
// src/search/ writes the files; src/search/rank.rs ranks by the same arithmetic, and a test holds both together.
(() => {
  const self = /** @type {any} */ (window), root = document.documentElement.dataset.root || "./";
  const digits = " !#$%&'()*+-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{}~";
  const STOP = 38, MORE = 14, value = new Uint8Array(128);
  for (let i = 0; i < 91; i++) value[digits.charCodeAt(i)] = i;
  const digit = (text, at) => value[text.charCodeAt(at)];

  // Each file is one call with its name, a line break and its text. It may come before it was asked for.
  const files = new Map(), waiting = new Map(), parsed = new Map(), decoded = new Map();
  let held = 0;
  const arrived = text => {
    const end = text.indexOf("\n"), name = text.slice(0, end), rest = text.slice(end + 1);
    if (waiting.has(name)) waiting.get(name)(rest); else files.set(name, Promise.resolve(rest));
  };
  const early = self.fascicleFiles || [];
  self.fascicleFiles = { push: arrived };
  early.forEach(arrived);
  const file = name => {
    if (!files.has(name)) files.set(name, new Promise((done, fail) => {
      // The page may have asked for the first file already, together with this script.
      const src = new URL(root + "search/" + name + ".js", document.baseURI).href, known = [...document.scripts].find(s => s.src === src);
      const script = known || document.createElement("script");
      waiting.set(name, done);
      script.onload = () => script.remove();
      script.onerror = () => { files.delete(name); script.remove(); fail(Error("No search index: " + src)) };
      if (!known) { script.src = src; document.head.append(script) }
    }));
    return files.get(name);
  };
  const part = async (ref, read) => {
    if (!parsed.has(ref)) { const text = core.one ? ref : await file(ref); parsed.set(ref, read(text)) }
    return parsed.get(ref);
  };

  let core, loading;
  const load = () => loading ||= file("index").then(text => {
    core = JSON.parse(text);
    const units = numbers(core.units), n = units.length;
    core.first = new Uint32Array(n + 1);
    units.forEach((count, i) => core.first[i + 1] = core.first[i] + count);
    core.page = new Uint32Array(core.first[n]);
    units.forEach((_, i) => core.page.fill(i, core.first[i], core.first[i + 1]));
    core.run = new Uint16Array(n);
    const runs = numbers(core.runs);
    for (let i = 0, at = 0; i < runs.length; i += 2) core.run.fill(runs[i], at, at += runs[i + 1]);
    core.stop = new Set(core.stop.split(" "));
    core.score = new Float64Array(n);
    core.found = new Float64Array(n);
    core.best = new Uint32Array(n);
    core.wanted = new Uint8Array(n);
    core.names = new Map();
    for (const [page, group] of core.synonyms) for (const phrase of group) {
      const words = phrase.split(" ").map(key), known = core.names.get(words[0]) || [];
      core.names.set(words[0], [...known, [words, group.filter(p => p !== phrase), page, phrase]]);
    }
  }, fault => { loading = null; throw fault });

  const numbers = text => {
    const list = [];
    for (let i = 0, high = 0; i < text.length; i++) {
      const d = digit(text, i);
      if (d < STOP) { list.push(high * STOP + d); high = 0 } else high = high * MORE + d - STOP + 1;
    }
    return list;
  };
  // A list of postings, from bits, six to a character: unit << 7 | strength << 1 | whether the word itself stands there.
  const postings = code => {
    if (decoded.has(code)) return decoded.get(code);
    const list = [], { first, worth, hits } = core, counts = worth.map(() => 0);
    let at = 1, now = 0, left = 0, length = 0, pages;
    const bits = n => {
      let v = 0;
      for (; n > left; left = 6) { v = v << left | now & (1 << left) - 1; n -= left; now = digit(code, at++) - 27 }
      return v << n | now >> (left -= n) & (1 << n) - 1;
    };
    // One number of so many: those in the middle take a bit less.
    const one = of => {
      const n = 31 - Math.clz32(of), short = (2 << n) - of, v = bits(n);
      return ((v < short ? v : 2 * v + bits(1) - short) + (of - short >> 1)) % of;
    };
    const share = (from, end, total) => {
      if (end - from < 2) return void (counts[from] = total);
      const middle = from + end >> 1, sum = total && one(total + 1);
      share(from, middle, sum);
      share(middle, end, total - sum);
    };
    const fill = (count, from, end) => {
      if (!count) return;
      const before = count >> 1, middle = from + before + one(end - from - count + 1);
      fill(before, from, middle);
      pages.push(middle);
      fill(count - before - 1, middle + 1, end);
    };
    while (!bits(1)) length++;
    share(0, counts.length, (1 << length | bits(length)) - 1);
    counts.forEach((count, kind) => {
      const hit = kind < hits, both = worth[kind] * 2 + (hit ? 1 : 0);
      pages = [];
      fill(count, 0, first.length - 1);
      for (const p of pages) {
        const units = first[p + 1] - first[p];
        list.push((first[p] + (hit && units > 1 && bits(1) ? 1 + one(units - 1) : 0)) * 128 + both);
      }
    });
    if ((held += list.length) > 1e6) { decoded.clear(); held = list.length }
    decoded.set(code, list);
    return list;
  };
  const readWords = text => {
    const [forms, codes] = text.split("||"), shard = { texts: [], folds: [], stems: [], codes: codes.split("|") };
    let before = "", known = 0;
    for (const line of forms.split("|")) {
      const [form, back] = line.split(",");
      shard.texts.push(before = before.slice(0, digit(form, 0)) + form.slice(1));
      shard.folds.push(fold(before));
      shard.stems.push(back ? known - 1 - numbers(back)[0] : known++);
    }
    return shard;
  };
  // The letters of a word as bits, and its bits without the lowest few.
  const lettersOf = word => { let bits = 0; for (let i = 0; i < word.length; i++) bits |= 1 << (word.charCodeAt(i) & 31); return bits };
  const without = (bits, few) => { while (few-- && bits) bits &= bits - 1; return bits };
  const readSpellings = text => {
    let before = "";
    return text.split("|").map(line => [before = before.slice(0, digit(line, 0)) + line.slice(2), digit(line, 1), lettersOf(before)]);
  };
  const readTexts = text => text.split("\x04").map(page => {
    const [title, url, ...units] = page.split("\x02");
    return { title, url, units: units.map(unit => { const [heading, anchor = "", text = "…"] = unit.split("\x03"); return [heading, anchor, text] }) };
  });
  // How many entries of a sorted list do not lie behind a word.
  const upTo = (word, length, at) => {
    let low = 0, high = length;
    while (low < high) { const mid = low + high >> 1; if (at(mid) <= word) low = mid + 1; else high = mid }
    return low;
  };
  const place = (list, word) => Math.max(0, upTo(word, list.length, i => list[i][0]) - 1);

  // Words, cut as src/search/words.rs cuts them.
  const letter = "[\\p{Alphabetic}\\p{N}\\p{M}]", run = RegExp(letter + "+", "gu");
  const tail = RegExp(`(?<=${letter})['’](s|d|m|ll|re|ve)(?!${letter})`, "gui"), not = RegExp(`(?<=${letter})['’]t(?!${letter})`, "gu");
  const unspaced = /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]/u;
  const plain = text => text.normalize("NFKC").replace(/[\xad\u200b-\u200d]/g, "").toLowerCase().replace(not, "t");
  const fold = word => /^[\0-\x7f]*$/.test(word) ? word : word.normalize("NFKD").replace(/[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]/g, "");
  const key = word => word.length > 3 && word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word;
  const wordsOf = text => {
    const list = [];
    for (const { 0: word, index } of text.replace(tail, t => " ".repeat(t.length)).matchAll(run)) {
      const parts = unspaced.test(word) && Intl.Segmenter ? new Intl.Segmenter(core.lang, { granularity: "word" }).segment(word) : [{ segment: word, index: 0 }];
      for (const p of parts) list.push({ word: [...p.segment].slice(0, 40).join(""), start: index + p.index, end: index + p.index + p.segment.length });
    }
    return list;
  };
  const listOf = text => wordsOf(plain(text)).map(w => w.word);

  // How far two words are apart. Letters swapped, doubled, and vowels taken for each other weigh less than ten.
  const vowels = new Uint8Array(128), rows = [0, 1, 2, 3, 4].map(() => new Uint16Array(999)), FAR = 9999;
  for (const c of "aeiouy") vowels[c.charCodeAt(0)] = 1;
  // What it costs to leave out each letter of a word: less beside its like.
  const alone = (word, costs) => { for (let i = 0; i < word.length; i++) costs[i] = word[i] === word[i - 1] || word[i] === word[i + 1] ? 6 : 10; return costs };
  const distance = (a, b, most) => {
    const m = a.length, n = b.length, off = alone(a, rows[3]), more = alone(b, rows[4]), band = most / 6 | 0;
    let [before, last, row] = rows;
    last[0] = 0;
    for (let j = 0; j < n; j++) last[j + 1] = last[j] + more[j];
    for (let i = 0; i < m; i++) {
      // Each letter put in or left out costs six at least: only a band can lie within reach.
      const x = a.charCodeAt(i), from = Math.max(0, i - band), end = Math.min(n, i + band + 1);
      let least = row[from] = from ? FAR : last[0] + off[i];
      for (let j = from; j < end; j++) {
        const y = b.charCodeAt(j);
        let v = last[j] + (x === y ? 0 : vowels[x] && vowels[y] ? 8 : 10);
        const w = (j < i + band ? last[j + 1] : FAR) + off[i], u = row[j] + more[j];
        if (w < v) v = w;
        if (u < v) v = u;
        if (i && j && x !== y && x === b.charCodeAt(j - 1) && y === a.charCodeAt(i - 1) && before[j - 1] + 8 < v) v = before[j - 1] + 8;
        row[j + 1] = v;
        if (v < least) least = v;
      }
      if (least > most) return least;
      const old = before;
      before = last; last = row; row = old;
    }
    return n > m + band ? FAR : last[n];
  };
  const BEGINS = 4, LONG = 6, patience = word => word.length < 4 ? 0 : word.length < 6 ? 10 : word.length < 8 ? 20 : 26;
  // Of words found as [cost, word] the most likely. A word that says nothing is meant only when no other can be.
  const likely = found => {
    const full = found.filter(f => !core.stop.has(f[1])), list = full.length ? full : found;
    list.sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1));
    return list.filter(f => f[0] <= list[0][0] + 6).slice(0, 4).map(f => f[1]);
  };
  // Of the words that begin as a long one does, those that are one slip away: what such a word meant is known without
  // another file, when all that begin so stand in this one.
  const beside = async word => {
    const at = place(core.words, word), start = [...word].slice(0, BEGINS).join(""), found = [];
    if (word.length < LONG || !core.words.length || at && core.words[at][0] > start || core.words[at + 1]?.[0].startsWith(start)) return found;
    const { folds, stems, codes } = await part(core.words[at][1], readWords);
    for (let i = folds.findIndex(f => f >= start); folds[i]?.startsWith(start); i++) {
      const other = folds[i], apart = other === folds[i - 1] || !/^\p{Alphabetic}+$/u.test(other) ? FAR : distance(word, other, 10);
      // The rarity of a word is a logarithm, too.
      if (apart <= 10 && !core.stop.has(other)) found.push([apart * 4 + (digit(codes[stems[i]], 0) * 5 / 13 | 0), other]);
    }
    return likely(found);
  };
  // The words that may be meant, most likely first; those with another first letter when nothing else is near.
  const nearest = async (word, most) => {
    const near = await beside(word);
    if (near.length) return near;
    // A letter that only one of two words has costs eight at least: most words are seen to be too far by their letters.
    const shards = core.spelling, own = place(shards, word), bits = lettersOf(word), few = most / 8 | 0;
    for (const near of [true, false]) {
      const found = [], files = near ? [own] : [...shards.keys()];
      for (const words of await Promise.all(files.map(i => shards[i] ? part(shards[i][1], readSpellings) : []))) for (const one of words) {
        const other = one[0];
        if (without(bits & ~one[2], few) || without(one[2] & ~bits, few) || Math.abs(other.length - word.length) * 6 > most || near && other[0] !== word[0]) continue;
        const apart = distance(word, other, most);
        if (apart <= most) found.push([apart * 4 - one[1], other]);
      }
      if (found.length) return likely(found);
    }
    return [];
  };

  // The stems of a word: of the form as typed first, then of forms that differ by accents.
  const stems = async word => {
    const folded = fold(word), found = new Map();
    if (!core.words.length) return [];
    const shard = await part(core.words[place(core.words, folded)][1], readWords);
    for (let i = upTo(folded, shard.folds.length, j => shard.folds[j]) - 1; shard.folds[i] === folded; i--) {
      const weight = shard.texts[i] === word ? 10 : 9;
      if (!(found.get(shard.stems[i]) >= weight)) found.set(shard.stems[i], weight);
    }
    return [...found].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([at, weight]) => stem(shard, at, weight, word));
  };
  const stem = (shard, at, weight, word) => ({ code: shard.codes[at], rarity: digit(shard.codes[at], 0), weight, word, folds: () => shard.folds.filter((_, i) => shard.stems[i] === at) });
  // Forms of the same stem, by the endings that the words of this site take.
  const inflected = async word => {
    const folded = fold(word);
    for (const pair of core.endings) for (const [a, b] of [pair.split(","), pair.split(",").reverse()])
      if (folded.endsWith(a) && folded.length > a.length + 2) {
        const found = await stems(folded.slice(0, folded.length - a.length) + b);
        if (found.length) return found;
      }
    return [];
  };
  // Words that begin so, the most frequent first.
  const completions = async word => {
    const folded = fold(word), at = place(core.words, folded), found = [];
    for (const i of [at, at + 1]) if (i === at || core.words[i]?.[0].startsWith(folded)) {
      const shard = await part(core.words[i][1], readWords), seen = new Set();
      shard.folds.forEach((f, j) => {
        if (!f.startsWith(folded) || seen.has(shard.stems[j])) return;
        seen.add(shard.stems[j]);
        found.push(stem(shard, shard.stems[j], 10, shard.texts[j]));
      });
    }
    return found.sort((a, b) => a.rarity - b.rarity || (a.word < b.word ? -1 : 1)).slice(0, 8);
  };

  // Groups of alternatives, one for each word of the query that the site has in some form.
  const understand = async (query, literal) => {
    const all = listOf(query.slice(0, 2000)).slice(0, 100), full = all.filter(w => !core.stop.has(w)), kept = full.length ? full : all;
    const keys = kept.map(w => key(fold(w))), groups = [], corrected = [], seen = new Set(), others = [], named = new Set();
    if (!literal) for (const k of new Set(keys)) for (const [words, phrases, page, name] of core.names.get(k) || []) if (words.every(w => keys.includes(w)))
      for (const w of words) { named.add(w); others.push([keys.indexOf(w), name, page, words]); for (const p of phrases) others.push([keys.indexOf(w), p]) }
    await Promise.all(others.flatMap(o => o[1].split(" ")).map(stems));
    const add = (at, word, found, type) => {
      if (seen.has(word) || found.length && seen.has(found[0].code)) return;
      seen.add(word);
      if (found.length) seen.add(found[0].code);
      const all = found.map(s => s.rarity), count = all.length;
      // Any of its completions may be meant by the beginning of a word.
      const rarity = !count ? 0 : type === "prefix" ? Math.round(all.reduce((a, b) => a + b) / count) : Math.min(...all);
      groups.push({ at, word, rarity, list: found.map((s, n) => ({ stems: [s], weight: type === "prefix" && n ? 8 : s.weight, type, word: s.word })) });
    };
    // What each word is found by. All are looked up together, so that no file waits for that of another word.
    const look = async (word, i) => {
      let found = await stems(word);
      if (!found.length) found = await inflected(word);
      // A word that the site has another one for is no slip, though it stands in no text.
      if (found.length || named.has(keys[i])) return { found, type: "" };
      if (i === kept.length - 1 && word.length > 1) found = await completions(word);
      if (found.length || literal) return { found, type: found.length ? "prefix" : "" };
      const joined = i + 1 < kept.length ? await stems(word + kept[i + 1]) : [];
      if (joined.length) return { found: joined, type: "joined" };
      const meant = patience(word) ? await nearest(fold(word), patience(word)) : [], two = meant.length ? [] : await apart(fold(word));
      return { found: (await Promise.all(meant.map(stems))).flat(), type: "corrected", meant: meant[0], two, parts: await Promise.all(two.map(stems)) };
    };
    const looked = await Promise.all(kept.map(look));
    for (let i = 0; i < kept.length; i++) {
      const word = kept[i], { found, type, meant, two = [], parts = [] } = looked[i], fix = to => corrected.push({ from: word, to });
      if (type === "joined") { fix(word + kept[++i]); add(i - 1, word + " " + kept[i], found, "corrected") }
      else if (two.length) { fix(two.join(" ")); two.forEach((w, n) => add(i, w, parts[n], "corrected")) }
      else {
        if (meant) fix(meant);
        add(i, word, found, type);
      }
    }
    const at = i => groups.find(g => g.at === i), sum = list => list.reduce((n, g) => n + (g?.rarity || 0), 0), total = sum(groups);
    for (const [i, phrase, page, words] of others) {
      const group = at(i);
      if (words) {
        // The more of the query the name of a page is, by rarity, the more the page answers it.
        const weight = (20 * sum(words.map(w => at(keys.indexOf(w)))) + total) / (2 * total || 1) | 0;
        if (group && page !== null && weight) group.list.push({ stems: [], unit: core.first[page], weight, type: "", word: phrase });
        continue;
      }
      const parts = (await Promise.all(phrase.split(" ").map(stems))).map(p => p[0]);
      if (!group || !parts.every(p => p)) continue;
      group.list.push({ stems: parts, weight: 6, type: "synonym", word: phrase });
      group.rarity ||= Math.max(...parts.map(p => p.rarity));
    }
    return { all, kept, corrected, groups };
  };
  // Two words written as one.
  const apart = async word => {
    const cuts = [...Array(Math.max(0, word.length - 5)).keys()].map(i => [word.slice(0, i + 3), word.slice(i + 3)]);
    const known = async (list, at) => { const found = await Promise.all(list.map(two => stems(two[at]))); return list.filter((_, i) => found[i].length) };
    return (await known(await known(cuts, 0), 1))[0] || [];
  };

  // Visits unit, strength and whether the word stands there. A phrase counts where all of its words stand.
  const walk = (one, visit) => {
    if (!one.stems.length) return visit(one.unit, 32 * one.weight, 1);
    const lists = one.stems.map(s => postings(s.code));
    if (lists.length < 2) { for (const p of lists[0]) visit(p >>> 7, (p >>> 1 & 63) * one.weight, p & 1); return }
    let least = null;
    for (const list of lists) {
      const now = new Map();
      for (const p of list) if (p & 1 && (!least || least.has(p >>> 7))) now.set(p >>> 7, Math.min(p >>> 1 & 63, least ? least.get(p >>> 7) : 63));
      least = now;
    }
    least.forEach((level, unit) => visit(unit, level * one.weight, 1));
  };
  // Pages by their words, then the first of them by their best unit. What the head of a page says counts for each unit.
  const rank = (groups, allowed, most) => {
    const { page, score, found, best, first, wanted } = core, touched = [], units = new Map();
    let total = 0;
    for (const group of groups) {
      const own = [];
      total += group.rarity;
      for (const one of group.list) walk(one, (unit, v, hit) => {
        const p = page[unit], both = v * 2 + hit;
        if (allowed && !allowed[p]) return;
        if (!best[p]) own.push(p);
        if (both > best[p]) best[p] = both;
      });
      for (const p of own) {
        if (!score[p]) touched.push(p);
        score[p] += group.rarity * (best[p] >>> 1);
        if (best[p] & 1) found[p] += group.rarity;
        best[p] = 0;
      }
    }
    const share = p => 1 + 0.15 * (found[p] / total), order = (a, b) => b.score - a.score || a.page - b.page, top = [];
    // Few of many: each page is put in its place, unless it lies behind the last.
    for (const p of touched) {
      const own = { page: p, score: 2 * score[p] * share(p), parts: [], head: [] };
      let at = top.length;
      if (at === most && order(own, top[at - 1]) > 0) continue;
      while (at && order(own, top[at - 1]) < 0) at--;
      top.splice(at, 0, own);
      if (top.length > most) top.pop();
    }
    for (const t of top) wanted[t.page] = 1;
    groups.forEach((group, g) => {
      for (const one of group.list) walk(one, (unit, v, hit) => {
        if (!wanted[page[unit]]) return;
        const row = units.get(unit) || [], both = v * 2 + hit;
        if (!(row[g]?.both >= both)) row[g] = { both, hit, by: one };
        units.set(unit, row);
      });
    });
    for (const t of top) {
      const p = t.page, worth = cell => cell ? cell.both >>> 1 : 0;
      t.head = units.get(first[p]) || [];
      for (let unit = first[p]; unit < first[p + 1]; unit++) {
        const row = units.get(unit);
        if (row) t.parts.push({ unit: unit - first[p], row, sum: groups.reduce((sum, group, g) => sum + group.rarity * Math.max(worth(row[g]), worth(t.head[g])), 0) });
      }
      t.parts.sort((a, b) => b.sum - a.sum || a.unit - b.unit);
      t.score = (score[p] + t.parts[0].sum) * share(p);
    }
    const matched = new Uint8Array(score.length);
    for (const p of touched) { matched[p] = 1; score[p] = found[p] = wanted[p] = 0 }
    return { total: touched.length, matched, top: top.sort(order) };
  };

  // A text around its best place, cut into [text, whether it is marked].
  const excerpt = (text, marks) => {
    const hits = wordsOf(text).filter(w => marks.has(fold(plain(w.word)))), out = [];
    let from = 0, most = 0;
    for (const { start } of hits) {
      const inside = new Set(hits.filter(h => h.start >= start && h.end <= start + 150).map(h => h.word)).size;
      if (inside > most) { most = inside; from = start }
    }
    from = from < 60 ? 0 : text.lastIndexOf(" ", from - 30) + 1;
    const end = text.length <= from + 210 ? text.length : Math.max(text.lastIndexOf(" ", from + 180), from + 100);
    const put = (from, end, marked) => { if (end > from) out.push([text.slice(from, end), marked]) };
    let at = from;
    if (from) out.push(["… ", false]);
    for (const h of hits) if (h.start >= at && h.end <= end) { put(at, h.start, false); put(h.start, h.end, true); at = h.end }
    put(at, end, false);
    if (end < text.length) out.push([" …", false]);
    return out;
  };
  // As src/text.rs makes anchors.
  const slug = text => text.normalize("NFC").toLowerCase().replace(/['’]/g, "").replace(/[^\p{Alphabetic}\p{N}]+/gu, "-").replace(/^-|-$/g, "");
  const result = (r, text, groups, marks) => {
    const [kind, crumb] = core.sorts[core.run[r.page]], [id, label] = core.kinds[kind];
    const sections = r.parts.filter(p => p.sum * 5 >= r.parts[0].sum * 3).slice(0, 3).map(({ unit, row }) => {
      const [heading, anchor, own] = text.units[unit], words = own === "…" ? text.units[0][2] : own, cells = groups.map((_, g) => row[g]?.hit || !r.head[g]?.hit ? row[g] : r.head[g]);
      const at = cells.findIndex(c => c?.hit && c.by.type), near = !cells.some(c => c?.hit);
      return {
        url: heading ? text.url.split("#")[0] + "#" + (anchor === "?" ? "faq-" + slug(heading) : anchor || slug(heading)) : text.url, heading, text: excerpt(words, marks),
        without: groups.filter((_, g) => !cells[g]?.hit).map(g => g.word),
        reason: near ? { type: "related", word: "", for: groups.map(g => g.word).join(" ") } : at < 0 ? null : { type: cells[at].by.type, word: cells[at].by.word, for: groups[at].word },
      };
    });
    return { url: text.url, title: text.title, kind: { id, label }, crumbs: crumb ? [crumb] : [], score: r.score, sections };
  };

  // Filters and their counts; the pages of a value are delta-coded.
  const each = (code, visit) => { let next = 0; for (const n of numbers(code)) { visit(next + n); next += n + 1 } };
  const passing = (filters, facets) => {
    let all = null;
    for (const id in filters) if (filters[id]?.length) {
      const one = new Uint8Array(core.score.length);
      if (id === "kind") core.run.forEach((r, p) => { if (filters[id].includes(core.kinds[core.sorts[r][0]][0])) one[p] = 1 });
      for (const [facet, , values] of facets) if (facet === id) for (const v of values) if (filters[id].includes(v[0])) each(v[2], p => one[p] = 1);
      all = all ? all.map((yes, p) => yes & one[p]) : one;
    }
    return all;
  };
  const counts = (matched, facets) => {
    const kinds = core.kinds.map(([id, label]) => ({ id, label, count: 0 }));
    matched.forEach((yes, p) => { if (yes) kinds[core.sorts[core.run[p]][0]].count++ });
    const lists = facets.map(([id, label, values]) => ({ id, label, values: values.map(v => { let count = 0; each(v[2], p => count += matched[p]); return { id: v[0], label: v[1], count } }) }));
    return [{ id: "kind", label: "Kind", values: kinds }, ...lists].map(f => ({ ...f, values: f.values.filter(v => v.count) }));
  };
  const several = matched => { let first; return matched.some((yes, p) => yes && core.sorts[core.run[p]][0] !== (first ??= core.sorts[core.run[p]][0])) };
  // The sign of danger that a query names.
  const danger = words => {
    const keys = new Set(words.map(w => key(fold(w)))), sign = core.danger.find(d => d[0].some(p => p.split(" ").every(w => keys.has(key(w)))));
    return sign ? { url: sign[1], title: sign[2], text: sign[3] } : null;
  };
  // 2 where a phrase stands in a page, 1 where it may, since only the beginnings of its texts are here.
  const holds = (text, phrase) => {
    const inside = t => ` ${listOf(t).map(fold).join(" ")} `.includes(phrase);
    if (inside(text.title) || text.units.some(u => inside(u[0]) || inside(u[2]))) return 2;
    return text.units.some(u => u[2].endsWith("…")) ? 1 : 0;
  };

  // Lets the browser take a key or draw a frame between two parts of the work.
  const pause = () => self.scheduler?.yield ? self.scheduler.yield() : new Promise(done => setTimeout(done));

  /**
   * Answers a query; with nothing, once it is stale.
   * @param {string} query
   * @param {number | {limit?: number, filters?: Record<string, string[]>, facets?: boolean, literal?: boolean, stale?: () => boolean}} [options]
   * `facets` asks for the values that the pages found could be filtered by, and how many have each.
   */
  const search = async (query, options) => {
    const { limit = 10, filters = {}, facets = false, literal = false, stale = null } = typeof options === "number" ? { limit: options } : options || {};
    const useless = async () => stale && (await pause(), stale());
    await load();
    if (await useless()) return null;
    query = String(query);
    const phrases = [...query.matchAll(/["“„]([^"“”„]+)["“”]/g)].map(m => listOf(m[1])).filter(p => p.length > 1).map(p => ` ${p.map(fold).join(" ")} `);
    // On a large site the pages of each value weigh as much as the words of a query: they come when somebody filters.
    const [{ all, kept, corrected, groups }, lists] = await Promise.all([understand(query, literal), core.facets && (facets || Object.keys(filters).length) ? part(core.facets, JSON.parse) : []]);
    if (await useless()) return null;
    const ranked = rank(groups, passing(filters, lists), Math.max(limit, 50)), marks = new Set(), nearby = [];
    for (const g of groups) for (const one of g.list) for (const s of one.stems) for (const f of s.folds()) marks.add(f);
    let pages = await Promise.all(ranked.top.slice(0, phrases.length ? 50 : limit).map(async r => ({ r, text: (await part(core.texts[r.page / core.per | 0], readTexts))[r.page % core.per] })));
    if (phrases.length) {
      const sure = p => Math.min(...phrases.map(phrase => holds(p.text, phrase)));
      pages = [2, 1].flatMap(n => pages.filter(p => sure(p) === n));
    }
    if (await useless()) return null;
    if (!pages.length) for (const w of kept) if (w.length > 3) nearby.push(...await nearest(fold(w), 30));
    return {
      query, corrected, total: phrases.length ? pages.length : ranked.total, danger: danger([...all, ...corrected.map(c => c.to)]),
      filters: ranked.total > 1 && (!!core.facets || several(ranked.matched)), facets: facets ? counts(ranked.matched, lists) : [], pages: pages.slice(0, limit).map(({ r, text }) => result(r, text, groups, marks)), nearest: nearby,
    };
  };
  self.fascicle = Object.assign(self.fascicle || {}, { load, search });
})();

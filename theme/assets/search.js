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
  let held = 0, come = 0, took = Infinity;
  const arrived = text => {
    const end = text.indexOf("\n"), name = text.slice(0, end), rest = text.slice(end + 1);
    come += text.length;
    if (waiting.has(name)) waiting.get(name)(rest); else files.set(name, Promise.resolve(rest));
  };
  const early = self.fascicleFiles || [];
  self.fascicleFiles = { push: arrived };
  early.forEach(arrived);
  const file = (name, later) => {
    if (!files.has(name)) files.set(name, new Promise((done, fail) => {
      // The page may have asked for the first file already, together with this script.
      const src = new URL(root + "search/" + name + ".js", document.baseURI).href, known = name === "index" && [...document.scripts].find(s => s.src === src), since = performance.now();
      const script = known || document.createElement("script");
      waiting.set(name, done);
      script.onload = () => { took = performance.now() - since; script.remove() };
      script.onerror = () => { files.delete(name); script.remove(); fail(Error("No search index: " + src)) };
      if (later) script.setAttribute("fetchpriority", "low");
      if (!known) { script.src = src; document.head.append(script) }
    }));
    return files.get(name);
  };
  const part = async (ref, read, later) => {
    if (!parsed.has(ref)) { const text = core.one ? ref : await file(ref, later); if (!parsed.has(ref)) parsed.set(ref, read(text)) }
    return parsed.get(ref);
  };
  // A moment after an answer, what the next query is likely to need comes while the browser has nothing to do: none while a
  // query waits, at most about 450 kB compressed, and nothing where the reader or the network asks to save. A near host (its
  // last file took less than NEAR ms) sends all at once and twice as much. Of a small index, or from a near host, that is every
  // file; else the words of what was found, once the typing rests.
  const ROOM = 8e5, SOON = 60, RESTS = 1000, NEAR = 30, idle = run => self.requestIdleCallback ? self.requestIdleCallback(run, { timeout: 50 }) : setTimeout(run, 50);
  let queue = [], asked = 0, coming = 0, rest = 0;
  const isNear = () => took < NEAR, fits = files => come / parsed.size * files < (isNear() ? 2 * ROOM : ROOM);
  const pump = moment => {
    while (!asked && queue.length && (!coming || isNear()) && fits(parsed.size + coming)) {
      if (moment && moment.timeRemaining() < 2) { idle(pump); return }
      const [ref, read] = queue.shift();
      if (parsed.has(ref)) continue;
      coming++;
      part(ref, read, true).catch(() => { queue = [] }).then(() => { coming--; idle(pump) });
    }
  };
  const ahead = pages => {
    const net = /** @type {any} */ (navigator).connection;
    if (core.one || net?.saveData || /[23]g/.test(net?.effectiveType)) return;
    const found = pages.flatMap(p => listOf(p.title)).map(w => [core.words[home(fold(w))][1], readWords]);
    const start = list => { queue = list; idle(pump) };
    if (isNear() || fits(core.words.length + core.texts.length)) setTimeout(start, SOON, [...found, ...core.words.map(w => [w[1], readWords]), ...core.texts.map(t => [t, readTexts])]);
    else rest = setTimeout(start, RESTS, found);
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
    const [letters, count, space, code] = core.known || [""];
    core.letters = [...letters];
    core.space = space;
    core.hashes = code && new Set(gaps(code, count, space));
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
  // What stands in bits, six to a character, from a place in a text.
  const reader = (code, at) => {
    let now = 0, left = 0;
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
    // Some numbers in order, from one up to another.
    const fill = (list, count, from, end) => {
      if (!count) return list;
      const before = count >> 1, middle = from + before + one(end - from - count + 1);
      fill(list, before, from, middle);
      list.push(middle);
      return fill(list, count - before - 1, middle + 1, end);
    };
    return { bits, one, fill };
  };
  // Numbers in order, by the gaps between them (Rice).
  const gaps = (code, count, space) => {
    const { bits } = reader(code, 0), few = 31 - Math.clz32(space * 9 / (count * 13)), list = [];
    for (let next = 0; list.length < count; next++) {
      while (bits(1)) next += 1 << few;
      list.push(next += bits(few));
    }
    return list;
  };
  // A list of postings: unit << 7 | strength << 1 | whether the word itself stands there.
  const postings = code => {
    if (decoded.has(code)) return decoded.get(code);
    const list = [], { first, worth, hits } = core, counts = worth.map(() => 0), { bits, one, fill } = reader(code, 1);
    let length = 0;
    const share = (from, end, total) => {
      if (end - from < 2) return void (counts[from] = total);
      const middle = from + end >> 1, sum = total && one(total + 1);
      share(from, middle, sum);
      share(middle, end, total - sum);
    };
    while (!bits(1)) length++;
    share(0, counts.length, (1 << length | bits(length)) - 1);
    counts.forEach((count, kind) => {
      const hit = kind < hits, both = worth[kind] * 2 + (hit ? 1 : 0);
      for (const p of fill([], count, 0, first.length - 1)) {
        const units = first[p + 1] - first[p];
        list.push((first[p] + (hit && units > 1 && bits(1) ? 1 + one(units - 1) : 0)) * 128 + both);
      }
    });
    if ((held += list.length) > 1e6) { decoded.clear(); held = list.length }
    decoded.set(code, list);
    return list;
  };
  const readWords = text => {
    const [forms, codes] = text.split("||"), shard = /** @type {any} */ ({ texts: [], folds: [], stems: [], codes: codes.split("|") });
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
  const MOST = 3, WHOLE = 6, FIRST = 6, VOWELS = "aeiouy", patience = word => word.length < 4 ? 0 : word.length < 6 ? 10 : word.length < 8 ? 20 : 26;
  // Of words found as [cost, word] the most likely. A word that says nothing is meant only when no other can be.
  const likely = found => {
    const full = found.filter(f => !core.stop.has(f[1])), list = full.length ? full : found;
    list.sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1));
    return list.filter(f => f[0] <= list[0][0] + 4).slice(0, 4).map(f => f[1]);
  };
  // Whether the site has a word, by the set of hashes in the first file: seldom wrong. All may be known where all is in that file.
  const known = word => {
    if (!core.hashes) return true;
    let h = 0x811c9dc5;
    for (let i = 0; i < word.length && i < WHOLE; i++) h = Math.imul(h ^ word.charCodeAt(i), 0x01000193);
    return core.hashes.has(((h ^ h >>> 15) >>> 0) % core.space);
  };
  const home = word => place(core.words, word), reaches = (from, to) => home(to) === home(from) || !known(from) && known(to), shard = at => part(core.words[at][1], readWords);
  // The files of words that may hold what an unknown word meant: all words one slip away are looked up in the set.
  const shards = word => {
    const own = home(word), list = new Set([own]);
    if (!core.hashes || !patience(word) || known(word)) return [...list];
    // Of too many files, those of the likeliest slips.
    const found = new Map(), test = (start, rest, cost) => {
      const other = start + rest, at = home(other);
      if (at === own || !known(other)) return;
      cost += start ? 0 : FIRST;
      if (!(found.get(at) <= cost)) found.set(at, cost);
    };
    for (let i = 0; i <= word.length && i < WHOLE; i++) {
      const start = word.slice(0, i), rest = word.slice(i), more = word.slice(i + 1), c = rest[0];
      if (rest) test(start, more, c === more[0] ? 6 : 10);
      if (more && c !== more[0]) test(start, more[0] + c + more.slice(1), 8);
      for (const other of core.letters) {
        test(start, other + rest, other === c || other === word[i - 1] ? 6 : 10);
        if (rest && other !== c) test(start, other + more, VOWELS.includes(other) && VOWELS.includes(c) ? 8 : 10);
      }
    }
    for (const [at] of [...found].sort((a, b) => a[1] - b[1] || a[0] - b[0]).slice(0, MOST)) list.add(at);
    return [...list];
  };
  // The words that may be meant, most likely first. One that begins with another letter is less likely.
  const nearest = async (word, most) => {
    const bits = lettersOf(word), few = most / 8 | 0, found = [];
    for (const { folds, stems, codes } of await Promise.all(shards(word).map(shard))) folds.forEach((other, i) => {
      if (other === folds[i - 1] || other.length < 3 || Math.abs(other.length - word.length) * 6 > most) return;
      // A letter that only one of two words has costs eight at least: most words are seen to be too far by their letters.
      const own = lettersOf(other);
      if (without(bits & ~own, few) || without(own & ~bits, few) || !/^\p{Alphabetic}+$/u.test(other)) return;
      const apart = distance(word, other, most);
      // The rarity of a word is a logarithm, too.
      if (apart <= most) found.push([apart * 4 + (digit(codes[stems[i]], 0) * 2 / 3 | 0) + (other[0] === word[0] ? 0 : FIRST), other]);
    });
    return likely(found);
  };

  // The stems of a word: of the form as typed first, then of forms that differ by accents.
  const stems = async word => {
    const folded = fold(word), found = new Map();
    if (!core.words.length) return [];
    const own = await shard(home(folded));
    for (let i = upTo(folded, own.folds.length, j => own.folds[j]) - 1; own.folds[i] === folded; i--) {
      const weight = own.texts[i] === word ? 10 : 9;
      if (!(found.get(own.stems[i]) >= weight)) found.set(own.stems[i], weight);
    }
    return [...found].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([at, weight]) => stem(own, at, weight, word));
  };
  const stem = (shard, at, weight, word) => ({ code: shard.codes[at], rarity: digit(shard.codes[at], 0), weight, word, folds: () => shard.folds.filter((_, i) => shard.stems[i] === at) });
  // Forms of the same stem, by the endings that the words of this site take.
  const related = folded => core.endings.flatMap(pair => {
    const ends = pair.split(",");
    return [ends, [...ends].reverse()].flatMap(([a, b]) => folded.endsWith(a) && folded.length > a.length + 2 ? [folded.slice(0, folded.length - a.length) + b] : []);
  });
  const inflected = async word => {
    const folded = fold(word);
    for (const other of related(folded)) if (reaches(folded, other)) {
      const found = await stems(other);
      if (found.length) return found;
    }
    return [];
  };
  // Words that begin so, the most frequent first.
  const completions = async word => {
    const folded = fold(word), at = home(folded), found = [];
    for (const own of await Promise.all([at, at + 1].filter(i => i === at || core.words[i]?.[0].startsWith(folded)).map(shard))) {
      const seen = new Set();
      own.folds.forEach((f, j) => {
        if (!f.startsWith(folded) || seen.has(own.stems[j])) return;
        seen.add(own.stems[j]);
        found.push(stem(own, own.stems[j], 10, own.texts[j]));
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
    // All files that any word may need are asked for at once, so that none waits for another.
    const ahead = others.flatMap(o => o[1].split(" ")).map(stems);
    if (core.words.length) kept.forEach((word, i) => { for (const at of needs(word, kept[i + 1], literal)) ahead.push(shard(at)) });
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
      const both = word + kept[i + 1], joined = i + 1 < kept.length && reaches(fold(word), fold(both)) ? await stems(both) : [];
      if (joined.length) return { found: joined, type: "joined" };
      const meant = patience(word) ? await nearest(fold(word), patience(word)) : [], two = meant.length ? [] : await apart(fold(word));
      return { found: (await Promise.all(meant.map(stems))).flat(), type: "corrected", meant: meant[0], two, parts: await Promise.all(two.map(stems)) };
    };
    const [looked] = await Promise.all([Promise.all(kept.map(look)), ...ahead]);
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
  // Two words written as one: the first is long where the whole begins as a word of the site.
  const cuts = word => [...Array(Math.max(0, word.length - 5)).keys()].map(i => [word.slice(0, i + 3), word.slice(i + 3)]).filter(two => two.every(known) && (two[0].length >= WHOLE || !core.hashes || !known(word)));
  const apart = async word => {
    const found = await Promise.all(cuts(word).map(async two => [two, await Promise.all(two.map(stems))]));
    return found.find(([, both]) => both.every(stems => stems.length))?.[0] || [];
  };
  // The files of words that a word of a query may need. The beginning of a word that its file can complete needs no other.
  const needs = (word, next, literal) => {
    const own = fold(word), at = home(own), list = [at], begins = other => other?.startsWith(own);
    if (!next && begins(core.words[at + 1]?.[0])) list.push(at + 1);
    if (literal || known(own) || !next && parsed.get(core.words[at][1])?.folds.some(begins)) return list;
    const others = [...cuts(own).flat(), ...related(own)];
    if (next) others.push(fold(word + next));
    return [...list, ...shards(own), ...others.filter(known).map(home)];
  };

  // Visits unit, strength and whether the word stands there. A phrase counts where all of its words stand.
  const walk = (one, visit) => {
    if (!one.stems.length) return visit(one.unit, 32 * one.weight, 1);
    const lists = one.stems.map(s => postings(s.code));
    if (lists.length < 2) { for (const p of lists[0]) visit(p >>> 7, (p >>> 1 & 63) * one.weight, p & 1); return }
    let least = /** @type {any} */ (null);
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
    let total = 0, passed = 0;
    for (const group of groups) {
      const own = [];
      total += group.rarity;
      for (const one of group.list) walk(one, (unit, v, hit) => {
        const p = page[unit], both = v * 2 + hit;
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
    for (const p of touched) if (!allowed || allowed[p]) {
      passed++;
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
    return { total: passed, matched, top: top.sort(order) };
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
  const passing = (filters, facets, but) => {
    let all = null;
    for (const id in filters) if (id !== but && filters[id]?.length && (id === "kind" || facets.some(f => f[0] === id))) {
      const one = new Uint8Array(core.score.length);
      if (id === "kind") core.run.forEach((r, p) => { if (filters[id].includes(core.kinds[core.sorts[r][0]][0])) one[p] = 1 });
      for (const [facet, , values] of facets) if (facet === id) for (const v of values) if (filters[id].includes(v[0])) each(v[2], p => one[p] = 1);
      all = all ? all.map((yes, p) => yes & one[p]) : one;
    }
    return all;
  };
  // How many pages that were found have each value. What is chosen of a facet does not count for its own values, so that
  // one can go over to another; a chosen one stays, though no page has it.
  const counts = (matched, facets, filters) => {
    const kinds = core.kinds.map(([id, label], at) => [id, label, visit => core.run.forEach((r, p) => { if (core.sorts[r][0] === at) visit(p) })]);
    const lists = facets.map(([id, label, values]) => [id, label, values.map(v => [v[0], v[1], visit => each(v[2], visit)])]);
    return [["kind", "Kind", kinds], ...lists].map(([id, label, values]) => {
      const allowed = passing(filters, facets, id), count = pages => { let n = 0; pages(p => n += allowed ? matched[p] & allowed[p] : matched[p]); return n };
      return { id, label, values: values.map(v => ({ id: v[0], label: v[1], count: count(v[2]) })).filter(v => v.count || filters[id]?.includes(v.id)) };
    });
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
    asked++;
    clearTimeout(rest);
    try { return await answer(query, options) } finally { if (!--asked) idle(pump) }
  };
  const answer = async (query, options) => {
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
    ahead(pages.map(p => p.text));
    if (!pages.length) for (const w of kept) if (w.length > 3) nearby.push(...await nearest(fold(w), 30));
    return {
      query, corrected, total: phrases.length ? pages.length : ranked.total, danger: danger([...all, ...corrected.map(c => c.to)]),
      filters: !!ranked.total && (!!core.facets || several(ranked.matched)), facets: facets ? counts(ranked.matched, lists, filters) : [], pages: pages.slice(0, limit).map(({ r, text }) => result(r, text, groups, marks)), nearest: nearby,
    };
  };
  self.fascicle = Object.assign(self.fascicle || {}, { load, search });
})();

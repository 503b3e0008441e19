"use strict";
/*
 * The status page. It asks for /status every two seconds while somebody looks, and changes only what has changed, so that
 * focus, open details, selection and scrolling stay. Everything that is shown may have been chosen by strangers: it gets in as
 * text, with whatever could turn a line around or hide in it made visible.
 */
(() => {
  const PAUSE = 2000;
  const TOO_LONG = 10000;
  const DAY = 86400000;
  const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
  const at = id => document.getElementById(id);
  let status = null;
  let since = null;
  let known = null;
  let timer = 0;

  const visible = text => String(text).replace(HIDDEN,
      c => "\u27e8U+" + c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0") + "\u27e9");

  function set(element, text) {
    const shown = visible(text);
    if (element.textContent !== shown) {
      element.textContent = shown;
    }
  }

  function put(element, name, value) {
    if (element.getAttribute(name) !== value) {
      element.setAttribute(name, value);
    }
  }

  function make(tag, className, text) {
    const element = document.createElement(tag);
    if (className) {
      element.className = className;
    }
    if (text !== undefined) {
      set(element, text);
    }
    return element;
  }

  /** Makes a list have one child for each item, in their order; those that are there stay, and are only brought up to date. */
  function list(parent, items, key, create, update) {
    const before = new Map();
    const times = new Map();
    for (const child of parent.children) {
      before.set(child.dataset.key, child);
    }
    let next = parent.firstElementChild;
    for (const item of items) {
      const same = String(key(item));
      const nth = times.get(same) || 0;
      times.set(same, nth + 1);
      const name = nth + " " + same;
      let child = before.get(name);
      if (child) {
        before.delete(name);
      } else {
        child = create(item);
        child.dataset.key = name;
      }
      update(child, item);
      if (child === next) {
        next = next.nextElementSibling;
      } else {
        parent.insertBefore(child, next);
      }
    }
    for (const child of before.values()) {
      child.remove();
    }
  }

  const clock = new Intl.DateTimeFormat(undefined, {hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false});
  const day = new Intl.DateTimeFormat(undefined, {day: "numeric", month: "short"});
  const full = new Intl.DateTimeFormat(undefined, {day: "numeric", month: "short", year: "numeric"});

  function when(date) {
    const now = new Date();
    if (date.toDateString() === now.toDateString()) {
      return clock.format(date);
    }
    return Math.abs(now - date) < 180 * DAY ? day.format(date) + ", " + clock.format(date) : full.format(date);
  }

  /** In the reader's zone; in UTC for who points at it. */
  function time(element, instant, text) {
    put(element, "datetime", instant);
    put(element, "title", instant.replace("T", " ").replace(/\.\d+/, "").replace("Z", " UTC"));
    set(element, text || when(new Date(instant)));
  }

  const number = new Intl.NumberFormat("en");
  const UNITS = ["bytes", "KB", "MB", "GB", "TB", "PB"];

  function bytes(count) {
    let unit = 0;
    let value = count;
    while (value >= 999.5 && unit < UNITS.length - 1) {
      value /= 1000;
      unit++;
    }
    return (unit === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(1)) + " " + UNITS[unit];
  }

  const plural = (count, one, many) => number.format(count) + " " + (count === 1 ? one : many);

  function days(left) {
    return left < 0 ? "ended " + plural(-left, "day", "days") + " ago" : left === 0 ? "ends today"
        : plural(left, "day", "days") + " left";
  }

  const urgency = left => left < 0 || left <= 7 ? "bad" : left <= 30 ? "warn" : "good";

  /** A row whose cells know their columns' names, for narrow screens. */
  function row(labels) {
    const tr = make("tr");
    tr.role = "row";
    labels.forEach((label, i) => {
      const cell = make(i === 0 ? "th" : "td");
      if (i === 0) {
        cell.scope = "row";
      } else if (label) {
        cell.dataset.label = label;
      }
      cell.role = i === 0 ? "rowheader" : "cell";
      tr.append(cell);
    });
    return tr;
  }

  function child(parent, index, tag, className) {
    while (parent.children.length <= index) {
      if (parent.childNodes.length > 0) {
        parent.append(" ");
      }
      parent.append(make(tag, className));
    }
    return parent.children[index];
  }

  function table(name, items, total, key, labels, update) {
    at(name + "-none").hidden = items.length > 0;
    at(name + "-table").hidden = items.length === 0;
    const more = at(name + "-more");
    if (more) {
      set(more, total > items.length ? "These are " + number.format(items.length) + " of " + number.format(total) + "." : "");
    }
    return (rows) => list(at(rows), items, key, () => row(labels), update);
  }

  // What needs somebody

  const KINDS = {"down": ["down", "bad"], "not-in-force": ["not in force", "bad"], "unsendable": ["cannot be sent", "bad"],
    "waiting": ["waits", "warn"], "failed": ["failed", "bad"], "expiring": ["ends soon", "warn"]};

  function showNeeds() {
    const needs = status.needs;
    set(at("headline"), status.headline);
    const section = at("headline").parentElement;
    section.classList.toggle("some", needs.total > 0);
    section.classList.toggle("down", needs.things.some(thing => thing.kind === "down"));
    list(at("things"), needs.things, thing => thing.kind + " " + thing.text, thing => {
      const li = make("li");
      const [word, look] = KINDS[thing.kind] || [thing.kind, ""];
      li.append(make("span", "mark " + look, word), " ", make("span", "", thing.text));
      return li;
    }, () => {});
    set(at("things-more"), needs.total > needs.things.length ? "and " + (needs.total - needs.things.length) + " more" : "");
    const title = (needs.total > 0 ? "(" + needs.total + ") " : "") + "Countersign";
    if (document.title !== title) {
      document.title = title;
    }
  }

  // Outboxes

  function showWaiting() {
    const out = status.outboxes;
    table("waiting", out.waiting, out.total, file => file.partner + "/" + file.path,
        ["", "Since", "Attempts", "Next", "Why"], (tr, file) => {
      const [name, began, attempts, next, why] = tr.children;
      set(child(name, 0, "span"), file.partner + " / " + file.path);
      set(child(name, 1, "span", "dim"), bytes(file.size));
      time(child(began, 0, "time"), file.since);
      set(child(attempts, 0, "span"), file.attempts);
      time(child(next, 0, "time"), file.next);
      set(child(why, 0, "span"), file.reason);
    })("waiting-rows");
    const behind = Object.values(out.files).reduce((sum, count) => sum + count, 0) - out.total;
    if (behind > 0) {
      set(at("waiting-more"), (out.total > out.waiting.length ? at("waiting-more").textContent + " " : "")
          + plural(behind, "file", "files") + " more in the outboxes, not attempted yet.");
    }
  }

  // Refusals

  function dl(pairs) {
    const found = make("dl");
    for (const [name, value, look] of pairs) {
      if (value !== null && value !== undefined && value !== "") {
        found.append(make("dt", "", name));
        const dd = make("dd");
        dd.append(value instanceof Node ? value : make(look || "span", look === "code" ? "" : undefined, value));
        found.append(dd);
      }
    }
    return found;
  }

  function stamp(instant) {
    const element = make("time");
    time(element, instant);
    return element;
  }

  function certificate(shown, i) {
    const group = make("span");
    group.append(make("span", "cert", shown.subject), make("span", "cert dim", "issued by " + shown.issuer),
        make("span", "cert dim", "valid from " + shown.notBefore.slice(0, 10) + " to " + shown.notAfter.slice(0, 10)
            + ", serial " + shown.serial), make("code", "", shown.fingerprint));
    return [i === 0 ? "showed" : "issuer " + i, group];
  }

  function refusal(event) {
    const li = make("li");
    const details = make("details");
    const summary = make("summary");
    const first = make("span", "when");
    first.append(make("time"), " ", make("span", "dim"));
    const who = make("span", "what");
    who.append(make("span", "mark bad", event.code), " ", make("span", "dim", event.address || ""));
    const why = make("span", "why");
    why.append(make("span", "who", event.partner ? event.partner + ": " : ""), make("span", "", event.reason));
    if (event.nearest) {
      why.append(make("span", "near", "most like " + event.nearest + ": " + event.difference));
    }
    summary.append(first, who, why);
    details.append(summary);
    // What is inside is made when somebody looks.
    details.addEventListener("toggle", () => {
      if (details.open && details.children.length === 1) {
        const approve = event.approve ? make("span") : null;
        if (approve) {
          approve.append(make("code", "line", event.approve), make("span", "dim", event.proven
              ? "Whoever called has the key. Compare the fingerprint with the partner first, by other means."
              : "Whoever called has not proven to have the key. Compare the fingerprint with the partner first, by other means."));
        }
        details.append(dl([
          ["id", event.id, "code"], ["first", stamp(event.first)], ["TLS", event.tls], ["asked for host", event.server],
          ["certificate", event.chain.length ? "" : event.certificate, "code"], ...event.chain.map(certificate),
          ["to accept it", approve]]));
      }
    });
    li.append(details);
    return li;
  }

  function showRefusals() {
    const events = status.refusals.events;
    at("refused-none").hidden = events.length > 0;
    list(at("refusals"), events, event => event.id, refusal, (li, event) => {
      const first = li.querySelector(".when");
      time(first.children[0], event.last);
      set(first.children[1], event.count > 1 ? "× " + number.format(event.count) : "");
    });
    if (known !== null) {
      const fresh = events.filter(event => !known.has(event.id));
      if (fresh.length > 0) {
        set(at("news"), (fresh.length === 1 ? "Refused: " : fresh.length + " were refused, the last: ")
            + fresh[0].code + " " + (fresh[0].partner || fresh[0].address || ""));
      }
    }
    known = new Set(events.map(event => event.id));
    filter();
  }

  function filter() {
    const wanted = at("filter").value.trim().toLowerCase().split(/\s+/).filter(word => word);
    const events = status ? status.refusals.events : [];
    let shown = 0;
    events.forEach((event, i) => {
      const li = at("refusals").children[i];
      const text = wanted.length ? JSON.stringify(event).toLowerCase() : "";
      const hide = !wanted.every(word => text.includes(word));
      shown += hide ? 0 : 1;
      if (li.hidden !== hide) {
        li.hidden = hide;
      }
    });
    const total = status ? status.refusals.total : 0;
    set(at("refused-more"), (wanted.length ? plural(shown, "fits", "fit") + " the filter. " : "")
        + (total > events.length ? "These are the last " + number.format(events.length) + " of " + number.format(total) + "." : ""));
  }

  // Transfers

  const WORDS = {"in received": ["received", "good"], "in delivering": ["being delivered", ""], "in failed": ["not received", "bad"],
    "out waiting": ["to be sent", "warn"], "out sent": ["sent", "good"], "out failed": ["not sent", "bad"],
    "out withdrawn": ["withdrawn", ""]};

  function showTransfers() {
    table("transfers", status.transfers, 0, entry => entry.id, ["", "", "Partner", "File", "Size"], (tr, entry) => {
      const [changed, state, partner, file, size] = tr.children;
      size.className = "number";
      time(child(changed, 0, "time"), entry.changed);
      const [word, look] = WORDS[entry.direction + " " + entry.state] || [entry.state, ""];
      const mark = child(state, 0, "span");
      mark.className = "mark " + look;
      set(mark, (entry.direction === "in" ? "← " : "→ ") + word);
      set(child(partner, 0, "span"), entry.partner);
      set(child(file, 0, "span"), entry.name);
      if (entry.reason) {
        set(child(file, 1, "span", "dim cert"), entry.reason);
      }
      set(child(size, 0, "span"), bytes(entry.size));
    })("transfer-rows");
  }

  // The plot

  const SERIES = [["received", "Received", []], ["sent", "Sent", [7, 3]], ["refused", "Refused", [2, 2]], ["failed", "Failed", [8, 3, 2, 3]]];
  const BYTES = [["receivedBytes", "Received", []], ["sentBytes", "Sent", [7, 3]]];
  let plot = null;
  let drawn = "";

  const chosen = name => document.querySelector("input[name=" + name + "]:checked").value;
  const colour = name => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();

  function width() {
    return Math.max(200, at("plot").clientWidth);
  }

  function axisTime(span) {
    const format = new Intl.DateTimeFormat(undefined, span === "day" ? {hour: "2-digit", minute: "2-digit", hour12: false}
        : {day: "numeric", month: "short"});
    return (u, ticks) => ticks.map(tick => format.format(new Date(tick * 1000)));
  }

  function showPlot(anew) {
    const span = chosen("span");
    const inBytes = chosen("unit") === "bytes";
    const data = status.plot[span];
    const names = inBytes ? BYTES : SERIES;
    const times = data.received.map((_, i) => data.from + i * data.step);
    // The last step lasts as long as the others.
    const all = [[...times, data.from + times.length * data.step], ...names.map(([name]) => [...data[name], data[name].at(-1)])];
    const look = span + inBytes;
    if (anew || plot === null || drawn !== look) {
      if (plot !== null) {
        plot.destroy();
      }
      drawn = look;
      const ink = colour("soft");
      const axis = {stroke: ink, grid: {stroke: colour("line"), width: 1}, ticks: {stroke: colour("line"), width: 1},
        font: "12px system-ui, sans-serif"};
      plot = new uPlot({
        width: width(), height: 190, cursor: {drag: {x: false, y: false}}, legend: {live: true},
        scales: {x: {time: true}, y: {range: (u, min, max) => [0, Math.max(max * 1.1, inBytes ? 1000 : 4)]}},
        axes: [{...axis, space: 60, values: axisTime(span)},
          {...axis, size: 62, values: (u, ticks) => ticks.map(tick => inBytes ? bytes(tick) : Number.isInteger(tick) ? number.format(tick) : "")}],
        series: [{label: "From", value: (u, tick) => tick === null ? "–" : when(new Date(tick * 1000))},
          ...names.map(([name, label, dash]) => ({label, dash, width: 2, points: {show: false},
            stroke: colour(name.replace("Bytes", "")), paths: uPlot.paths.stepped({align: 1}),
            value: (u, value) => value === null ? "–" : inBytes ? bytes(value) : number.format(value)}))]
      }, all, at("plot"));
    } else {
      plot.setData(all);
    }
    const sum = name => data[name].reduce((a, b) => a + b, 0);
    set(at("plot-sums"), "In all: " + plural(sum("received"), "file", "files") + " received (" + bytes(sum("receivedBytes")) + "), "
        + number.format(sum("sent")) + " sent (" + bytes(sum("sentBytes")) + "), " + number.format(sum("refused"))
        + " refused since the start, " + number.format(sum("failed")) + " failed."
        + (status.plot.complete ? "" : " Earlier days are still being read."));
    const steps = times.map((t, i) => ({t, i})).reverse().filter(({i}) =>
        data.received[i] || data.sent[i] || data.refused[i] || data.failed[i]);
    list(at("number-rows"), steps, step => span + step.t, () => row(["", "Received", "Sent", "Refused", "Failed", "In", "Out"]),
        (tr, {t, i}) => {
      const cells = tr.children;
      time(child(cells[0], 0, "time"), new Date(t * 1000).toISOString());
      [data.received[i], data.sent[i], data.refused[i], data.failed[i]].forEach((value, n) => set(cells[n + 1], number.format(value)));
      set(cells[5], bytes(data.receivedBytes[i]));
      set(cells[6], bytes(data.sentBytes[i]));
    });
  }

  // Partners

  function dates(cell, certificates) {
    list(cell, certificates, one => one.kind + one.fingerprint, () => make("span", "cert"), (line, one) => {
      const mark = child(line, 0, "span");
      mark.className = "mark " + urgency(one.days);
      set(mark, days(one.days));
      const name = child(line, 1, "span", "dim");
      set(name, one.name);
      put(name, "title", visible(one.kind + ", ends " + one.notAfter + ", SHA-256 " + one.fingerprint));
    });
  }

  function showPartners() {
    const found = status.partners;
    table("partners", found.partners, found.total, partner => partner.name,
        ["", "", "Last use", "Within a day", "Receives at"], (tr, partner) => {
      const [name, certificates, used, lastDay, url] = tr.children;
      set(child(name, 0, "span"), partner.name);
      set(child(name, 1, "span", "mark"), partner.enabled ? "" : "switched off");
      name.children[1].hidden = partner.enabled;
      dates(certificates, partner.certificates);
      if (partner.used) {
        time(child(used, 0, "time"), partner.used);
        set(child(used, 1, "span", "dim"), "from " + partner.usedFrom);
      } else {
        set(child(used, 0, "time"), "never");
      }
      const sums = partner.lastDay;
      set(child(lastDay, 0, "span", "cert"), "← " + number.format(sums.received) + (sums.received ? " (" + bytes(sums.received_bytes) + ")" : ""));
      set(child(lastDay, 1, "span", "cert"), "→ " + number.format(sums.sent) + (sums.sent ? " (" + bytes(sums.sent_bytes) + ")" : "")
          + (sums.failed ? ", " + number.format(sums.failed) + " failed" : ""));
      set(child(url, 0, "span"), partner.url || "–");
      set(child(url, 1, "span", "cert dim"), partner.maxSize === null ? "" : "sends us at most " + bytes(partner.maxSize));
    })("partner-rows");
  }

  // The service

  function showService() {
    list(at("checks"), status.checks, check => check.name, () => make("li"), (li, check) => {
      const mark = child(li, 0, "span");
      mark.className = "mark " + (check.status === "up" ? "good" : "bad");
      set(mark, check.status);
      set(child(li, 1, "span"), check.name + (check.message ? ": " + check.message : ""));
    });
    list(at("warnings"), status.warnings, warning => warning, warning => make("li", "", "Warning: " + warning), () => {});
    const service = status.service;
    const facts = [["Version", service.version + ", Java " + service.java], ["Running since", service.started],
      ["Listens on", service.listeners.join("  ")], ["Room on the disk", service.freeBytes === null ? "unknown" : bytes(service.freeBytes)]];
    if (service.stopping) {
      facts.unshift(["State", "stopping"]);
    }
    const pairs = facts.flatMap(([name, value]) => [["dt", name, name], ["dd", name, value]]);
    list(at("facts"), pairs, ([tag, name]) => tag + name, ([tag]) => make(tag), (element, [tag, name, value]) => {
      if (tag === "dd" && name === "Running since") {
        time(child(element, 0, "time"), value);
      } else {
        set(element, value);
      }
    });
    at("ours-table").hidden = status.ours.length === 0;
    list(at("ours-rows"), status.ours, one => one.kind + one.fingerprint, () => row(["", "", "Ends"]), (tr, one) => {
      const [kind, name, end] = tr.children;
      set(kind, one.kind.replace(/-/g, " "));
      set(child(name, 0, "span"), one.name);
      set(child(name, 1, "span", "cert dim"), one.file);
      const mark = child(end, 0, "span");
      mark.className = "mark " + urgency(one.days);
      set(mark, days(one.days));
      time(child(end, 1, "time"), one.notAfter);
    });
  }

  // Asking, again and again

  function show() {
    showNeeds();
    showWaiting();
    showRefusals();
    showTransfers();
    showPlot(false);
    showPartners();
    showService();
  }

  async function ask() {
    clearTimeout(timer);
    try {
      const answer = await fetch("status", {cache: "no-store", signal: AbortSignal.timeout(TOO_LONG)});
      if (!answer.ok) {
        throw new Error("status " + answer.status);
      }
      const text = await answer.text();
      status = JSON.parse(text);
      since = null;
      document.body.classList.remove("gone");
      set(at("connection"), status.service.stopping ? "The service is stopping." : "Live");
      put(at("connection"), "title", "as of " + status.at);
      show();
    } catch (failed) {
      since = since || new Date();
      document.body.classList.add("gone");
      set(at("connection"), "No connection since " + clock.format(since) + ". Trying again.");
      if (!(failed instanceof TypeError || failed.name === "TimeoutError" || /^status /.test(failed.message))) {
        console.error(failed);
      }
    }
    clearTimeout(timer);
    if (!document.hidden) {
      timer = setTimeout(ask, PAUSE);
    }
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      clearTimeout(timer);
    } else {
      ask();
    }
  });
  document.addEventListener("keydown", event => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName) && document.activeElement.type !== "radio";
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      at("filter").focus();
    } else if (event.key === "Escape" && document.activeElement === at("filter")) {
      at("filter").value = "";
      filter();
    }
  });
  at("filter").addEventListener("input", filter);
  // On narrow screens tables look like cards, and are tables all the same.
  for (const [tag, role] of [["table", "table"], ["thead", "rowgroup"], ["tbody", "rowgroup"], ["thead tr", "row"], ["thead th", "columnheader"]]) {
    document.querySelectorAll("main " + tag).forEach(element => put(element, "role", role));
  }
  document.querySelectorAll("input[type=radio]").forEach(radio => radio.addEventListener("change", () => status && showPlot(false)));
  window.addEventListener("resize", () => plot && plot.setSize({width: width(), height: 190}));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => status && showPlot(true));
  ask();
})();

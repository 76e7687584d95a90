import { groups } from "/rows.js";

const rows = groups.flatMap((group) => group.rows);
const summary = document.getElementById("summary");
const again = document.getElementById("again");

function clone(template) {
  return document.getElementById(template).content.firstElementChild.cloneNode(true);
}

function article(row) {
  return document.querySelector(`[data-row="${row.name}"]`);
}

// What the page shows of a call and of the API's source.

function callOf(row) {
  const code = row.attempt.toString().replace(/^(async )?\(api\) =>\s*/, "");
  const block = code.startsWith("{");
  return dedent(block ? code.slice(1, code.lastIndexOf("}")) : code);
}

function dedent(code) {
  const lines = code.replace(/^\s*\n/, "").trimEnd().split("\n");
  const rest = lines.filter((line, at) => line.trim() && (at > 0 || /^\s/.test(line)));
  const indent = Math.min(...rest.map((line) => line.search(/\S/)));
  return lines.map((line) => (/^\s/.test(line) ? line.slice(indent) : line)).join("\n");
}

function itemOf(source, name) {
  const lines = source.split("\n");
  const start = lines.findIndex((line) => line.startsWith(`async fn ${name}(`) || line.includes(`static ${name}:`) || line.trim().startsWith(`${name}(`));
  if (start < 0) throw new Error(`the API's source has no ${name}`);
  let first = start;
  let last = start;
  if (lines[start].startsWith("async fn")) {
    while (lines[first - 1].trim()) first -= 1;
    return lines.slice(first, start).concat(lines[start].replace(/ \{$/, " { … }")).join("\n");
  }
  const open = () => {
    const text = lines.slice(first, last + 1).join("");
    return text.split(/[({[]/).length > text.split(/[)}\]]/).length;
  };
  while (open()) last += 1;
  return dedent(lines.slice(first, last + 1).join("\n")).replace(/,$/, "");
}

const TOKEN = /(\/\/.*)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|\b(async|await|const|fn|impl|new|return|static)\b|\b(allow_\w+|expose_headers|max_age|policy|same_origin|cors)\b|\b(\d+)\b/g;
const KINDS = ["comment", "string", "keyword", "cors", "number"];

function paint(code, because) {
  const lines = code.split("\n");
  const decisive = because ? lines.findIndex((line) => line.includes(because)) : -1;
  return lines.map((text, at) => {
    const line = document.createElement(at === decisive ? "mark" : "span");
    line.className = "line";
    let end = 0;
    for (const token of text.matchAll(TOKEN)) {
      const span = document.createElement("span");
      span.className = KINDS[token.slice(1).findIndex((group) => group !== undefined)];
      span.textContent = token[0];
      line.append(text.slice(end, token.index), span);
      end = token.index + token[0].length;
    }
    line.append(text.slice(end), "\n");
    return line;
  });
}

function draw(source) {
  for (const group of groups) {
    const section = clone("group");
    section.querySelector("h2").textContent = group.title;
    section.querySelector(".lead").textContent = group.text;
    for (const row of group.rows) {
      const card = clone("row");
      card.dataset.row = row.name;
      card.id = row.name;
      card.querySelector("h3").textContent = row.title;
      card.querySelector(".why").textContent = row.text ?? "";
      card.querySelector(".try code").append(...paint(callOf(row)));
      const policy = row.handler.map((name) => itemOf(source, name)).join("\n\n");
      card.querySelector(".policy code").append(...paint(policy, row.because));
      card.querySelector(".hint").textContent = row.hint ?? "";
      section.append(card);
    }
    document.getElementById("rows").append(section);
  }
}

// What a row expects and what came of it, both told as the same list of facts.

function facts({ blocked, status, body, headers, seen }) {
  const told = new Map();
  told.set("fetch", blocked ? "TypeError, nothing to read" : `readable, status ${status}`);
  if (body !== undefined) told.set("body", JSON.stringify(body));
  for (const [name, value] of Object.entries(headers ?? {})) told.set(name, value ?? "null");
  told.set("the API saw", seen);
  return told;
}

async function happened(row, base, tag) {
  const outcome = {};
  try {
    const response = await row.attempt((path) => `${base}${path}?${tag}`);
    outcome.status = response.status;
    if (row.expected.body !== undefined) outcome.body = parsed(await response.text());
    outcome.headers = Object.fromEntries(
      Object.keys(row.expected.headers ?? {}).map((name) => [name, response.headers.get(name)]),
    );
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    outcome.blocked = true;
  }
  try {
    const methods = await (await fetch(`${base}/seen/${tag}`)).json();
    outcome.seen = methods.join(", ") || "nothing";
  } catch {
    outcome.seen = "no answer: is it running?";
  }
  return outcome;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function report(row, outcome) {
  const expected = facts(row.expected);
  const actual = facts(outcome);
  const body = article(row).querySelector("tbody");
  body.replaceChildren();
  let agree = true;
  for (const name of new Set([...expected.keys(), ...actual.keys()])) {
    const line = body.insertRow();
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = name;
    line.append(head);
    line.insertCell().textContent = expected.get(name) ?? "—";
    line.insertCell().textContent = actual.get(name) ?? "—";
    if (expected.get(name) !== actual.get(name)) {
      line.className = "differs";
      agree = false;
    }
  }
  return agree;
}

function settle(row, agree) {
  article(row).dataset.state = agree ? "pass" : "fail";
  article(row).querySelector(".hint").hidden = agree || !row.hint;
}

async function run(base) {
  delete document.documentElement.dataset.done;
  again.disabled = true;
  for (const row of rows) article(row).dataset.state = "pending";
  const id = Date.now().toString(36) + Math.random().toString(36).slice(2, 6);
  let agreed = 0;
  for (const row of rows) {
    summary.textContent = `Running ${row.name}…`;
    const agree = report(row, await happened(row, base, `${id}-${row.name}`));
    settle(row, agree);
    if (agree) agreed += 1;
  }
  summary.textContent = `${agreed} of ${rows.length} as expected`;
  summary.parentElement.dataset.state = agreed === rows.length ? "pass" : "fail";
  document.title = `${agreed}/${rows.length} · cors-actix quickstart`;
  again.disabled = false;
  document.documentElement.dataset.done = "true";
}

const [config, source] = await Promise.all([
  fetch("/config.json").then((response) => response.json()),
  fetch("/api.rs").then((response) => response.text()),
]);
const api = new URL(config.api);
// The cookie is SameSite=Lax, and localhost and 127.0.0.1 are two sites.
if (location.hostname === "localhost" && api.hostname === "127.0.0.1") api.hostname = "localhost";
document.getElementById("here").textContent = location.origin;
document.getElementById("there").textContent = api.origin;
draw(source);
again.addEventListener("click", () => run(api.origin));
await run(api.origin);

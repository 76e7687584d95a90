// One row per situation. `attempt` is what the page runs and shows; `handler` names what it shows of
// the API's source, `because` the line there that decides. `api(path)` adds a tag to the path, new
// for every run and row: no answer comes from an earlier run's cache, and the API can tell
// which requests of this row reached it.

export const groups = [
  {
    title: "Without a preflight",
    text: "What an HTML form could send, a browser sends at once. The policy decides whether the page may read the answer.",
    rows: [
      {
        name: "simple-get",
        title: "A simple GET",
        text: "The page is on another origin, and the policy names it.",
        handler: ["list_items"],
        because: "allow_origins",
        attempt: (api) => fetch(api("/items")),
        expected: { status: 200, body: ["anvil", "bellows"], seen: "GET" },
      },
      {
        name: "any-origin",
        title: "A GET open to every origin",
        text: "Answered with a literal * and so cacheable for everybody.",
        handler: ["status"],
        because: "any",
        attempt: (api) => fetch(api("/status")),
        expected: { status: 200, body: "up", seen: "GET" },
      },
      {
        name: "form-post",
        title: "A POST with form data",
        text: "An urlencoded body is what forms send: still no preflight.",
        handler: ["contact", "PAGE"],
        because: "allow_origins",
        attempt: (api) =>
          fetch(api("/contact"), {
            method: "POST",
            body: new URLSearchParams({ name: "Ferris" }),
          }),
        expected: { status: 200, body: "Thank you, Ferris", seen: "POST" },
      },
    ],
  },
  {
    title: "With a preflight",
    text: "Any other method, header or content type: the browser asks first, with OPTIONS. The attribute answers by itself.",
    rows: [
      {
        name: "json-put",
        title: "A PUT with JSON and a header of its own",
        text: "The method is the route’s, so only the two headers are listed.",
        handler: ["update_item"],
        because: "allow_headers",
        attempt: (api) =>
          fetch(api("/items/7"), {
            method: "PUT",
            headers: { "content-type": "application/json", "x-request-id": "1" },
            body: JSON.stringify({ name: "tongs" }),
          }),
        expected: { status: 200, body: { id: 7, name: "tongs" }, seen: "OPTIONS, PUT" },
      },
      {
        name: "cached-preflight",
        title: "Two PUTs, one preflight",
        text: "For 600 seconds the browser remembers the answer and does not ask again.",
        handler: ["save_settings"],
        because: "max_age",
        attempt: async (api) => {
          await fetch(api("/settings"), { method: "PUT" });
          return fetch(api("/settings"), { method: "PUT" });
        },
        expected: { status: 200, body: "saved", seen: "OPTIONS, PUT, PUT" },
        hint: "“Disable cache” in the developer tools disables this cache too.",
      },
      {
        name: "layer-put",
        title: "A PUT under a layer",
        text: "Cors::new around a resource, a scope or the app. These handlers know nothing of CORS.",
        handler: ["web::resource", "NOTES"],
        because: "allow_methods",
        attempt: (api) => fetch(api("/notes/7"), { method: "PUT" }),
        expected: { status: 200, body: "kept", seen: "OPTIONS, PUT" },
      },
    ],
  },
  {
    title: "Credentials",
    text: "Cookies travel only when the page asks for it and the policy permits it.",
    rows: [
      {
        name: "credentials-allowed",
        title: "A cookie is set, and comes back",
        text: "Both handlers carry this policy.",
        handler: ["who_am_i"],
        because: "allow_credentials",
        attempt: async (api) => {
          await fetch(api("/session/4711"), { method: "POST", credentials: "include" });
          return fetch(api("/session"), { credentials: "include" });
        },
        expected: { status: 200, body: "user 4711", seen: "POST, GET" },
        hint: "Open the page under the host name of the API, and allow its cookies.",
      },
      {
        name: "credentials-omitted",
        title: "The same, with the cookie left at home",
        text: "Permission is no duty: the page did not ask to send it.",
        handler: ["who_am_i"],
        because: "allow_credentials",
        attempt: (api) => fetch(api("/session"), { credentials: "omit" }),
        expected: { status: 401, body: "no cookie came along", seen: "GET" },
      },
      {
        name: "credentials-denied",
        title: "Credentials without permission",
        text: "The request arrives, but without allow_credentials the answer stays hidden.",
        handler: ["greet", "PAGE"],
        because: "policy!",
        attempt: (api) => fetch(api("/greeting"), { credentials: "include" }),
        expected: { blocked: true, seen: "GET" },
      },
    ],
  },
  {
    title: "Reading the answer",
    text: "Of the response headers, a page sees the seven that the standard calls safe, and those the policy exposes.",
    rows: [
      {
        name: "exposed-header",
        title: "A header that is exposed",
        handler: ["search"],
        because: "expose_headers",
        attempt: (api) => fetch(api("/search")),
        expected: { status: 200, headers: { "x-total-count": "2" }, seen: "GET" },
      },
      {
        name: "hidden-header",
        title: "A header that is not",
        text: "The same handler sends x-cache: warm as well. The page gets null.",
        handler: ["search"],
        because: "expose_headers",
        attempt: (api) => fetch(api("/search")),
        expected: { status: 200, headers: { "x-cache": null }, seen: "GET" },
      },
      {
        name: "handler-error",
        title: "A 404 that the handler returned",
        text: "Errors carry the headers too, so the page can tell what went wrong.",
        handler: ["show_item", "PAGE"],
        because: "allow_origins",
        attempt: (api) => fetch(api("/items/8")),
        expected: { status: 404, body: "no item 8", seen: "GET" },
      },
      {
        name: "extractor-error",
        title: "A 400 before the handler ran",
        text: "The JSON is cut short, so actix-web’s extractor refuses it.",
        handler: ["update_item"],
        because: "allow_origins",
        attempt: (api) =>
          fetch(api("/items/7"), {
            method: "PUT",
            headers: { "content-type": "application/json" },
            body: '{"name":',
          }),
        expected: { status: 400, seen: "OPTIONS, PUT" },
      },
    ],
  },
  {
    title: "Refused",
    text: "To the page every refusal is the same TypeError, as if the network had failed. What the API saw tells them apart.",
    rows: [
      {
        name: "denied-origin",
        title: "An origin the policy does not name",
        text: "A simple GET does reach the handler: CORS keeps its answer from the page, not the request from the server.",
        handler: ["read_report"],
        because: "allow_origins",
        attempt: (api) => fetch(api("/report")),
        expected: { blocked: true, seen: "GET" },
      },
      {
        name: "denied-origin-preflight",
        title: "The same policy, asked about a PUT",
        text: "The preflight is refused, so the PUT is never sent.",
        handler: ["replace_report"],
        because: "allow_origins",
        attempt: (api) => fetch(api("/report"), { method: "PUT" }),
        expected: { blocked: true, seen: "OPTIONS" },
      },
      {
        name: "denied-method",
        title: "A method the policy does not name",
        text: "The route exists. Its layer allows PUT, and never DELETE.",
        handler: ["web::resource", "NOTES"],
        because: "allow_methods",
        attempt: (api) => fetch(api("/notes/7"), { method: "DELETE" }),
        expected: { blocked: true, seen: "OPTIONS" },
      },
      {
        name: "no-policy",
        title: "A handler without a policy",
        text: "The PUT on this path has one. The DELETE has none, and stays closed.",
        handler: ["remove_item"],
        because: "delete",
        attempt: (api) => fetch(api("/items/7"), { method: "DELETE" }),
        expected: { blocked: true, seen: "OPTIONS" },
      },
      {
        name: "denied-header",
        title: "A header the policy does not name",
        handler: ["update_item"],
        because: "allow_headers",
        attempt: (api) =>
          fetch(api("/items/7"), {
            method: "PUT",
            headers: { "x-debug": "1" },
          }),
        expected: { blocked: true, seen: "OPTIONS" },
      },
      {
        name: "same-origin",
        title: "A handler for the API’s own pages",
        text: "same_origin closes one handler, under an open layer as well.",
        handler: ["close_account"],
        because: "same_origin",
        attempt: (api) => fetch(api("/account"), { method: "DELETE" }),
        expected: { blocked: true, seen: "OPTIONS" },
      },
    ],
  },
];

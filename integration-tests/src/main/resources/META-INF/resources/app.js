import { markdown } from "./markdown.js";

const log = document.getElementById("log");
const form = document.getElementById("form");
const message = document.getElementById("message");
const send = document.getElementById("send");
const stop = document.getElementById("stop");
const error = document.getElementById("error");

/** The conversation of this tab. */
let session = newSession();
/** Ends the answer that is being streamed; null while there is none. */
let streaming = null;

showModel();

form.addEventListener("submit", event => {
  event.preventDefault();
  ask(message.value.trim());
});

message.addEventListener("keydown", event => {
  // isComposing: Enter that ends the input of, say, a Chinese word must not send.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});

stop.addEventListener("click", () => streaming?.abort());

document.getElementById("new").addEventListener("click", () => {
  forget(session);
  session = newSession();
  log.replaceChildren();
  showError("");
  message.focus();
});

window.addEventListener("pagehide", event => {
  if (!event.persisted) {
    forget(session);
  }
});

async function ask(text) {
  if (text === "" || streaming) {
    return;
  }
  const name = session;
  const controller = new AbortController();
  streaming = controller;
  setBusy(true);
  showError("");
  message.value = "";
  const question = add("user", "You", text);
  const article = add("assistant", "Assistant", "");
  article.setAttribute("aria-busy", "true");
  let answer = "";
  let note = "";
  const draw = () => show(article, answer, note);
  const drawSoon = onNextFrame(draw);
  try {
    await stream(name, text, controller.signal, piece => {
      answer += piece;
      drawSoon();
    });
  } catch (failure) {
    const stopped = failure.name === "AbortError";
    note = stopped ? "stopped" : "cut off";
    if (!stopped && name === session) {
      showError(failure.message);
    }
  } finally {
    streaming = null;
    setBusy(false);
    article.removeAttribute("aria-busy");
    draw();
    message.focus();
  }
  // A turn that ended before the answer began is not part of the conversation, for the server neither.
  if (note !== "" && answer.trim() === "" && name === session) {
    question.remove();
    article.remove();
    message.value ||= text;
  }
}

/** Sends the message and hands over each piece of the answer; throws an Error that says why there is no more. */
async function stream(name, text, signal, onPiece) {
  const response = await fetch("api/chat/stream", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
    body: JSON.stringify({ session: name, message: text }),
    signal,
  }).catch(failure => {
    throw failure.name === "AbortError" ? failure : new Error("The server cannot be reached.");
  });
  if (!response.ok) {
    const failure = await response.json().catch(() => ({}));
    throw new Error(failure.error ?? `The server answers with status ${response.status}.`);
  }
  let done = false;
  for await (const { name: event, data } of serverSentEvents(response.body)) {
    if (event === "error") {
      throw new Error(JSON.parse(data).error);
    } else if (event === "done") {
      done = true;
    } else {
      onPiece(JSON.parse(data).text);
    }
  }
  if (!done) {
    throw new Error("The connection was lost before the answer was complete.");
  }
}

/** The events of a stream of bytes: blocks of "field: value" lines, ended by an empty line. */
async function* serverSentEvents(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let event = { name: "message", data: [] };
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return;
    }
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const ended of lines) {
      const line = ended.replace(/\r$/, "");
      if (line === "") {
        if (event.data.length > 0) {
          yield { name: event.name, data: event.data.join("\n") };
        }
        event = { name: "message", data: [] };
      } else if (line.startsWith("event:")) {
        event.name = line.slice(6).trim();
      } else if (line.startsWith("data:")) {
        event.data.push(line.slice(5).replace(/^ /, ""));
      }
    }
  }
}

function add(kind, speaker, text) {
  const article = document.createElement("article");
  article.className = kind;
  const heading = document.createElement("h2");
  heading.textContent = speaker;
  article.append(heading);
  log.append(article);
  show(article, text, "");
  log.scrollTop = log.scrollHeight;
  return article;
}

function show(article, text, note) {
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  article.replaceChildren(article.firstChild, ...markdown(text));
  if (note !== "") {
    const remark = document.createElement("p");
    remark.className = "note";
    remark.textContent = note;
    article.append(remark);
  }
  if (atEnd) {
    log.scrollTop = log.scrollHeight;
  }
}

function onNextFrame(action) {
  let asked = false;
  return () => {
    if (!asked) {
      asked = true;
      requestAnimationFrame(() => {
        asked = false;
        action();
      });
    }
  };
}

function setBusy(busy) {
  send.disabled = busy;
  stop.hidden = !busy;
}

function showError(text) {
  error.textContent = text;
  error.hidden = text === "";
}

async function showModel() {
  const response = await fetch("api/model").catch(() => null);
  if (response?.ok) {
    document.getElementById("model").textContent = (await response.json()).name ?? "";
  }
}

/** Ends the answer under way and has the server forget the conversation. */
function forget(name) {
  streaming?.abort();
  fetch(`api/chat/${encodeURIComponent(name)}`, { method: "DELETE", keepalive: true }).catch(() => {});
}

/** crypto.randomUUID exists only where the page is served securely or from this machine. */
function newSession() {
  return crypto.randomUUID?.()
    ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, "0")).join("");
}

// SPDX-License-Identifier: Apache-2.0
// The shell: navigation, the state of the connection, and the screen that the URL names.
import { render, type ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { effect, signal } from "@preact/signals";
import "./app.css";
import { hrefOf, route, startRouting } from "./state/route";
import { connection, epoch, startLive } from "./state/live";
import { setToken, tokenNeeded } from "./state/http";
import { Empty, later } from "./parts/ui";
import { Studies } from "./screens/studies";
import { Failures } from "./screens/failures";
import { ModelPage, Models } from "./screens/models";
import { Workers } from "./screens/workers";
import { StudyScreen } from "./screens/study";

const NewStudy = later(() => import("./screens/new").then((m) => m.NewStudy));
const Compare = later(() => import("./screens/compare").then((m) => m.Compare));
const Verify = later(() => import("./screens/verify").then((m) => m.Verify));
const Reference = later(() => import("./screens/reference").then((m) => m.Reference));

type Theme = "auto" | "light" | "dark";
const theme = signal<Theme>((localStorage.getItem("theme") as Theme) ?? "auto");

const places: [label: string, path: string][] = [
  ["Studies", "studies"],
  ["New study", "new"],
  ["Compare", "compare"],
  ["Failures", "failures"],
  ["Workers", "workers"],
  ["Models", "models"],
  ["Self-check", "verify"],
  ["API", "api"],
];

function Connection() {
  const now = connection.value;
  const words = { live: "Live", connecting: "Connecting…", lost: "Connection lost, trying again…" }[now];
  return (
    <span class={`connection ${now}`} role="status">
      <span class="dot" aria-hidden="true" />
      {words}
    </span>
  );
}

function ThemeButton() {
  const next: Record<Theme, Theme> = { auto: "light", light: "dark", dark: "auto" };
  return (
    <button class="quiet" onClick={() => (theme.value = next[theme.value])} title="Light, dark, or as the system has it">
      Theme: {theme.value}
    </button>
  );
}

function Token() {
  const [text, setText] = useState("");
  const give = (e: Event) => {
    e.preventDefault();
    setToken(text);
    epoch.value++;
  };
  return (
    <main>
      <h1>sweepd</h1>
      <form class="card narrow" onSubmit={give}>
        <label class="field">
          <span>This server asks for its token</span>
          <input type="password" autocomplete="current-password" value={text} onInput={(e) => setText(e.currentTarget.value)} />
        </label>
        <button class="primary">Go on</button>
      </form>
    </main>
  );
}

function Screen(): ComponentChildren {
  const { path } = route.value;
  switch (path[0] ?? "studies") {
    case "studies":
      if (path.length <= 1) return <Studies />;
      return <StudyScreen key={path[1]} id={Number(path[1])} path={path.slice(2)} />;
    case "new":
      return <NewStudy />;
    case "models":
      return path.length > 1 ? <ModelPage key={path.join("/")} name={path.slice(1).join("/")} /> : <Models />;
    case "compare":
      return <Compare />;
    case "verify":
      return <Verify />;
    case "api":
      return <Reference />;
    case "workers":
      return <Workers />;
    case "failures":
      return <Failures />;
  }
  return (
    <>
      <h1>Not here</h1>
      <Empty title="There is no such screen">
        <a href={hrefOf(["studies"])}>All studies</a>
      </Empty>
    </>
  );
}

function App() {
  const [open, setOpen] = useState(false);
  const at = route.value.path[0] ?? "studies";
  useEffect(() => {
    setOpen(false);
    scrollTo(0, 0);
  }, [route.value.path.join("/")]);
  if (tokenNeeded.value) return <Token />;
  return (
    <>
      <a class="skip" href="#content" onClick={(e) => { e.preventDefault(); document.getElementById("content")?.focus(); }}>Skip to the content</a>
      <header class="top">
        <a class="brand" href={hrefOf(["studies"])}>sweepd</a>
        <button class="menu" aria-expanded={open} aria-controls="nav" onClick={() => setOpen(!open)}>Menu</button>
        <nav id="nav" class={open ? "open" : ""} aria-label="Main">
          {places.map(([label, path]) => (
            <a key={path} href={hrefOf([path])} aria-current={at === path ? "page" : undefined}>{label}</a>
          ))}
          <ThemeButton />
        </nav>
        <Connection />
      </header>
      <main id="content" tabIndex={-1}>
        <Screen />
      </main>
    </>
  );
}

effect(() => {
  localStorage.setItem("theme", theme.value);
  if (theme.value === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
});
startRouting();
void startLive();
render(<App />, document.getElementById("app") as HTMLElement);

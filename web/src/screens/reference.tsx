// SPDX-License-Identifier: Apache-2.0
// The API reference: Redoc over the contract that this server serves, in the dashboard's colours.
// Redoc keeps its place in the fragment of the URL (#operation/…), which the router leaves to it.
import { useEffect, useRef, useState } from "preact/hooks";
import { useData } from "../state/data";
import { Show, Waiting } from "../parts/ui";
import { patchRedoc, themeOf } from "./redoc_theme";

interface Redoc {
  init(spec: unknown, options: Record<string, unknown>, into: HTMLElement, done: (error?: Error) => void): void;
  destroy(): void;
}

const TOP = 50; // height of the dashboard's own bar

// What Redoc draws; again when the theme changes, since it mixes its colours once.
function Drawn({ contract }: { contract: unknown }) {
  const box = useRef<HTMLDivElement>(null);
  const [ready, setReady] = useState(false);
  const [error, setError] = useState("");
  useEffect(() => {
    let redoc: Redoc | undefined;
    let gone = false;
    const draw = () => {
      if (!redoc || gone || !box.current) return;
      redoc.destroy();
      const options = { theme: themeOf(getComputedStyle(document.documentElement)), scrollYOffset: TOP, nativeScrollbars: true, hideDownloadButton: true, hideLoading: true };
      redoc.init(contract, options, box.current, (e) => (e ? setError(e.message) : setReady(true)));
    };
    const stop = box.current ? patchRedoc(box.current) : undefined;
    const watch = new MutationObserver(draw);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    watch.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    dark.addEventListener("change", draw);
    import("redoc/bundles/redoc.standalone.js").then((m) => {
      redoc = m.default as Redoc;
      draw();
    }).catch((e: Error) => setError(e.message));
    return () => {
      gone = true;
      stop?.();
      watch.disconnect();
      dark.removeEventListener("change", draw);
      redoc?.destroy();
    };
  }, [contract]);
  return (
    <>
      {error && <p class="fault" role="alert">{error}</p>}
      {!ready && !error && <Waiting lines={8} />}
      <div ref={box} class="redoc" data-ready={ready} />
    </>
  );
}

export function Reference() {
  const contract = useData<unknown>("/openapi.json");
  return (
    <>
      <div class="row spread wrap">
        <h1>API</h1>
        <a href="/openapi.json">openapi.json</a>
      </div>
      <Show of={contract} lines={10}>{(c) => <Drawn contract={c} />}</Show>
    </>
  );
}

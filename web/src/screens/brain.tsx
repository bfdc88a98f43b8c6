// SPDX-License-Identifier: Apache-2.0
// Maps that runs made of a brain: one run's, or the difference of two, with threshold and colours.
// The viewer is a part of its own, loaded when this screen is opened.
import { useEffect, useRef, useState } from "preact/hooks";
import type { OneRun, Study } from "../state/contract";
import { useData } from "../state/data";
import { V1 } from "../state/http";
import { asked, hrefOf, setQuery } from "../state/route";
import { bytes, number } from "../parts/format";
import { curlOf } from "../parts/figure";
import { Copy, Draft, Empty, Select, Show, Waiting } from "../parts/ui";
import type { BrainView, ViewProps } from "./brain_view";
import { outputsOf } from "./study";

export const isMap = (name: string): boolean => /\.nii(\.gz)?$/.test(name);
export const hasMaps = (s: Study): boolean => outputsOf(s).some(isMap);

function useViewer(): typeof BrainView | undefined {
  const [view, setView] = useState<{ of: typeof BrainView }>();
  useEffect(() => {
    void import("./brain_view").then((m) => setView({ of: m.BrainView }));
  }, []);
  return view?.of;
}

const COLOURS = ["warm", "inferno", "viridis", "plasma", "redyell"];

declare const TEMPLATE_URL: string; // "" where the build had none

const GROUNDS = [{ value: "", label: "a brain in MNI space" }, { value: "map", label: "the map itself, in grey" }];

function RunNumber({ label, name, value, s }: { label: string; name: string; value: string; s: Study }) {
  return (
    <label class="field inline">
      <span>{label}</span>
      <Draft type="number" min={0} max={s.runs - 1} value={value} placeholder="none" style={{ width: "90px" }} on={(text) => setQuery({ [name]: text })} />
    </label>
  );
}

export function Brain({ s }: { s: Study }) {
  const View = useViewer();
  const run = asked("run", "0");
  const less = asked("less");
  const one = useData<OneRun>(s.made > 0 ? `${V1}/studies/${s.id}/runs/${run}` : undefined);
  const [where, setWhere] = useState("");
  const picture = useRef<() => void>();
  if (s.made === 0) return <Empty title="No run has come back yet" />;
  return (
    <Show of={one} lines={8}>
      {(r) => {
        const maps = r.artifacts.filter((a) => isMap(a.name));
        const map = maps.find((a) => a.name === asked("map")) ?? maps.find((a) => a.name.includes("logBF")) ?? maps[0];
        if (!map) return <Empty title={`Run ${run} has no map`}>{r.failure ? `It failed: ${String(r.failure.message)}` : "Ask for outputs that end in .nii.gz."}</Empty>;
        const at = (n: string) => `${V1}/studies/${s.id}/runs/${n}/artifacts/${encodeURIComponent(map.name)}`;
        const props: ViewProps = {
          url: at(run), less: less === "" ? undefined : at(less), name: map.name,
          threshold: Number(asked("threshold", "1")), top: asked("top") === "" ? undefined : Number(asked("top")),
          colours: asked("colours", "warm"), both: asked("both", "1") === "1", on: setWhere, picture,
          template: TEMPLATE_URL !== "" && asked("ground") !== "map",
        };
        return (
          <section class="card figure brain" aria-label="Map">
            <header>
              <h2>{map.name.replace(/\.nii(\.gz)?$/, "")}{less === "" ? "" : `: run ${run} less run ${less}`}</h2>
              <div class="tools">
                <a class="small" href={at(run)} download={map.name}>{bytes(map.size)}, download</a>
                <button onClick={() => picture.current?.()}>Picture</button>
                <Copy text={() => `${curlOf(at(run))} -o ${map.name}`}>curl</Copy>
              </div>
            </header>
            <div class="row wrap">
              <RunNumber label="Run" name="run" value={run} s={s} />
              <RunNumber label="less run" name="less" value={less} s={s} />
              <Select label="Map" value={map.name} options={maps.map((m) => m.name)} on={(v) => setQuery({ map: v })} />
              <label class="field inline"><span>From</span><Draft type="number" step="0.1" value={String(props.threshold)} style={{ width: "80px" }} on={(threshold) => setQuery({ threshold })} /></label>
              <label class="field inline"><span>to</span><Draft type="number" step="0.1" value={asked("top")} placeholder="most" style={{ width: "80px" }} on={(top) => setQuery({ top })} /></label>
              {TEMPLATE_URL && <Select label="Over" value={asked("ground")} options={GROUNDS} on={(v) => setQuery({ ground: v })} />}
              <Select label="Colours" value={props.colours} options={COLOURS} on={(v) => setQuery({ colours: v })} />
              <label class="field check"><input type="checkbox" checked={props.both} onChange={(e) => setQuery({ both: e.currentTarget.checked ? undefined : 0 })} /><span>Below zero too, in blue</span></label>
            </div>
            {View ? <View key={`${props.url} ${props.less ?? ""} ${props.template}`} {...props} /> : <Waiting lines={8} />}
            <p class="note" role="status" data-where>{where || "Click a voxel for its value; drag with the right button to turn the head, wheel to go through slices."}</p>
            <p class="note">Of run <a href={hrefOf(["studies", s.id, "runs", run])}>{number(Number(run), 12)}</a>. {props.template ? "Under it lies Colin's brain in MNI space (ch2bet of MRIcron)." : "The ground is the map itself in grey."}</p>
          </section>
        );
      }}
    </Show>
  );
}

// SPDX-License-Identifier: Apache-2.0
// NiiVue with a map over a template brain or over its own grey picture. Files are fetched by us, since they may need a token.
import { Niivue, NVImage } from "@niivue/niivue";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, request } from "../state/http";
import { number } from "../parts/format";
import { download, Fault } from "../parts/ui";

export interface ViewProps {
  url: string;
  less?: string;
  name: string;
  threshold: number;
  top?: number;
  colours: string;
  both: boolean;
  template: boolean;
  on: (where: string) => void;
  picture: { current?: () => void }; // set to what saves the canvas
}

declare const TEMPLATE_URL: string;

async function volume(url: string, name: string): Promise<NVImage> {
  const bytes = await (await request(url)).arrayBuffer();
  return NVImage.loadFromFile({ file: new File([bytes], name), name });
}

// Subtracts another map voxel by voxel; they come from one study and have one grid.
function subtract(from: NVImage, other: NVImage): void {
  const [a, b] = [from.img, other.img];
  if (!a || !b || a.length !== b.length) throw new Error("The two maps do not have the same grid.");
  for (let i = 0; i < a.length; i++) a[i] -= b[i];
  from.calMinMax();
}

// The display range of the overlay: from the threshold to the largest magnitude.
export function rangeOf(values: ArrayLike<number>, threshold: number, top?: number): [number, number] {
  if (top !== undefined && top > threshold) return [threshold, top];
  let most = 0;
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i])) most = Math.max(most, Math.abs(values[i]));
  return [threshold, Math.max(most, threshold + 1e-6)];
}

interface Location {
  mm: number[];
  values: { value: number }[];
}

export function BrainView(props: ViewProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const viewer = useRef<Niivue>();
  const [ready, setReady] = useState(false);
  const [error, setError] = useState<string | ApiError>();

  useEffect(() => {
    const start = async () => {
      const c = canvas.current as HTMLCanvasElement;
      const nv = new Niivue({ backColor: [0.05, 0.06, 0.07, 1], crosshairWidth: 0.12, crosshairColor: [0.45, 0.75, 0.95, 0.9], isColorbar: true, multiplanarLayout: 2, multiplanarShowRender: 1, colorbarHeight: 0.04, loadingText: "", dragAndDropEnabled: false, isResizeCanvas: true });
      await nv.attachToCanvas(c);
      viewer.current = nv;
      const under = props.template ? volume(TEMPLATE_URL, "template.nii") : volume(props.url, props.name);
      const [ground, map] = await Promise.all([under, volume(props.url, props.name)]);
      if (props.less) subtract(map, await volume(props.less, props.name));
      ground.colormap = "gray";
      ground.cal_min = ground.global_min ?? 0;
      ground.cal_max = ground.robust_max ?? 1;
      ground.colorbarVisible = false;
      nv.addVolume(ground);
      nv.addVolume(map);
      nv.onLocationChange = (l: unknown) => {
        const { mm, values } = l as Location;
        props.on(`x ${number(mm[0], 3)}, y ${number(mm[1], 3)}, z ${number(mm[2], 3)} mm: ${number(values.at(-1)?.value)}`);
      };
      props.picture.current = () => {
        nv.drawScene(); // what was drawn is gone once it has been shown
        c.toBlob((b) => b && download(`${props.name.replace(/\.nii(\.gz)?$/, "")}.png`, "image/png", b));
      };
      setReady(true);
    };
    start().catch((e: unknown) => setError(e instanceof ApiError ? e : String((e as Error).message)));
    return () => {
      viewer.current?.cleanup();
      viewer.current = undefined;
    };
  }, []);

  useEffect(() => {
    const nv = viewer.current;
    const map = nv?.volumes[1];
    if (!nv || !map || !ready) return;
    const [low, high] = rangeOf(map.img as ArrayLike<number>, props.threshold, props.top);
    map.colormap = props.colours; // sets a range of its own
    map.colormapNegative = props.both ? "winter" : "";
    map.cal_min = low;
    map.cal_max = high;
    map.cal_minNeg = -high;
    map.cal_maxNeg = -low;
    nv.updateGLVolume();
  }, [ready, props.threshold, props.top, props.colours, props.both]);

  return (
    <>
      {error && (error instanceof ApiError ? <Fault error={error} /> : <p class="fault">{error}</p>)}
      <div class="viewer">
        <canvas ref={canvas} role="img" tabIndex={0} data-ready={ready} aria-label={`Map ${props.name} in three slices and as a whole`} />
      </div>
    </>
  );
}

// SPDX-License-Identifier: Apache-2.0
// What the tests and the pictures of the dashboard look at: studies of every kind, and every screen.

const unit = (...names) => Object.fromEntries(names.map((x) => [x, { min: 0, max: 1 }]));
const turns = Object.fromEntries(["x1", "x2", "x3"].map((x) => [x, { min: -3.14159265, max: 3.14159265 }]));

export const documents = {
  ishigami: {
    name: "Ishigami for the tests", model: "testfunctions/ishigami", tags: ["kept"], parameters: turns,
    design: { method: "saltelli", n: 256, second_order: true, seed: 7 }, outputs: ["y"],
    analyses: [{ method: "sobol", output: "y" }],
  },
  morris: {
    name: "Morris for the tests", model: "testfunctions/linear", parameters: unit("x1", "x2", "x3"),
    design: { method: "morris", n: 10, seed: 7 }, outputs: ["y"], analyses: [{ method: "morris", output: "y" }],
  },
  given: {
    name: "a wing's weight by any points", model: "testfunctions/wing-weight",
    parameters: {
      Sw: { min: 150, max: 200 }, Wfw: { min: 220, max: 300 }, A: { min: 6, max: 10 }, Lam: { min: -10, max: 10 },
      q: { min: 16, max: 45 }, l: { min: 0.5, max: 1 }, tc: { min: 0.08, max: 0.18 }, Nz: { min: 2.5, max: 6 },
      Wdg: { min: 1700, max: 2500 }, Wp: { min: 0.025, max: 0.08 },
    },
    design: { method: "lhs", n: 600, seed: 2 }, analyses: [{ method: "pce", output: "y" }],
  },
  noisy: {
    name: "noise and its replicates", model: "testfunctions/stochastic", parameters: unit("x1", "x2"),
    design: { method: "lhs", n: 20, seed: 2 }, replicates: 60, outputs: ["y"], analyses: [{ method: "noise", output: "y" }],
  },
  failing: {
    name: "fails now and then", model: "testfunctions/error", parameters: { share: 0.3, x: { min: 0, max: 1 } },
    design: { method: "random", n: 50, seed: 3 }, limits: { max_failed_fraction: 1, retries: 0 },
  },
  waves: {
    name: "waves", model: "testfunctions/series", parameters: { amplitude: { min: 1, max: 2 }, damping: { min: 0.1, max: 0.4 } },
    design: { method: "lhs", n: 60, seed: 1 }, outputs: ["y", "t"],
  },
  angles: {
    name: "rotor angles after a fault", model: "power/rotor-angle",
    parameters: { "fault-bus": 7, line: "5-7", "clearing-time": 0.15, "load-level": { min: 0.8, max: 1.2 }, inertia: { min: 0.8, max: 1.2 }, horizon: 2, every: 0.02 },
    design: { method: "lhs", n: 40, seed: 1 }, outputs: ["stable", "spread", "times", "angles"],
  },
  prey: {
    name: "prey and predators, tick by tick", model: "netlogo/predator-prey",
    parameters: { "prey-gain": { min: 2, max: 8 }, "predator-gain": { values: [16, 20, 24] }, "time-limit": 60, "measure-every": 2 },
    design: { method: "random", n: 24, seed: 1 },
    outputs: ["count prey", "ticks", { name: "count turtles with [ breed = prey ]", kind: "series" }],
  },
  maps: {
    name: "maps", model: "fmri/simulated-group", parameters: { scale: { values: [0.3, 0.7] }, shape: { values: ["spheres", "gaussians"] }, size: 20 },
    design: { method: "grid" }, outputs: ["active", "contrast-group_stat-logBF10_statmap.nii.gz", "contrast-group_stat-t_statmap.nii.gz"],
  },
  large: {
    name: "two hundred thousand runs", model: "testfunctions/linear", parameters: unit("x1", "x2", "x3"),
    design: { method: "random", n: 200000, seed: 1 },
  },
};

// Every screen: its name and the fragment of its URL.
export function screens(ids) {
  const of = (study, tab = "") => `#/studies/${ids[study]}${tab}`;
  return {
    studies: "#/studies",
    "studies-none": "#/studies?q=nothing-is-called-so",
    "new-model": "#/new",
    new: `#/new?from=${ids.ishigami}`,
    "new-json": `#/new?from=${ids.ishigami}&tab=json`,
    overview: of("ishigami"),
    "overview-failing": of("failing"),
    sensitivity: of("ishigami", "/sensitivity"),
    "sensitivity-morris": of("morris", "/sensitivity"),
    "sensitivity-pce": of("given", "/sensitivity?method=pce"),
    "sensitivity-prim": of("given", "/sensitivity?method=prim"),
    "sensitivity-regression": of("given", "/sensitivity?method=regression"),
    "sensitivity-replicates": of("noisy", "/sensitivity?method=vargha_delaney"),
    runs: of("ishigami", "/runs"),
    run: of("ishigami", "/runs/0"),
    "run-series": of("waves", "/runs/3"),
    "run-failed": of("failing", "/runs/1"),
    explore: of("ishigami", "/explore"),
    "explore-categories": of("maps", "/explore"),
    "explore-large": of("large", "/explore"),
    response: of("ishigami", "/response"),
    "response-plane": of("large", "/response?x=x1&x2=x2"),
    series: of("waves", "/series"),
    "series-none": of("ishigami", "/series"),
    "series-angles": of("angles", "/series"),
    "series-ticks": of("prey", "/series"),
    brain: of("maps", "/brain"),
    "brain-grey": of("maps", "/brain?ground=map"),
    "brain-difference": of("maps", "/brain?run=1&less=0"),
    "failures-study": of("failing", "/failures"),
    "failures-none": of("ishigami", "/failures"),
    compare: `#/compare?ids=${ids.ishigami},${ids.morris}`,
    "compare-one": "#/compare",
    failures: "#/failures",
    workers: "#/workers",
    verify: "#/verify",
    models: "#/models",
    model: "#/models/netlogo/predator-prey",
    api: "#/api",
    "api-operation": "#tag/Results/operation/get__studies_id_histogram",
    "study-unknown": "#/studies/999999",
    "screen-unknown": "#/nowhere",
  };
}

// Until nothing on the page waits for the server any more.
export async function settled(page) {
  await page.locator("h1").first().waitFor();
  await page.waitForFunction(() => !document.querySelector("main .waiting"), undefined, { timeout: 20000 });
}

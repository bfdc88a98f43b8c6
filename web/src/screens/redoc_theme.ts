// SPDX-License-Identifier: Apache-2.0
// Redoc in the dashboard's colours, and what it lacks for those who do not see the page: names of
// its lists of choices, menu entries that are called what they show, roles of inner menus.

interface Colours {
  getPropertyValue(name: string): string;
}

// White stands on the verbs, and code on a dark ground, in either theme.
const VERBS = { get: "#0b629a", post: "#006b4f", put: "#7a4a00", patch: "#7a4a00", delete: "#b3261e", head: "#59636e", options: "#59636e", basic: "#59636e", link: "#59636e" };
const CODE = { ground: "#12161a", panel: "#1a2026", ink: "#e6eaee" };

// Redoc's theme from the page's style; colours are plain hexadecimal, since Redoc mixes them.
export function themeOf(style: Colours): Record<string, unknown> {
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    colors: {
      primary: { main: of("accent") },
      text: { primary: of("ink"), secondary: of("dim") },
      border: { dark: of("line"), light: of("line") },
      success: { main: of("good") }, error: { main: of("bad") }, warning: { main: of("warn") },
      gray: { 50: of("soft"), 100: of("soft") },
      responses: { success: { color: of("good"), tabTextColor: VERBS.post }, error: { color: of("bad"), tabTextColor: VERBS.delete } },
      http: VERBS,
    },
    typography: {
      fontSize: "15px", fontFamily: of("font"), headings: { fontFamily: of("font"), fontWeight: "600" },
      code: { fontFamily: of("mono"), color: of("bad"), backgroundColor: of("soft") },
      links: { color: of("accent"), visited: of("accent"), hover: of("accent") },
    },
    sidebar: { backgroundColor: of("card"), textColor: of("ink"), width: "280px" },
    rightPanel: { backgroundColor: CODE.panel, textColor: CODE.ink, width: "36%" },
    schema: { nestedBackground: of("soft"), linesColor: of("line"), typeNameColor: of("dim"), typeTitleColor: of("dim"), requireLabelColor: of("bad") },
    codeBlock: { backgroundColor: CODE.ground },
    fab: { backgroundColor: of("card"), color: of("ink") },
  };
}

function patch(box: HTMLElement): void {
  for (const s of box.querySelectorAll("select:not([aria-label])")) s.setAttribute("aria-label", "Which kind");
  for (const li of box.querySelectorAll("li[role=menuitem][aria-label]")) li.removeAttribute("aria-label");
  for (const ul of box.querySelectorAll("[role=menu] ul:not([role])")) ul.setAttribute("role", "menu");
}

// Mends what is there and what comes; the answer ends it.
export function patchRedoc(box: HTMLElement): () => void {
  const watch = new MutationObserver(() => patch(box));
  watch.observe(box, { childList: true, subtree: true });
  patch(box);
  return () => watch.disconnect();
}

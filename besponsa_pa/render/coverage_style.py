"""The style of the page about coverage.

Every rule that gives a text its colour gives its background too, so that the contrast of each pair can be computed.
"""

from __future__ import annotations

STYLE = """\
:root {
  color-scheme: light dark;
  --paper: #ffffff;
  --ink: #1c2127;
  --quiet: #535c66;
  --link: #0b4a9e;
  --edge: #c3cad2;
  --rule: #6e7781;
  --reached: #e2f4e7;
  --reached-ink: #0d4a20;
  --missing: #fde8e6;
  --missing-ink: #8c1712;
  --unreachable: #e9ecef;
  --unreachable-ink: #3d444c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181d;
    --ink: #e5eaf0;
    --quiet: #a7b2bd;
    --link: #8dbdff;
    --edge: #3b444e;
    --rule: #8b96a1;
    --reached: #17351f;
    --reached-ink: #a9e4b8;
    --missing: #4b1f1d;
    --missing-ink: #ffbdb8;
    --unreachable: #2d343c;
    --unreachable-ink: #d0d7de;
  }
}
@media print {
  :root {
    color-scheme: light;
    --paper: #ffffff;
    --ink: #000000;
    --quiet: #404040;
    --link: #000000;
    --edge: #b0b0b0;
    --rule: #606060;
    --reached: #ffffff;
    --reached-ink: #000000;
    --missing: #ffffff;
    --missing-ink: #000000;
    --unreachable: #ffffff;
    --unreachable-ink: #000000;
  }
  nav, .skip { display: none; }
  .line, tr, li { break-inside: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
* { box-sizing: border-box; }
html { color: var(--ink); background-color: var(--paper); font: 100%/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 84rem; padding: 1.5rem 1.25rem 4rem; overflow-wrap: anywhere; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0 0 0.25rem; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 2.5rem 0 0.75rem; padding-top: 0.75rem;
  border-top: 1px solid var(--edge); }
h3 { font-size: 1rem; margin: 1.5rem 0 0.5rem; }
p, ul, ol, dl { margin: 0 0 0.75rem; }
p, dd { max-width: 60rem; }
code, .number { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: 0.875em; }
a { color: var(--link); background-color: var(--paper); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
:target { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: 0.5rem; padding: 0.25rem 0.5rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.quiet { color: var(--quiet); background-color: var(--paper); }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; list-style: none; padding: 0; margin: 1rem 0 0; }
.verdict { font-size: 1.125rem; font-weight: 600; margin-bottom: 0.5rem; }
.bar { max-width: 40rem; height: 0.75rem; border: 1px solid var(--rule); margin-bottom: 1.25rem; }
.bar span { display: block; height: 100%; background-color: var(--reached-ink); }
table { border-collapse: collapse; width: 100%; max-width: 60rem; }
caption { text-align: left; font-weight: 600; padding-bottom: 0.5rem; }
th, td { text-align: left; vertical-align: top; padding: 0.375rem 0.75rem 0.375rem 0;
  border-bottom: 1px solid var(--edge); overflow-wrap: anywhere; }
th { font-weight: 600; }
thead th { overflow-wrap: normal; }
tbody th { font-weight: 400; min-width: 9rem; }
tbody th small { display: block; font-size: 0.875rem; }
.figure { white-space: nowrap; font-variant-numeric: tabular-nums; }
table + p { margin-top: 0.75rem; }
.mark { display: inline-block; padding: 0 0.5rem; border-radius: 0.25rem; border: 1px solid currentcolor;
  font-size: 0.8125rem; line-height: 1.375rem; font-weight: 600; white-space: nowrap; }
.mark.reached { color: var(--reached-ink); background-color: var(--reached); border-style: solid; }
.mark.missing { color: var(--missing-ink); background-color: var(--missing); border-style: double; border-width: 3px; }
.mark.unreachable { color: var(--unreachable-ink); background-color: var(--unreachable); border-style: dashed; }
.source-lines { list-style: none; padding: 0; border-bottom: 1px solid var(--edge); }
.line { display: grid; grid-template-columns: 3.25rem minmax(0, 1fr) minmax(0, 24rem); column-gap: 0.75rem; }
.line > .number { color: var(--quiet); background-color: var(--paper); text-align: right; padding-right: 0.625rem;
  line-height: 1.5rem;  border-right: 3px solid var(--edge); user-select: none; }
.line.reached > .number { border-right-color: var(--reached-ink); }
.line.missing > .number { border-right: 6px double var(--missing-ink); }
.line.unreachable > .number { border-right: 3px dashed var(--unreachable-ink); }
.source { white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.5rem; min-height: 1.5rem; align-self: start;
  padding-left: var(--indent); text-indent: calc(-1 * var(--indent)); }
.line.missing > .source { color: var(--ink); background-color: var(--missing); }
.line > .source:last-child { grid-column: 2 / -1; }
.folded { padding: 0.25rem 0 0.25rem 4rem; }
.folded ol { margin: 0 0 0 -4rem; border-bottom: 0; }
.notes { font-size: 0.875rem; padding-bottom: 0.125rem; }
.notes ul { margin: 0.25rem 0 0.75rem; padding-left: 1.125rem; }
.notes li { margin-bottom: 0.375rem; }
.by { display: block; color: var(--quiet); background-color: var(--paper); }
summary { cursor: pointer; }
.to-reach > li { margin-bottom: 0.5rem; }
dt { font-weight: 600; margin-top: 0.5rem; }
dd { margin: 0; }
@media (max-width: 56rem) {
  body { padding: 1rem 0.875rem 3rem; }
  h1 { font-size: 1.375rem; }
  .line { grid-template-columns: 2.5rem minmax(0, 1fr); column-gap: 0.5rem; }
  .line > .notes { grid-column: 2; padding-bottom: 0.375rem; }
  .folded { padding-left: 3rem; }
  .folded ol { margin-left: -3rem; }
  .line > .number { padding-right: 0.375rem; grid-row: 1 / span 2; }
  th, td { padding-right: 0.5rem; }
}
"""

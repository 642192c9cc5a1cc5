/** The page's look: readable on a phone, on paper and in the dark. */
export const STYLE = `
:root { color-scheme: light dark; --ok: #1a7f37; --broken: #c6272f; --unknown: #9a6700; --line: #8884; }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; } h3 { font-size: 1rem; margin: 0 0 .5rem; }
p { margin: .25rem 0; overflow-wrap: anywhere; }
.dim { opacity: .75; font-size: .875rem; }
h1.ok, summary.ok { color: var(--ok); } h1.broken, summary.broken { color: var(--broken); } summary.unknown { color: var(--unknown); }
ol { list-style: none; margin: 1rem 0; padding: 0; }
.path { display: flex; flex-wrap: wrap; gap: .375rem; }
.path a { border-radius: 1rem; color: #fff; display: block; font-size: .875rem; padding: .125rem .75rem; text-decoration: none; }
.path .ok a { background: var(--ok); } .path .broken a { background: var(--broken); } .path .unknown a { background: var(--unknown); }
article { border-left: 4px solid var(--line); margin: .75rem 0; padding: .25rem 0 .25rem .75rem; overflow-wrap: anywhere; }
article.error { border-color: var(--broken); } article.warning { border-color: var(--unknown); }
dl { display: grid; gap: .125rem .75rem; grid-template-columns: minmax(6rem, max-content) 1fr; margin: .25rem 0; }
dt { opacity: .75; } dd { margin: 0; overflow-wrap: anywhere; }
pre { background: #8882; border-radius: .375rem; margin: .5rem 0; overflow-x: auto; padding: .5rem .75rem; }
code { font: .875rem/1.4 ui-monospace, monospace; }
details { border-bottom: 1px solid var(--line); padding: .375rem 0; } summary { cursor: pointer; }
.waterfall li { margin: .375rem 0; overflow-wrap: anywhere; }
.bar { background: #3b7ddd; border-radius: .2rem; display: block; height: .5rem; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dt { margin-top: .375rem; } }
`;

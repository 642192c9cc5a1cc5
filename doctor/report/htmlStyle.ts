/** The page's style: readable on a phone, on paper and in dark mode. */
export const STYLE = `
:root { color-scheme: light dark; --ok: #1a7f37; --broken: #c6272f; --unknown: #8a5d00; --info: #0a5cad; --line: #8885; --soft: #8882; }
@media (prefers-color-scheme: dark) { :root { --ok: #3fb950; --broken: #ff7b72; --unknown: #d9a22b; --info: #6cb2ff; } }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 64rem; padding: 1rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0; } h2 { border-top: 1px solid var(--line); font-size: 1.15rem; margin: 1.5rem 0 .5rem; padding-top: .75rem; }
h3 { font-size: 1rem; margin: .75rem 0 .25rem; overflow-wrap: anywhere; }
p { margin: .25rem 0; overflow-wrap: anywhere; }
.dim { font-size: .875rem; opacity: .8; }
header { border-left: .375rem solid; padding-left: .75rem; }
.healthy h1, summary.ok { color: var(--ok); } .faulty h1, summary.broken { color: var(--broken); } .unproven h1, summary.unknown { color: var(--unknown); }
header.healthy { border-color: var(--ok); } header.faulty { border-color: var(--broken); } header.unproven { border-color: var(--unknown); }
ol, ul { list-style: none; margin: .5rem 0; padding: 0; } li { margin: .375rem 0; overflow-wrap: anywhere; }
.path { display: flex; flex-wrap: wrap; gap: .25rem; margin: 1rem 0; } .path li { margin: 0; }
.path a { border: 2px solid; border-radius: 1rem; color: inherit; display: block; font-size: .875rem; font-weight: 600; padding: .125rem .5rem; text-decoration: none; }
.path .ok { color: var(--ok); } .path .broken { color: var(--broken); } .path .unknown { color: var(--unknown); }
.path .broken a { background: var(--broken); border-color: var(--broken); color: #fff; }
@media (prefers-color-scheme: dark) { .path .broken a { color: #000; } }
.path .state { font-weight: 400; }
article { border-left: .25rem solid var(--line); margin: .75rem 0; padding: 0 0 0 .75rem; overflow-wrap: anywhere; }
article.error { border-color: var(--broken); } article.warning { border-color: var(--unknown); } article.info { border-color: var(--info); }
.badge { border: 1px solid; border-radius: .25rem; font-size: .75rem; padding: .0625rem .375rem; text-transform: uppercase; vertical-align: .0625rem; }
.error .badge { color: var(--broken); } .warning .badge { color: var(--unknown); } .info .badge { color: var(--info); }
dl { display: grid; gap: .125rem .75rem; grid-template-columns: minmax(6rem, max-content) 1fr; margin: .25rem 0; }
dt { opacity: .8; } dd { margin: 0; overflow-wrap: anywhere; }
pre { background: var(--soft); border-radius: .375rem; margin: .5rem 0; overflow-x: auto; padding: .5rem .75rem; }
code { font: .875rem/1.4 ui-monospace, monospace; }
details { border-bottom: 1px solid var(--line); padding: .375rem 0; } summary { cursor: pointer; }
.waterfall li { display: grid; gap: 0 .75rem; grid-template-columns: minmax(0, 22rem) 8.5rem 1fr; align-items: center; }
.when { font-size: .875rem; opacity: .8; text-align: right; white-space: nowrap; }
.track { background: var(--soft); border-radius: .25rem; } .bar { border-radius: .25rem; display: block; height: .75rem; }
.service0 { background: #3b7ddd; } .service1 { background: #d9822b; } .service2 { background: #2a9d8f; } .service3 { background: #9b5de5; }
@media (max-width: 40rem) {
    dl { grid-template-columns: minmax(4.5rem, max-content) 1fr; } dt { font-size: .875rem; line-height: 1.7; }
    details dl { grid-template-columns: 1fr; }
    pre { overflow-wrap: anywhere; white-space: pre-wrap; }
    .waterfall li { grid-template-columns: 1fr; margin: .625rem 0; } .when { text-align: left; }
}
@media print { details > * { display: block; } }
`;

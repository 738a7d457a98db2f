/** Colours as variables, so that plots follow light, dark and print alike; each pair of text and ground has 4.5:1. */
export const style = `
:root { color-scheme: light dark; --ink: #1d2228; --soft: #50585f; --ground: #fff; --box: #f3f5f7; --edge: #c9d0d6;
  --link: #0b57a4; --warn-ground: #fff3cd; --warn-ink: #4d3a00; --s0: #0b57a4; --s1: #b3470a; --s2: #50585f }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --soft: #aab3bb; --ground: #14181c; --box: #1e242a;
  --edge: #4a545d; --link: #8ab8f5; --warn-ground: #3d3210; --warn-ink: #ffe9a8; --s0: #8ab8f5; --s1: #ffab70; --s2: #aab3bb } }
* { box-sizing: border-box }
body { font: 16px/1.55 system-ui, sans-serif; margin: 0; color: var(--ink); background: var(--ground) }
header, main, footer, nav { max-width: 62rem; margin: 0 auto; padding: 0 1rem; overflow-wrap: anywhere }
p, li { max-width: 46rem } h1 { font-size: 1.6rem; line-height: 1.25; margin: 1.5rem 0 .25rem }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--edge) }
h3 { font-size: 1.05rem; margin: 1.6rem 0 .5rem } a { color: var(--link) }
.soft, figcaption, caption { color: var(--soft) } .soft { font-size: .9rem }
.skip { position: absolute; left: -99rem } .skip:focus { position: static; display: inline-block; padding: .5rem }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.1rem }
.warning { background: var(--warn-ground); color: var(--warn-ink); border-left: 4px solid currentColor;
  padding: .5rem .9rem; margin: .5rem 0; max-width: 46rem }
.scroll { overflow-x: auto; margin: .75rem 0; max-width: 100% }
table { border-collapse: collapse; font-size: .92rem; font-variant-numeric: tabular-nums; overflow-wrap: normal }
caption { text-align: left; padding: .25rem 0; font-size: .9rem }
caption span { position: sticky; left: 0; display: inline-block; max-width: min(46rem, calc(100vw - 2rem)) }
th, td { border-bottom: 1px solid var(--edge); padding: .35rem .8rem .35rem 0; text-align: left; vertical-align: top }
thead th { color: var(--soft); font-weight: 600 } tbody th { font-weight: 500; min-width: 6.5rem } .prose { min-width: 15rem }
.long td { overflow-wrap: anywhere }
code { overflow-wrap: anywhere; font-size: .88em }
.headline { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr)); gap: .75rem; padding: 0; margin: 1rem 0 }
.headline div, .flow li { background: var(--box); border-radius: .4rem; padding: .7rem .9rem }
.headline dt { color: var(--soft); font-size: .9rem } .headline dd { margin: 0 }
.headline strong { font-size: 1.5rem; font-variant-numeric: tabular-nums; display: block; line-height: 1.3 }
.flow { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 1.8rem; margin: 1rem 0 }
.flow li { flex: 1 1 7rem; position: relative; max-width: none }
.flow li + li::before { content: "\\2192" / ""; position: absolute; left: -1.4rem; top: .6rem; color: var(--soft) }
.flow li + .less::before { content: "\\2212" / "" } .flow li + .is::before { content: "=" / "" } .flow li + .and::before { content: "+" / "" }
.flow strong { display: block; font-size: 1.25rem }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 21rem), 1fr)); gap: 1.5rem; align-items: start }
figure { margin: .5rem 0; max-width: 28rem; min-width: 0 } figure svg { display: block; width: 100%; height: auto; overflow: visible }
figcaption { font-size: .9rem } .name { font-weight: 600; color: var(--ink) }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .1rem 1rem; padding: 0; margin: .3rem 0; font-size: .88rem }
.legend svg { display: inline-block; width: 32px; height: 12px; vertical-align: middle; margin-right: .3rem }
details { margin: .4rem 0 } summary { cursor: pointer; color: var(--link); font-size: .9rem }
@media (max-width: 40rem) { .flow { flex-direction: column; gap: 1.6rem }
  .flow li { flex: none } .flow li + li::before { left: 1rem; top: -1.55rem } .flow li + .to::before { content: "\\2193" / "" } }
@media print { :root { color-scheme: light; --ink: #000; --soft: #444; --ground: #fff; --box: #f3f5f7; --edge: #bbb; --link: #000;
  --warn-ground: #fff; --warn-ink: #000; --s0: #0b57a4; --s1: #b3470a; --s2: #50585f }
  nav, .skip, summary { display: none } details::details-content { content-visibility: visible; display: block; block-size: auto }
  .scroll { overflow: visible } figure, tr, .warning { break-inside: avoid } h2, h3 { break-after: avoid } body { font-size: 11pt } }
`;

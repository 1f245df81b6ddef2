/** The one style sheet of the pages. */
export const style = `
:root { --back: #eceef1; --card: #fff; --text: #15171a; --soft: #636972; --line: #e3e6ea; --accent: #0b6e5f; --tile: #d9dde2 }
@media (prefers-color-scheme: dark) { :root { --back: #0c0d0f; --card: #17191c; --text: #eef0f2; --soft: #9aa1aa; --line: #2a2e33; --accent: #5cc9b5; --tile: #2a2e33 } }
* { box-sizing: border-box; margin: 0 }
body { background: var(--back); color: var(--text); font: 16px/1.45 system-ui, sans-serif; min-height: 100vh }
a { color: inherit; text-decoration: none } a:hover { text-decoration: underline }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
.phone { background: var(--card); max-width: 430px; min-height: 100vh; margin: 0 auto; overflow: hidden; padding-bottom: 32px }
@media (min-width: 520px) { .phone { margin: 24px auto; min-height: min(860px, calc(100vh - 48px)); border: 1px solid var(--line); border-radius: 28px } }
.bar { display: flex; justify-content: space-between; gap: 12px; align-items: baseline; padding: 14px 20px; border-bottom: 1px solid var(--line); font-size: 12px; color: var(--soft) }
.bar a { color: var(--text); font-weight: 650; white-space: nowrap } .bar span { text-align: end }
main { padding: 20px }
h1 { font-size: 20px; line-height: 1.25; overflow-wrap: anywhere } h2 { font-size: 14px; margin: 24px 0 8px; color: var(--soft); font-weight: 600 }
p { overflow-wrap: anywhere } .soft { color: var(--soft); font-size: 14px } .text { white-space: pre-line; margin-top: 8px }
.avatar { display: grid; place-items: center; flex: none; width: 48px; height: 48px; border-radius: 50%; object-fit: cover; background: var(--tile); font-size: 20px; font-weight: 600; overflow: hidden }
.tag { display: inline-block; border: 1px solid var(--line); border-radius: 99px; padding: 1px 8px; font-size: 12px; color: var(--soft) }
.accounts { list-style: none; padding: 0; margin-top: 12px } .accounts a { display: flex; gap: 12px; align-items: center; padding: 10px 0; border-bottom: 1px solid var(--line) }
.accounts div { flex: 1; min-width: 0 } .accounts b { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.who { display: flex; flex-direction: column; align-items: center; text-align: center; gap: 6px } .who .avatar { width: 96px; height: 96px; font-size: 36px; margin-bottom: 6px }
.instagram .who { display: grid; grid-template-columns: 96px 1fr; column-gap: 20px; text-align: start; justify-items: start; align-content: center } .instagram .who .avatar { grid-row: 1 / span 4 }
.instagram .who .text { grid-column: 1 / -1 }
.grid { list-style: none; padding: 0; margin: 0 -20px; display: grid; grid-template-columns: repeat(3, 1fr); gap: 2px }
.grid a { position: relative; display: block; aspect-ratio: 3 / 4; background: var(--tile); overflow: hidden } .instagram .grid a { aspect-ratio: 4 / 5 }
.grid video, .grid img { width: 100%; height: 100%; object-fit: cover; display: block; pointer-events: none }
.grid span { position: absolute; inset: auto 0 0; padding: 24px 8px 6px; font-size: 12px; line-height: 1.3; color: #fff; background: linear-gradient(transparent, #000a); overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.grid em { position: absolute; top: 6px; inset-inline-end: 6px; font-style: normal; font-size: 11px; color: #fff; background: #0009; border-radius: 4px; padding: 0 5px }
.empty { padding: 32px 12px; text-align: center; color: var(--soft) } .empty h1 { color: var(--text); margin-bottom: 12px } .empty p + p { margin-top: 8px } .empty code { font-size: 13px } .empty a, .more { color: var(--accent); font-weight: 600 }
.more { display: block; text-align: center; padding: 16px }
.stage { position: relative; background: #000; color: #fff } .stage video { display: block; width: 100%; height: auto; max-height: 76vh; min-height: 180px; object-fit: contain; background: #000 }
.slides { display: flex; overflow-x: auto; scroll-snap-type: x mandatory; scrollbar-width: none; aspect-ratio: 9 / 16; max-height: 76vh; width: 100% } .slides:focus-visible { outline-offset: -2px }
.slides img { flex: 0 0 100%; width: 100%; height: 100%; object-fit: contain; scroll-snap-align: start; scroll-snap-stop: always }
.pager { position: absolute; inset: auto 0 12px; display: flex; gap: 10px; align-items: center; justify-content: center; pointer-events: none }
.pager > * { pointer-events: auto; background: #000a; color: #fff; border: 0; border-radius: 99px; padding: 6px 12px; font: inherit; font-size: 14px; font-variant-numeric: tabular-nums } .pager button { cursor: pointer } .pager button:disabled { opacity: .35; cursor: default }
.gone { display: none } .lost .gone { display: block; padding: 48px 24px; text-align: center } .lost > :not(.gone) { display: none } .note { margin-bottom: 10px }
.by { display: flex; gap: 12px; align-items: center; margin-bottom: 16px } .by .avatar { width: 40px; height: 40px; font-size: 17px } .by b { display: block }
.facts { margin-top: 16px; border-top: 1px solid var(--line); padding-top: 12px; display: grid; grid-template-columns: auto 1fr; gap: 4px 16px; font-size: 14px } .facts dt { color: var(--soft) } .facts dd { overflow-wrap: anywhere }
`

/** The style sheet of the reference: readable on a telephone, in the dark and on paper. */
export const referenceStyle = `
:root { color-scheme: light dark; --line: light-dark(#d7dbe0, #30363d); --soft: light-dark(#57606a, #9aa4af);
  --code: light-dark(#f3f5f7, #1b2027); --link: light-dark(#0550ae, #79b8ff); }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.55 system-ui, sans-serif; background: light-dark(#fff, #0f1317); color: light-dark(#1a1f24, #e4e8ec); }
nav { padding: 1rem 1.25rem; border-bottom: 1px solid var(--line); font-size: 13px;
  max-height: 38vh; overflow: auto; }
nav p { margin: .9rem 0 .2rem; font-weight: 600; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li { overflow-wrap: anywhere; padding: .1rem 0; }
main { padding: 1rem 1.25rem 4rem; max-width: 62rem; min-width: 0; }
h1 { font-size: 1.6rem; line-height: 1.2; } h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); }
h3 { margin: 2rem 0 .3rem; font-size: 1.02rem; overflow-wrap: anywhere; } h4 { margin: 1rem 0 .2rem; font-size: .85rem; color: var(--soft); }
section:target h3 { outline: 2px solid var(--link); outline-offset: .3rem; }
a { color: var(--link); text-decoration: none; } a:hover, a:focus-visible { text-decoration: underline; }
code { font: .92em ui-monospace, monospace; background: var(--code); padding: .05em .3em; border-radius: 3px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; } th { text-align: left; color: var(--soft); font-weight: 500; }
td, th { padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
td:first-child { min-width: min(13rem, 40vw); } i, small { color: var(--soft); font-style: normal; font-size: .85em; }
b { font: 600 .8em ui-monospace, monospace; } .get { color: light-dark(#0a5a2a, #56d364); } .post { color: light-dark(#0550ae, #79b8ff); }
.put { color: light-dark(#7a4a00, #e3b341); } .delete { color: light-dark(#a40e26, #ff7b72); }
@media (min-width: 60rem) { body { display: grid; grid-template-columns: 20rem minmax(0, 1fr); }
  nav { position: sticky; top: 0; height: 100vh; max-height: none; border-bottom: 0; border-right: 1px solid var(--line); }
  main { padding: 2rem 3rem 6rem; } }
@media print { nav { display: none; } body { display: block; } }
`;

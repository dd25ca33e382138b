/** The demo application's own look, so that one sees where the provider's pages begin and end. */
export const styles = `
:root{color-scheme:light dark;
--paper:#f7f5f0;--sheet:#fffefb;--ink:#211d16;--soft:#655e52;--line:#e1dbcf;--edge:#8f8778;
--act:#8a3b12;--act-deep:#6c2c0b;--on-act:#fff;--tint:#f3ece1;
--good:#1d5b3c;--good-tint:#e6f1ea;--bad:#96202a;--bad-tint:#faeaea;
--part-1:#a2380f;--part-2:#2a5a8c;--part-3:#5b6b2a;--r:.625rem}
@media(prefers-color-scheme:dark){:root{
--paper:#14120e;--sheet:#1d1a15;--ink:#ede8de;--soft:#b3aa9b;--line:#38332a;--edge:#857c6d;
--act:#f0a070;--act-deep:#f7b993;--on-act:#2b1204;--tint:#2a251d;
--good:#8bd3ab;--good-tint:#18281f;--bad:#ffaaa6;--bad-tint:#331a1b;
--part-1:#f0a070;--part-2:#93bdec;--part-3:#bccb86}}
*,::before,::after{box-sizing:border-box}
html{font:100%/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;
-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);overflow-wrap:anywhere}
h1,h2,h3,p,ol,ul,dl,dt,dd{margin:0;padding:0}
h1{font-size:1.75rem;line-height:1.15;font-weight:650;letter-spacing:-.02em;text-wrap:balance}
h2{font-size:1.25rem;line-height:1.3;font-weight:650;letter-spacing:-.01em}
h3{font-size:1rem;line-height:1.4;font-weight:650}
code,pre,.mono{font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
a{color:var(--act);text-underline-offset:.2em}
:focus-visible{outline:.1875rem solid var(--act);outline-offset:.1875rem;border-radius:.25rem}
.bar{border-block-end:.0625rem solid var(--line)}
.bar p,main,footer{inline-size:100%;max-inline-size:62rem;margin-inline:auto;padding-inline:1.25rem}
.bar p{padding-block:.875rem;font-weight:600;font-size:.9375rem;display:flex;gap:.625rem;align-items:center}
.bar p::before{content:"";inline-size:.875rem;block-size:.875rem;border-radius:.25rem;background:var(--act)}
main{padding-block:2rem 3rem;display:grid;gap:1.5rem}
main>*{min-inline-size:0}
.intro{display:grid;gap:.75rem;max-inline-size:40rem}
.soft,footer{color:var(--soft)}
.lead{font-size:1.0625rem;color:var(--soft)}
.card{background:var(--sheet);border:.0625rem solid var(--line);border-radius:1rem;padding:1.25rem;display:grid;gap:1rem}
.card>*{min-inline-size:0}
.head{display:grid;gap:.25rem}
.pass{display:grid;gap:.75rem;grid-template-columns:auto 1fr;align-items:baseline}
.pass dt{color:var(--soft);font-size:.9375rem}
.pass dd code{font-size:1.125rem;font-weight:600;user-select:all}
.steps{display:grid;gap:.75rem;padding-inline-start:1.25rem;color:var(--soft)}
.steps strong{color:var(--ink);font-weight:600}
.buttons{display:flex;flex-wrap:wrap;gap:.625rem}
.buttons form{flex:1 1 8rem;display:grid}
button{min-block-size:2.75rem;padding:.5rem 1.125rem;font:inherit;font-weight:600;cursor:pointer;
border:.0625rem solid var(--edge);border-radius:var(--r);background:none;color:var(--ink)}
button:hover{background:var(--tint);border-color:var(--ink)}
button.main{background:var(--act);border-color:var(--act);color:var(--on-act)}
button.main:hover{background:var(--act-deep);border-color:var(--act-deep)}
button:focus-visible{border-radius:var(--r)}
.notice{border-radius:var(--r);padding:.875rem 1rem;border-inline-start:.25rem solid;display:grid;gap:.25rem}
.notice.good{background:var(--good-tint);color:var(--good)}
.notice.bad{background:var(--bad-tint);color:var(--bad)}
.fields>div{display:grid;grid-template-columns:minmax(0,1fr);gap:.125rem;padding-block:.75rem;border-block-start:.0625rem solid var(--line)}
.fields>div:last-child{padding-block-end:0}
.fields dt{font-weight:600}
.fields dt .new{margin-inline-start:.5rem;padding:.0625rem .4375rem;border-radius:1rem;background:var(--good-tint);
color:var(--good);font:600 .75rem/1.5 system-ui,sans-serif}
.fields .note{color:var(--soft);font-size:.875rem}
.fields .time{color:var(--soft);white-space:nowrap}
details summary{cursor:pointer}
.cut{white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
details[open] summary{margin-block-end:.5rem}
.whole{display:block;padding:.75rem;border-radius:var(--r);background:var(--tint);user-select:all}
.part-1{color:var(--part-1)}.part-2{color:var(--part-2)}.part-3{color:var(--part-3)}
h3[class]::before{content:"";display:inline-block;inline-size:.625rem;block-size:.625rem;border-radius:50%;
background:currentColor;margin-inline-end:.5rem}
pre{margin:0;white-space:pre-wrap}
footer{padding-block:0 2rem;font-size:.875rem}
@media(min-width:48em){
main{padding-block:3rem 4rem;gap:2rem}
h1{font-size:2.25rem}
.card{padding:1.75rem}
.buttons form{flex:0 0 auto}
.welcome{grid-template-columns:minmax(0,1.3fr) minmax(0,1fr);gap:2rem 3rem;align-items:start}
.welcome .notice{grid-column:1/-1}
.welcome .intro,.welcome .steps{grid-column:1}
.welcome .card{grid-column:2;grid-row:span 2}
.welcome .card .buttons form{flex:1}
.fields>div{grid-template-columns:12.5rem minmax(0,1fr) 16rem;gap:0 1.5rem;align-items:baseline}
.fields .note{grid-column:3}
}
`;

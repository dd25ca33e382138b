/**
 * The style sheet that is put inline into every page. A page is a door (who asks, in green) and a task (what to do, on
 * paper): side by side where there is room, else one above the other. Lengths are rem and em so that larger text makes
 * larger everything; properties are logical so that right-to-left needs no second sheet.
 */
export const styles = `
:root{color-scheme:light dark;
--paper:#edf0ee;--sheet:#fff;--ink:#17211e;--soft:#52605b;--line:#d5dcd9;--edge:#74827d;
--door:#0d4a3d;--on-door:#fff;--on-door-soft:#c6ddd4;
--act:#0d5c4a;--act-deep:#08402f;--on-act:#fff;--tint:#eaf2ef;
--alarm:#9c1f27;--alarm-tint:#fbeeec;--good:#17613a;--good-tint:#e8f4ec;
--r:.625rem}
@media(prefers-color-scheme:dark){:root{
--paper:#0c1210;--sheet:#151d1a;--ink:#e7eeeb;--soft:#a5b4ae;--line:#2c3834;--edge:#74877f;
--door:#0f3a30;--on-door:#f1f7f4;--on-door-soft:#b3cdc3;
--act:#6fd3b5;--act-deep:#93e3ca;--on-act:#06231b;--tint:#1b2925;
--alarm:#ffa59e;--alarm-tint:#33191a;--good:#8edcae;--good-tint:#14291d}}
*,::before,::after{box-sizing:border-box}
[hidden]{display:none!important}
html{font:100%/1.5 system-ui,sans-serif;
-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;min-block-size:100vh;min-block-size:100svh;display:flex;flex-direction:column;
background:var(--sheet);color:var(--ink);overflow-wrap:anywhere}
h1,h2,p,ul,ol,dl,dd{margin:0;padding:0}
h1{font-size:1.875rem;line-height:1.15;font-weight:650;letter-spacing:-.02em;text-wrap:balance}
h2{font-size:1rem;line-height:1.4;font-weight:650}
ul,ol{list-style:none}
strong{font-weight:650}
a{color:inherit;text-decoration-thickness:.0625em;text-underline-offset:.2em}
a:hover{text-decoration-thickness:.125em}
code{direction:ltr;unicode-bidi:isolate;font:.9375em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
svg{display:block}
:focus-visible{outline:.1875rem solid var(--act);outline-offset:.1875rem;border-radius:.25rem}
.door :focus-visible{outline-color:var(--on-door)}
.card{flex:1;display:flex;flex-direction:column}
.door{position:relative;isolation:isolate;overflow:hidden;background:var(--door);color:var(--on-door);
padding:1.25rem 1.25rem 1.75rem;display:flex;flex-direction:column}
.door::after{content:"";position:absolute;z-index:-1;inset-block-end:0;inset-inline-end:1.5rem;
inline-size:5.5rem;block-size:7.5rem;border-radius:9rem 9rem 0 0;background:#ffffff0d;
box-shadow:0 0 0 1.75rem #ffffff0a,0 0 0 3.5rem #ffffff08}
.brand{display:flex;align-items:center;gap:.5rem;font-weight:600;font-size:.9375rem;
color:var(--on-door-soft);margin-block-end:1.5rem}
.brand .logo{flex:none;block-size:2.25rem;max-inline-size:10rem;padding:.25rem;border-radius:.5rem;background:#fff;object-fit:contain}
.brand svg{flex:none;inline-size:1.5rem;block-size:1.5rem}
.lead{margin-block-start:.5rem;font-size:1.0625rem;color:var(--on-door-soft);max-inline-size:30rem;text-wrap:pretty}
.lead strong{color:var(--on-door)}
.facts{margin-block-start:1rem;font-size:.9375rem;color:var(--on-door-soft)}
.facts bdi{color:var(--on-door)}
.links{display:flex;flex-wrap:wrap;gap:0 1.25rem;margin-block-start:.25rem}
.links a{display:inline-block;padding-block:.375rem}
.face{display:grid;place-items:center;inline-size:3.25rem;block-size:3.25rem;margin-block-end:.875rem;overflow:hidden;
border-radius:.875rem;background:#fff;color:var(--door);font-size:1.5rem;font-weight:650;line-height:1}
img.face{object-fit:contain;padding:.375rem}
.task{inline-size:100%;max-inline-size:36rem;margin-inline:auto;padding:1.5rem 1.25rem 2rem;
display:flex;flex-direction:column;gap:1.5rem}
form,.group{display:flex;flex-direction:column;gap:1.25rem}
.group{gap:.75rem}
.task>p:only-child{font-size:1.125rem}
.soft{color:var(--soft)}
.field{display:flex;flex-direction:column;gap:.375rem}
.field label{font-weight:600;font-size:.9375rem}
.field .soft{font-size:.875rem;font-weight:400}
.field :is(input,select){inline-size:100%;min-block-size:3rem;padding:.625rem .875rem;font:inherit;color:inherit;
background:var(--sheet);border:.0625rem solid var(--edge);border-radius:var(--r)}
.field :is(input,select):hover{border-color:var(--ink)}
.field :is(input,select):focus-visible{outline-offset:0;border-color:var(--act);border-radius:var(--r)}
.field [aria-invalid=true]{border-color:var(--alarm);border-width:.125rem}
.wrong{color:var(--alarm);font-size:.9375rem}
input[type=checkbox]{flex:none;inline-size:1.25rem;block-size:1.25rem;margin:.125rem 0 0;accent-color:var(--act)}
.tick{display:flex;gap:.75rem;padding-block:.625rem;cursor:pointer}
.tick:has(:disabled){cursor:default}
.tick :disabled{appearance:none;display:grid;place-items:center;border-radius:.25rem;background:var(--tint)}
.tick :disabled::before{content:"";inline-size:.375rem;block-size:.6875rem;border:solid var(--act);
border-width:0 .15rem .15rem 0;transform:translateY(-.09rem) rotate(45deg)}
.tick .soft{display:block;font-size:.875rem}
.alert,.good,.note{border-radius:var(--r);padding:.875rem 1rem}
.alert{background:var(--alarm-tint);color:var(--alarm);border:.0625rem solid}
.good{background:var(--good-tint);color:var(--good);border:.0625rem solid}
.note{background:var(--tint);display:grid;gap:.5rem}
button,.task a.button{display:inline-block;min-block-size:3rem;padding:.625rem 1.5rem;font:inherit;font-weight:650;
text-align:center;text-decoration:none;cursor:pointer;border:.0625rem solid var(--act);border-radius:var(--r);background:var(--act);color:var(--on-act)}
button:hover,.task a.button:hover{background:var(--act-deep);border-color:var(--act-deep)}
button:focus-visible,.task a.button:focus-visible{border-radius:var(--r)}
button.quiet,.task a.quiet{background:none;color:var(--ink);border-color:var(--edge)}
button.quiet:hover,.task a.quiet:hover{background:var(--tint);border-color:var(--ink)}
button.danger{background:none;color:var(--alarm);border-color:var(--alarm)}
button.danger:hover{background:var(--alarm-tint)}
button.account{display:flex;align-items:center;gap:.75rem;inline-size:100%;padding:.75rem;text-align:start;
background:none;color:inherit;border-color:var(--edge);font-weight:400}
button.account:hover{background:var(--tint);border-color:var(--ink)}
.accounts{display:grid;gap:.75rem}
button.account .face{flex:none;inline-size:2.5rem;block-size:2.5rem;margin:0;border-radius:50%;background:var(--tint);color:var(--act);font-size:1rem}
button.account .soft{display:block;font-size:.875rem}
button.small,.task a.small{min-block-size:2.75rem;padding:.5rem 1rem;font-size:.9375rem}
.buttons{display:grid;gap:.75rem}
.person{display:flex;align-items:center;gap:.75rem;padding-block-end:1.25rem;border-block-end:.0625rem solid var(--line)}
.person .face{flex:none;inline-size:2.5rem;block-size:2.5rem;margin:0;border-radius:50%;
background:var(--tint);color:var(--act);font-size:1rem}
.person p{flex:1;min-inline-size:0}
.person .soft{display:block;font-size:.875rem}
.person a{padding-block:.5rem;color:var(--act);font-weight:600;font-size:.9375rem}
.rows>*+*{border-block-start:.0625rem solid var(--line)}
.rows .tick{padding-block:.875rem}
.rows .name{display:block;font-weight:600}
.plain li{padding-inline-start:1rem;position:relative}
.plain li::before{content:"";position:absolute;inset-inline-start:0;inset-block-start:.625em;
inline-size:.375rem;block-size:.375rem;border-radius:50%;background:var(--edge)}
dl{display:grid;gap:1rem}
dt{color:var(--soft);font-size:.875rem}
.steps{counter-reset:s;display:grid;gap:2rem}
.steps li{counter-increment:s;display:grid;grid-template-columns:2rem 1fr;gap:0 .75rem}
.steps li::before{content:counter(s);inline-size:2rem;block-size:2rem;border-radius:50%;
display:grid;place-items:center;background:var(--tint);color:var(--act);font-weight:650;font-size:.9375rem}
.steps h2{padding-block:.25rem}
.steps p,.copy{grid-column:1/-1}
.copy{display:block;margin-block-start:.625rem;font-size:.875rem;padding:.75rem .875rem;border-radius:var(--r);background:var(--tint);
user-select:all}
.word{display:inline-block}
.code,.field input.code{font:650 1.75rem/1.3 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;letter-spacing:.06em;direction:ltr}
.note .code{text-align:center}
.field input.code{text-transform:uppercase}
.task a{display:inline-block;padding-block:.1875rem;color:var(--act)}
footer{display:flex;flex-wrap:wrap;justify-content:center;align-items:center;gap:.25rem 1.5rem;
padding:1rem 1.25rem 1.5rem;font-size:.8125rem;color:var(--soft)}
footer .links{justify-content:center;margin:0}
.picker{flex-direction:row;align-items:center;gap:.5rem}
.picker :is(select,button){min-block-size:2.75rem;padding:.25rem .75rem;font:inherit;color:inherit;
background:none;border:.0625rem solid var(--edge);border-radius:var(--r)}
.picker option{background:var(--sheet);color:var(--ink)}
.picker :is(select,button):hover{color:var(--ink);border-color:var(--ink)}
.unseen{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media(min-width:28em){.buttons{grid-template-columns:1fr 1fr}.steps p,.copy{grid-column:2}}
@media(min-width:54em){
body{background:var(--paper);padding:1.5rem 1.5rem 0}
.card{flex:none;flex-direction:row;margin:auto;inline-size:100%;max-inline-size:60rem;min-block-size:33rem;
background:var(--sheet);border-radius:1.25rem;overflow:hidden;box-shadow:0 0 0 .0625rem var(--line),0 1.5rem 3rem -1.5rem #0b1f1933}
.door{flex:0 0 42%;padding:2rem 2.25rem 2.5rem}
.who{margin-block-start:clamp(3rem,16vh,7.5rem)}
.door::after{inset-inline-end:3rem;inline-size:9rem;block-size:10rem;box-shadow:0 0 0 3rem #ffffff0a,0 0 0 6rem #ffffff08}
h1{font-size:2.25rem}
.task{flex:1;min-inline-size:0;max-inline-size:none;justify-content:center;padding:2.5rem}
}
@media(forced-colors:active){.door::after{display:none}.door,button,.note,.copy{border:.0625rem solid}}
`;

/** Sections of the account as a list in the door: in lines on a phone, in a column where there is room. */
const sections = `
.sections{display:flex;flex-wrap:wrap;gap:.125rem .25rem;margin-inline:-.75rem}
.sections a{display:block;padding:.5rem .75rem;border-radius:var(--r);text-decoration:none;font-weight:600;font-size:.9375rem}
.sections a:hover{text-decoration:underline}
.sections [aria-current]{background:var(--on-door);color:var(--door)}
.wide .person{border:0;padding:0;margin-block-end:.75rem}
.wide .person .face{background:var(--on-door);color:var(--door)}
.wide .person .soft{color:var(--on-door-soft)}
`;

/** What stands beside it: a heading, then parts that a line divides. */
const wide = `
.wide .door{padding-block-end:1rem}
.wide .brand{margin-block-end:1rem}
.wide .task{max-inline-size:none;justify-content:flex-start}
.wide .task>*{inline-size:100%;max-inline-size:44rem}
.wide h1{font-size:1.75rem}
.wide form button{align-self:start}
section{display:flex;flex-direction:column;gap:1rem}
section+section{border-block-start:.0625rem solid var(--line);padding-block-start:1.5rem}
section>h2{font-size:1.1875rem;line-height:1.3}
fieldset{min-inline-size:0;margin:0;padding:0;border:0}
legend{margin-block-end:.5rem;padding:0;font-weight:650}
@media(min-width:54em){
.wide{max-inline-size:72rem;min-block-size:36rem}
.wide .door{flex:0 0 16.5rem;padding:1.75rem 1.75rem 2rem}
.wide .brand{margin-block-end:2rem}
.wide .person{margin-block-end:1.25rem}
.sections{flex-direction:column;gap:.25rem}
.wide .task{padding:2.25rem 2.5rem 2.5rem}
}
`;

/** Sessions, applications, factors: one an item, what it is (`.what`) before what can be done with it. */
const items = `
.items li{display:flex;flex-wrap:wrap;align-items:center;gap:.75rem 1rem;padding-block:1rem}
.items li+li{border-block-start:.0625rem solid var(--line)}
.items .face{flex:none;inline-size:2.5rem;block-size:2.5rem;margin:0;background:var(--tint);color:var(--act);font-size:1rem}
.items .what{flex:1 1 14rem;min-inline-size:0}
.items .name,h3{display:block;margin:0;font-weight:600;font-size:1rem;line-height:1.5}
.items .soft{font-size:.875rem}
.badge{display:inline-block;padding:.0625rem .5rem;border-radius:1rem;background:var(--good-tint);color:var(--good);
font-weight:600;font-size:.8125rem}
`;

/** What one attribute a row says: `dl.pairs`, each pair in a `div`; and tables, which scroll in `.scroll` where they must. */
const pairs = `
.pairs{gap:0}
.pairs>div{display:grid;gap:0 1rem;padding-block:.75rem}
.pairs>div+div{border-block-start:.0625rem solid var(--line)}
.scroll{overflow-x:auto}
table{inline-size:100%;border-collapse:collapse;font-size:.9375rem}
th,td{text-align:start;vertical-align:top;padding-block:.625rem;padding-inline:0 1rem;border-block-end:.0625rem solid var(--line)}
th{color:var(--soft);font-weight:600;font-size:.875rem}
@media(min-width:40em){.pairs>div{grid-template-columns:11rem 1fr}}
`;

/** A QR code on white, whatever the scheme, as cameras want it; recovery codes in columns, also on paper. */
const secrets = `
.qr{inline-size:fit-content;max-inline-size:100%;padding:1rem;border-radius:var(--r);background:#fff;
box-shadow:0 0 0 .0625rem var(--line);forced-color-adjust:none}
.qr :is(svg,img){display:block;inline-size:12rem;max-inline-size:100%;block-size:auto}
.codes{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(10rem,100%),1fr));gap:.625rem 1.5rem;
padding:1rem 1.125rem;border-radius:var(--r);background:var(--tint);user-select:all}
@media print{.door,footer,form{display:none}}
`;

/** What the pages of the account need beside the rest. */
export const accountStyles: string = [sections, wide, items, pairs, secrets].join('');

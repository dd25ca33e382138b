import { accountStyles } from './styles.ts';

/** Wider than the account, a heading with what there is to do beside it, and numbers at a glance. */
const frame = `
.top{display:grid;gap:.5rem}
.head{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:.75rem 1rem}
.head h1{flex:1 1 14rem;min-inline-size:0}
.actions{display:flex;flex-wrap:wrap;gap:.5rem}
.console h1{font-size:1.5rem}
.console .task a.button{display:inline-flex;align-items:center;justify-content:center}
.console .actions :is(a,button){min-block-size:2.75rem;padding:.5rem 1rem;font-size:.9375rem}
.console .badge{border:0;padding:.0625rem .5rem}
.crumb{font-size:.9375rem}
.issuer{margin-block-end:1rem;font-size:.875rem}
.issuer .soft{display:block;color:var(--on-door-soft)}
.door .soft{color:var(--on-door-soft)}
.console .alert a{display:inline;padding:0;color:inherit}
.console :is(label,legend) code{font-weight:650}
.counts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(9rem,100%),1fr));gap:.75rem}
.counts>div{padding:.75rem 1rem;border-radius:var(--r);background:var(--tint)}
.counts dd{font-size:1.5rem;font-weight:650;line-height:1.2}
.counts dd.words{font-size:1.125rem}
.badge.plain{background:var(--tint);color:var(--soft)}
.badge.bad{background:var(--alarm-tint);color:var(--alarm)}
@media(min-width:54em){
.console{max-inline-size:84rem}
.console .door{flex-basis:14.5rem;padding-inline:1.25rem}
.console .sections{margin-inline:-.25rem}
.console .task{gap:1.75rem}
.console .task>*{max-inline-size:60rem}
}
`;

/** One thing a line: what it is, and what is to be known of it, beside one another where there is room. */
const rows = `
.items.dense li{padding-block:.625rem;gap:.25rem 1rem}
.items.dense .name a{font-weight:600}
.items .side{font-size:.875rem;color:var(--soft)}
.items .side:empty{display:none}
.items code{font-size:.875em}
.pager{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center}
.search{flex-direction:row;flex-wrap:wrap;align-items:end;gap:.75rem}
.search .field{flex:1 1 12rem}
.console .search :is(input,select){block-size:2.75rem;min-block-size:0;padding-block:.5rem}
.console .search button{min-block-size:2.75rem;align-self:end}
`;

/** Forms of many fields: text areas, boxes in columns, groups that fold. */
const forms = `
.field textarea{inline-size:100%;min-block-size:5rem;padding:.625rem .875rem;font:.9375rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;
color:inherit;background:var(--sheet);border:.0625rem solid var(--edge);border-radius:var(--r);resize:vertical}
.field textarea:hover{border-color:var(--ink)}
.field textarea:focus-visible{outline-offset:0;border-color:var(--act);border-radius:var(--r)}
.theirs{font-size:.875rem;padding:.5rem .75rem;border-radius:var(--r);background:var(--alarm-tint);color:var(--alarm)}
.two>.field>:last-child{margin-block-start:auto}
.boxes{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(17rem,100%),1fr));gap:0 1rem}
.boxes .tick{padding-block:.75rem}
.boxes .tick code{padding-block-start:.0625rem}
.boxed .soft{font-size:.875rem}
.boxed legend{margin-block-end:.375rem;font-size:.9375rem}
details{border:.0625rem solid var(--line);border-radius:var(--r)}
details>summary{padding:.75rem 1rem;font-weight:600;cursor:pointer}
details>summary .soft{font-weight:400;font-size:.875rem}
details>.inside{display:grid;gap:1.25rem;padding:.25rem 1rem 1.25rem}
.two{display:grid;gap:1.25rem}
.kinds{display:grid;gap:.75rem;grid-template-columns:repeat(auto-fit,minmax(min(16rem,100%),1fr))}
.task .kinds a{display:block;padding:1rem;border:.0625rem solid var(--edge);border-radius:var(--r);text-decoration:none;color:inherit}
.task .kinds a:hover{background:var(--tint);border-color:var(--ink)}
.kinds strong{display:block;color:var(--act)}
.line{display:block}
.secret{font-size:1rem;padding:1rem;border-radius:var(--r);background:var(--tint);user-select:all;display:block}
pre{margin:0;padding:.75rem .875rem;border-radius:var(--r);background:var(--tint);white-space:pre-wrap;overflow-wrap:anywhere;
font:.875rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
.was{background:var(--alarm-tint);color:var(--alarm)}
.is{background:var(--good-tint);color:var(--good)}
@media(min-width:54em){.two{grid-template-columns:1fr 1fr}.two>:is(.whole,:first-child:has(+.whole)){grid-column:1/-1}}
`;

/** A table that becomes one block a row where it is narrow; `data-label` says what its heads said. */
const tables = `
.stack td:first-child{font-weight:600}
@media(max-width:47.99em){
.stack thead{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%)}
.stack :is(tr,td){display:block}
.stack tr{padding-block:.625rem;border-block-end:.0625rem solid var(--line)}
.stack td{padding:.125rem 0;border:0}
.stack td:empty{display:none}
.stack td[data-label]::before{content:attr(data-label) ": ";color:var(--soft);font-weight:400}
}
`;

/** What the pages of the console need beside the rest. */
export const consoleStyles: string = [accountStyles, frame, rows, forms, tables].join('');

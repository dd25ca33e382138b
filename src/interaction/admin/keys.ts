import type { Site } from '../../endpoints/site.ts';
import { removeKey, rotateKeys } from '../../engine/administration/keys.ts';
import { done, type Outcome, refused } from '../../engine/administration/outcome.ts';
import type { Engine } from '../../engine/engine.ts';
import { html } from '../../http/html.ts';
import type { KeyDescription } from '../../keys/key_description.ts';
import { groupOf, keysView } from '../views/admin/keys.ts';
import { said } from '../views/admin/parts.ts';
import type { Confirmation } from './confirmation.ts';
import { consolePage, type ConsoleVisit, go } from './visit.ts';

const KEYS_CRUMB = { path: '/admin/keys', text: 'Keys' } as const;

/** `/admin/keys`: what signs, encrypts and seals, and until when. */
export async function showKeys(visit: ConsoleVisit, site: Site): Promise<Response> {
  const keys = await keysOf(site.engine);
  return consolePage(visit, (frame) => keysView(frame, keys), site);
}

async function keysOf({ keys }: Engine): Promise<readonly KeyDescription[]> {
  // Of a first start one may still be being made.
  await keys.jwksText();
  return keys.describe();
}

export const KEY_CONFIRMATIONS: readonly Confirmation[] = [
  {
    path: '/admin/keys/{group}/rotate',
    section: 'keys',
    crumb: KEYS_CRUMB,
    async question({ params: { group = '' } }, { engine }) {
      const key = (await keysOf(engine)).find((each) => groupOf(each) === group);
      if (key === undefined) return refused('there is no such key', 'missing');
      return done({
        title: 'Rotate the key?',
        text: html`
          <p>
            A new key of <strong>${said(
              group,
            )}</strong> is made, published, and takes over once others
            can know it. The one before stays until nothing that was made with it is valid any more.
          </p>
        `,
        fields: html`
          <label class="tick">
            <input type="checkbox" name="now" value="yes">
            <span>
              Take over at once
              <span class="soft">
                Only where the present key may be known to others: whoever has kept our keys does not
                know the new one yet, and refuses what it signs for up to ten minutes.
              </span>
            </span>
          </label>
        `,
        button: 'Rotate',
        back: KEYS_CRUMB,
      });
    },
    async run({ params: { group = '' }, by }, form, site) {
      const what = group === 'seal' ? { use: 'seal' } as const : { alg: group };
      const isNow = form.get('now') === 'yes';
      const outcome = await rotateKeys({ ...what, isNow }, by, site.engine);
      return outcome.kind === 'refused' ? outcome : go(KEYS_CRUMB.path, 'key_rotated', site);
    },
  },
  {
    path: '/admin/keys/{kid}/remove',
    section: 'keys',
    crumb: KEYS_CRUMB,
    async question({ params: { kid = '' } }, { engine }) {
      const found = await findKey(kid, engine);
      if (found.kind === 'refused') return found;
      return done({
        title: 'Remove the key?',
        text: html`
          <p>
            <strong>${said(
              kid,
            )}</strong> goes at once, as after its private half became known: all that
            was made with it is void, and another takes its place. For everything else, rotate it.
          </p>
        `,
        button: 'Remove',
        isDanger: true,
        back: KEYS_CRUMB,
      });
    },
    async run({ params: { kid = '' }, by }, _form, site) {
      const outcome = await removeKey(kid, by, site.engine);
      return outcome.kind === 'refused' ? outcome : go(KEYS_CRUMB.path, 'key_removed', site);
    },
  },
];

async function findKey(kid: string, engine: Engine): Promise<Outcome<KeyDescription>> {
  const key = (await keysOf(engine)).find((each) => each.kid === kid);
  return key === undefined ? refused('there is no such key', 'missing') : done(key);
}

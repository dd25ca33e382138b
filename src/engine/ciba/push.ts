import { backchannelDue, backchannelRequests } from '../../store/collections.ts';
import type { BackchannelRequestRecord } from '../../store/records.ts';
import type { Entry, Key, Put } from '../../store/store.ts';
import { deliveryPuts } from '../deliveries/new_delivery.ts';
import type { Engine } from '../engine.ts';
import { REMEMBERED_SECONDS } from '../polled/redeem.ts';
import type { Pace } from '../repeated.ts';

type Asked = Pick<BackchannelRequestRecord, 'client_id' | 'delivery_mode' | 'expires_at'>;
type Mark = Entry<true>;

/** Requests that are looked at between two pauses. */
const SLICE = 50;

/** Until 2286 the seconds have fewer digits; keys list in order. */
const SECOND_DIGITS = 11;

/** What tells the client, by its server, what became of its request. CIBA §10.3.1, §12 */
export function pushPuts(
  request: string,
  { client_id, expires_at }: Asked,
  engine: Engine,
): readonly Put[] {
  return deliveryPuts({
    kind: 'ciba_push',
    client_id,
    content: { request },
    expires_at: expires_at + REMEMBERED_SECONDS,
  }, engine);
}

/** The mark in the calendar of a request whose client is told when nobody answers in time. */
export function duePuts(request: string, asked: Asked, { settings }: Engine): readonly Put[] {
  const { delivery_mode, expires_at } = asked;
  if (delivery_mode !== 'push') return [];
  return [backchannelDue.put(
    [settings.issuer, secondOf(expires_at), request],
    true,
    expires_at + REMEMBERED_SECONDS,
  )];
}

/** Once somebody has answered. */
export function dueRemoves(request: string, asked: Asked, { settings }: Engine): readonly Key[] {
  const { delivery_mode, expires_at } = asked;
  if (delivery_mode !== 'push') return [];
  return [backchannelDue.remove(settings.issuer, secondOf(expires_at), request)];
}

/** Tells the clients of an issuer whose requests nobody has answered in time; two at once do it once. CIBA §12 */
export async function tendBackchannelRequests(
  engine: Engine,
  { pause, signal }: Pace = {},
): Promise<void> {
  let after: Key | undefined;
  for (;;) {
    const slice = await sliceAfter(after, engine);
    const due = slice.filter(({ key }) => Number(key.at(-2)) <= engine.now());
    // At once, so that their commits share the disk's time.
    await Promise.all(due.map((mark) => lapse(mark, engine)));
    if (due.length < SLICE || signal?.aborted) return;
    after = due.at(-1)?.key;
    await pause?.();
  }
}

async function sliceAfter(
  after: Key | undefined,
  { store, settings: { issuer } }: Engine,
): Promise<readonly Mark[]> {
  const slice: Mark[] = [];
  const options = { limit: SLICE, ...after !== undefined && { after } };
  for await (const mark of backchannelDue.list(store, [issuer], options)) slice.push(mark);
  return slice;
}

/** An answer of this very moment comes first, or comes too late: both write the request. */
async function lapse(mark: Mark, engine: Engine): Promise<void> {
  const { store, settings: { issuer }, log } = engine;
  const id = mark.key.at(-1) ?? '';
  const entry = await backchannelRequests.get(store, issuer, id);
  if (entry === undefined || entry.value.answer !== undefined) {
    await store.commit({ remove: [mark.key] });
    return;
  }
  const { value, expiresAtSeconds } = entry;
  const outcome = await store.commit({
    check: [backchannelRequests.check(entry)],
    put: [
      backchannelRequests.put([issuer, id], { ...value, lapsed: true }, expiresAtSeconds),
      ...pushPuts(id, value, engine),
    ],
    remove: [mark.key],
  });
  if (outcome === 'committed') log('info', 'ciba.lapsed', { id, client_id: value.client_id });
}

function secondOf(expires_at: number): string {
  return String(expires_at).padStart(SECOND_DIGITS, '0');
}

/** The steps of the device flow that tests begin with. */
import { assertEquals, AssertionError } from './assert.ts';
import { type Browser, checkBoxes, has, type Page } from './browser.ts';
import { ALICE } from './flow.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';
import { type Form, type Op, openOp, type OpOptions } from './op.ts';

export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** A public client, as most devices are. */
export const TV = {
  client_id: 'tv',
  client_name: 'The TV',
  token_endpoint_auth_method: 'none',
  grant_types: [DEVICE_CODE_GRANT, 'refresh_token'],
  scope: 'openid profile email offline_access',
} as const;

export interface DeviceCodes {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete: string;
  readonly expires_in: number;
  readonly interval: number;
}

/** A provider with the client `tv`, and these. */
export function openDeviceOp(
  clients: readonly object[] = [],
  config: Readonly<Record<string, unknown>> = {},
  options: OpOptions = {},
): Promise<Op> {
  return openOp({ ...options, config: { clients: [TV, ...clients], ...config } });
}

export interface InterruptedStore {
  readonly store: Store;
  /** Does this once, right before the next commit that writes a device's record. */
  interrupt(act: () => Promise<unknown>): void;
}

/** A store where something can happen between what a request reads and what it writes; nothing in it expires. */
export function openInterruptedStore(): InterruptedStore {
  const inner = openMemoryStore({ now: () => 1_800_000_000 });
  let pending: (() => Promise<unknown>) | undefined;
  const store: Store = {
    get: (key) => inner.get(key),
    list: (prefix, options) => inner.list(prefix, options),
    async commit(change) {
      const act = change.put?.some(({ key }) => key[0] === 'device') ? pending : undefined;
      if (act !== undefined) {
        pending = undefined;
        await act();
      }
      return await inner.commit(change);
    },
    close: () => inner.close(),
  };
  return {
    store,
    interrupt(act) {
      pending = act;
    },
  };
}

export function deviceRequest(op: Op, form: Form = {}, peer?: string): Promise<Response> {
  const fields = Array.isArray(form)
    ? form
    : Object.entries({ client_id: TV.client_id, scope: 'openid profile', ...form });
  return op.fetch('/device_authorization', {
    method: 'POST',
    body: new URLSearchParams(fields.filter((pair) => pair[1] !== undefined)),
    ...(peer === undefined ? {} : { peer }),
  });
}

export async function obtainDeviceCodes(op: Op, form: Form = {}): Promise<DeviceCodes> {
  const response = await deviceRequest(op, form);
  const body = await response.json() as DeviceCodes;
  assertEquals(response.status, 200, JSON.stringify(body));
  return body;
}

/** A poll of the client `tv`. */
export function poll(op: Op, device_code: string, changes: Form = {}): Promise<Response> {
  return op.post('/token', {
    grant_type: DEVICE_CODE_GRANT,
    device_code,
    client_id: TV.client_id,
    ...changes,
  });
}

/** From the code to the confirmation page, signing alice in where needed. */
export async function enterCode(browser: Browser, user_code: string): Promise<Page> {
  let page = await browser.submit(await browser.get('/device'), { user_code });
  if (has(page, 'login')) page = await browser.submit(page, ALICE);
  if (!has(page, 'accept')) {
    throw new AssertionError({
      message: `No confirmation: ${page.status} ${page.text.slice(-900)}`,
    });
  }
  return page;
}

export function answer(
  browser: Browser,
  page: Page,
  decision: 'accept' | 'deny',
  scope: readonly string[] = checkBoxes(page.text),
): Promise<Page> {
  return browser.submit(page, { decision, scope });
}

export async function approve(
  op: Pick<Op, 'browser'>,
  user_code: string,
  browser: Browser = op.browser(),
): Promise<void> {
  const page = await answer(browser, await enterCode(browser, user_code), 'accept');
  if (!has(page, 'device-done')) {
    throw new AssertionError({ message: `Not approved: ${page.status} ${page.text.slice(-900)}` });
  }
}

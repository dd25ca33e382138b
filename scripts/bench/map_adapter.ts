/** node-oidc-provider's storage at the least cost there can be: Map look-ups, and an index by grant that nobody walks. */

export interface Payload {
  readonly uid?: string;
  readonly grantId?: string;
  consumed?: number;
}

/** What the library calls, for each of its models. */
export interface Adapter {
  upsert(id: string, payload: Payload): Promise<void>;
  find(id: string): Promise<Payload | undefined>;
  findByUid(uid: string): Promise<Payload | undefined>;
  consume(id: string): Promise<void>;
  destroy(id: string): Promise<void>;
  revokeByGrantId(grantId: string): Promise<void>;
}

const DONE = Promise.resolve();

/** Expiry is left to the library, which looks at it in each record that it reads. */
export function createMapAdapter(): Adapter {
  const records = new Map<string, Payload>();
  const byUid = new Map<string, string>();
  const byGrant = new Map<string, Set<string>>();
  return {
    upsert(id, payload) {
      records.set(id, payload);
      if (payload.uid !== undefined) byUid.set(payload.uid, id);
      if (payload.grantId !== undefined) {
        const members = byGrant.get(payload.grantId);
        if (members === undefined) byGrant.set(payload.grantId, new Set([id]));
        else members.add(id);
      }
      return DONE;
    },
    find: (id) => Promise.resolve(records.get(id)),
    findByUid: (uid) => Promise.resolve(records.get(byUid.get(uid) ?? '')),
    consume(id) {
      const payload = records.get(id);
      if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000);
      return DONE;
    },
    destroy(id) {
      records.delete(id);
      return DONE;
    },
    revokeByGrantId(grantId) {
      for (const id of byGrant.get(grantId) ?? []) records.delete(id);
      byGrant.delete(grantId);
      return DONE;
    },
  };
}

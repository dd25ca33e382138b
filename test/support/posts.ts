/** What is posted to clients' servers, taken down in place of the network. */
import type { FetchOptions, Outbound, PostAnswer } from '../../src/net/outbound.ts';

export interface Post {
  readonly url: string;
  readonly body: string;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Posts {
  /** In the order in which they came. */
  readonly all: Post[];
  /** What was to be fetched, and is nowhere. */
  readonly fetched: FetchOptions[];
  readonly outbound: Outbound;
}

/** `answer` tells how each is answered; by default with 200. */
export function recordPosts(
  answer: (post: Post) => number | PostAnswer | Promise<number | PostAnswer> = () => 200,
): Posts {
  const all: Post[] = [];
  const fetched: FetchOptions[] = [];
  const nowhere = () => Promise.resolve({ ok: false, problem: 'there is no network' } as const);
  const fetchNothing = (_url: string, options: FetchOptions) => {
    fetched.push(options);
    return nowhere();
  };
  return {
    all,
    fetched,
    outbound: {
      fetchText: fetchNothing,
      fetchJson: fetchNothing,
      askOwn: nowhere,
      async post(url, { body, contentType, headers = {} }) {
        const post = { url, body, contentType, headers };
        all.push(post);
        const answered = await answer(post);
        return typeof answered === 'number' ? { ok: true, status: answered, body: '' } : answered;
      },
    },
  };
}

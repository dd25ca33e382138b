import type { Handler, Peer, RequestContext } from '../http/router.ts';
import type { Site } from './site.ts';

type AdminRouter = (request: Request, peer: Peer) => Promise<Response>;

/** Whether a path below the issuer is one of administration, by people or by programs. */
export function isAdministration(path: string): boolean {
  return path === '/admin' || path.startsWith('/admin/');
}

/** Routes of administration by themselves, loaded with the first request to one: a start does without them. */
export function administrationHandler(site: Site): Handler {
  let loading: Promise<AdminRouter> | undefined;
  const load = (): Promise<AdminRouter> => {
    loading ??= import('./admin/router.ts').then(({ adminRouter }) => adminRouter(site));
    // What could not be loaded may be there the next time.
    loading.catch(() => loading = undefined);
    return loading;
  };
  return async (request, context) => (await load())(request, peerOf(context));
}

function peerOf({ peerAddress, certificates, target }: RequestContext): Peer {
  return { address: peerAddress, certificates, target };
}

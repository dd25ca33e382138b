import { bytes } from '../http/respond.ts';
import type { RequestContext } from '../http/router.ts';
import { notFoundPage } from '../interaction/error_page.ts';
import type { Asset } from '../spec/branding.ts';
import type { Site } from './site.ts';

/** The operator's logo. Opened by itself it is a document of our origin: it runs no scripts and loads nothing. */
export function brandingLogo(request: Request, context: RequestContext, site: Site): Response {
  const asset = site.branding.logo?.asset;
  if (asset === undefined) return notFoundPage(request, context, site);
  return bytes(asset.bytes, {
    ...headersOf(asset, context),
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
  });
}

export function brandingStyleSheet(
  request: Request,
  context: RequestContext,
  site: Site,
): Response {
  const asset = site.branding.style_sheet?.asset;
  if (asset === undefined) return notFoundPage(request, context, site);
  return bytes(asset.bytes, headersOf(asset, context));
}

/** Pages name the version, so what they load stays good for ever; asked for without, it may change. */
function headersOf({ content_type, version }: Asset, { query }: RequestContext) {
  return {
    'content-type': content_type,
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': query === `v=${version}` ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
}
